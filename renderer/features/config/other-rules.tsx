import { Plus, Trash2 } from 'lucide-react';
import { Checkbox } from 'react-aria-components';
import type { ConfigComplaint } from '../../../core/api/config.ts';
import { type JobKeep, type KeepSide, REGEX_CHARS_MAX, RULES_MAX } from '../../../core/api/config-forms.ts';
import { useTexts } from '../../app-state.ts';
import { sentenceLanguage } from '../../i18n/language.ts';
import { complaintAt } from '../../model/config-draft.ts';
import { type RuleRow, withNotReplicated, withRowAt } from '../../model/keep-rules.ts';
import { Button } from '../../ui/button.tsx';
import { CheckMark } from '../../ui/check-mark.tsx';
import { Choice } from '../../ui/choice.tsx';
import { TextInput } from '../../ui/text-input.tsx';

const KEYS: Readonly<Record<KeepSide, string>> = { sender: 'keep_sender', receiver: 'keep_receiver', local: 'keep' };

interface OtherRulesProps {
  readonly job: string;
  /** As it is in the file. */
  readonly keep: JobKeep;
  readonly rows: readonly RuleRow[];
  readonly problems: readonly ConfigComplaint[];
  readonly onRows: (rows: readonly RuleRow[]) => void;
}

/** What stays whatever its age: what is not replicated yet, and what has a name. */
export function OtherRules({ job, keep, rows, problems, onRows }: OtherRulesProps) {
  const { t, language } = useTexts();
  return (
    <div className="other-rules">
      <h4>{t('forms.keep.others')}</h4>
      {keep.side === 'sender' ? (
        <Checkbox
          className="check"
          isSelected={rows.some(({ rule }) => rule?.type === 'not_replicated')}
          onChange={(on) => onRows(withNotReplicated(rows, on, keep))}
        >
          <CheckMark />
          {t('forms.keep.notReplicated')}
        </Checkbox>
      ) : null}
      {rows.map(({ rule, from }, at) =>
        rule?.type !== 'regex' ? null : (
          <div className="name-rule" key={from ?? `new ${at}`}>
            <Choice
              label={t('forms.keep.howFits', { number: at + 1 })}
              value={rule.negate ? 'without' : 'with'}
              options={(['with', 'without'] as const).map((value) => ({ value, text: t(`forms.keep.fits.${value}`) }))}
              onChange={(value) => onRows(withRowAt(rows, at, { ...rule, negate: value === 'without' }))}
            />
            <TextInput
              label={t('forms.keep.regex', { number: at + 1 })}
              value={rule.regex}
              maxLength={REGEX_CHARS_MAX}
              fault={complaintAt(problems, job, `pruning.${KEYS[keep.side]}[${at}].regex`, sentenceLanguage(language))}
              onChange={(regex) => onRows(withRowAt(rows, at, { ...rule, regex }))}
            />
            <Button
              kind="icon"
              label={t('forms.keep.remove', { number: at + 1 })}
              onPress={() => onRows(rows.toSpliced(at, 1))}
            >
              <Trash2 size={14} aria-hidden="true" />
            </Button>
          </div>
        ),
      )}
      <Button
        onPress={() => onRows([...rows, { from: null, rule: { type: 'regex', regex: '^', negate: false } }])}
        isDisabled={rows.length >= RULES_MAX}
      >
        <Plus size={14} aria-hidden="true" />
        {t('forms.keep.add')}
      </Button>
    </div>
  );
}
