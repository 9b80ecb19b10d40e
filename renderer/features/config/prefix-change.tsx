import { useEffect } from 'react';
import { Checkbox } from 'react-aria-components';
import { PLAN_TIMEOUT_MS } from '../../actions.ts';
import { useLive, useTexts } from '../../app-state.ts';
import { draftJob } from '../../model/config-draft.ts';
import { oldCount, oldFate } from '../../model/prefix-change.ts';
import { CheckMark } from '../../ui/check-mark.tsx';
import { Name } from '../../ui/name.tsx';
import { useAsk } from '../setup/use-ask.ts';
import type { JobFormProps } from './job-form-props.ts';

/** What becomes of the snapshots that bear the prefix of before: how many there are, and what the rules as they would be do with them. */
export function PrefixChange({ job, draft, onDraft, preview, before }: JobFormProps & { readonly before: string }) {
  const { t } = useTexts();
  const live = useLive();
  const { ask, asking, reply } = useAsk('plan', PLAN_TIMEOUT_MS);
  useEffect(() => {
    if (live) void ask({ job: job.name });
  }, [live, ask, job.name]);
  const told = preview?.jobs.find(({ name }) => name === job.name)?.keeps ?? [];
  const agreed = draft.kind === 'forms' && draft.jobs[job.name]?.prefixAgreed === true;
  return (
    <div className="prefix-change">
      <p className="warn" role="status">
        {t('forms.schedule.prefixChanged')}
      </p>
      <p>
        {t('forms.prefix.old')} <Name text={before} className="chip" /> {asking ? t('forms.prefix.counting') : ''}
      </p>
      <ul className="plain">
        {told.map((keep) => {
          const count = reply === null ? null : oldCount(reply, keep.side, before);
          const fate = oldFate(keep);
          return (
            <li key={keep.side} className={fate === 'goes' && count !== 0 ? 'bad' : ''}>
              {t(`forms.prefix.side.${keep.side}`)}{' '}
              {count === null ? t('forms.prefix.uncounted') : t('forms.prefix.count', { count })}{' '}
              {fate === null || count === 0 ? '' : t(`forms.prefix.fate.${fate}`)}
            </li>
          );
        })}
      </ul>
      <Checkbox
        className="check"
        isSelected={agreed}
        onChange={(on) => onDraft(draftJob(draft, job.name, { prefixAgreed: on }))}
      >
        <CheckMark />
        {t('forms.prefix.agree')}
      </Checkbox>
    </div>
  );
}
