import { Checkbox } from 'react-aria-components';
import type { JobLimit as Limit } from '../../../core/api/config-forms.ts';
import { useTexts } from '../../app-state.ts';
import { DEFAULT_QUIET, DEFAULT_RATE, quietFault } from '../../model/limit-form.ts';
import { CheckMark } from '../../ui/check-mark.tsx';
import { RateInput } from '../../ui/rate-input.tsx';
import { TextInput } from '../../ui/text-input.tsx';

const TIME_CHARS = 5;

interface JobLimitProps {
  readonly limit: Limit;
  readonly onLimit: (limit: Limit) => void;
}

/** How much a job may send a second, and in which hours less. A transfer at work feels it as soon as it is saved. */
export function JobLimit({ limit, onLimit }: JobLimitProps) {
  const { t } = useTexts();
  const { bytesPerSecond, quiet } = limit;
  const fault = quiet === null ? null : quietFault(quiet);
  return (
    <section className="schedule-editor">
      <h3>{t('forms.limit.title')}</h3>
      <div className="keep-row">
        <Checkbox
          className="check"
          isSelected={bytesPerSecond !== null}
          onChange={(on) => onLimit({ ...limit, bytesPerSecond: on ? DEFAULT_RATE : null })}
        >
          <CheckMark />
          {t('forms.limit.most')}
        </Checkbox>
        {bytesPerSecond === null ? null : (
          <RateInput
            label={t('forms.limit.most')}
            bytesPerSecond={bytesPerSecond}
            onChange={(next) => onLimit({ ...limit, bytesPerSecond: next })}
          />
        )}
      </div>
      <div className="keep-row">
        <Checkbox
          className="check"
          isSelected={quiet !== null}
          onChange={(on) => onLimit({ ...limit, quiet: on ? DEFAULT_QUIET : null })}
        >
          <CheckMark />
          {t('forms.limit.quiet')}
        </Checkbox>
        {quiet === null ? null : (
          <RateInput
            label={t('forms.limit.quiet')}
            bytesPerSecond={quiet.bytesPerSecond}
            onChange={(next) => onLimit({ ...limit, quiet: { ...quiet, bytesPerSecond: next } })}
          />
        )}
      </div>
      {quiet === null ? null : (
        <div className="schedule-fields">
          <TextInput
            label={t('forms.limit.from')}
            value={quiet.from}
            maxLength={TIME_CHARS}
            fault={fault === 'from' ? t('forms.limit.time') : null}
            onChange={(from) => onLimit({ ...limit, quiet: { ...quiet, from } })}
          />
          <TextInput
            label={t('forms.limit.to')}
            value={quiet.to}
            maxLength={TIME_CHARS}
            fault={fault === 'to' ? t('forms.limit.time') : fault === 'same' ? t('forms.limit.same') : null}
            onChange={(to) => onLimit({ ...limit, quiet: { ...quiet, to } })}
          />
        </div>
      )}
    </section>
  );
}
