import { useState } from 'react';
import { PREFIX_CHARS_MAX, type Schedule } from '../../../core/api/config-forms.ts';
import { useDaemonNowMs, useTexts } from '../../app-state.ts';
import { sentenceLanguage } from '../../i18n/language.ts';
import { complaintAt } from '../../model/config-draft.ts';
import { COMMON_INTERVALS, intervalChoice, scheduleOfKind } from '../../model/schedule-form.ts';
import { Choice } from '../../ui/choice.tsx';
import { SpanInput } from '../../ui/span-input.tsx';
import { TextInput } from '../../ui/text-input.tsx';
import type { JobFormProps } from './job-form-props.ts';

const CRON_CHARS_MAX = 1024;

interface JobScheduleProps extends JobFormProps {
  readonly schedule: Schedule;
  readonly onSchedule: (schedule: Schedule) => void;
}

/** When: every so often, by a calendar rule with the next times it gives, or by hand. */
export function JobSchedule({ job, preview, schedule, onSchedule }: JobScheduleProps) {
  const { t, language } = useTexts();
  const problems = preview?.problems ?? [];
  const faultOf = (key: string) => complaintAt(problems, job.name, `snapshotting.${key}`, sentenceLanguage(language));
  const kinds = (['periodic', 'cron', 'manual'] as const).filter(
    (kind) => kind !== 'manual' || job.schedule?.hooks !== true,
  );
  const saved = job.schedule?.schedule ?? null;
  const savedPrefix = saved !== null && saved.kind !== 'manual' ? saved.prefix : null;
  return (
    <>
      <div className="schedule-fields">
        <Choice
          label={t('forms.schedule.kind')}
          value={schedule.kind}
          options={kinds.map((value) => ({ value, text: t(`forms.schedule.kinds.${value}`) }))}
          onChange={(value) => {
            const kind = kinds.find((one) => one === value);
            if (kind !== undefined) onSchedule(scheduleOfKind(kind, schedule, saved));
          }}
        />
        {schedule.kind === 'periodic' ? (
          <Interval intervalS={schedule.intervalS} onChange={(intervalS) => onSchedule({ ...schedule, intervalS })} />
        ) : null}
        {schedule.kind === 'cron' ? (
          <TextInput
            label={t('forms.schedule.cron')}
            hint={t('forms.schedule.cronHint')}
            value={schedule.cron}
            maxLength={CRON_CHARS_MAX}
            fault={faultOf('cron')}
            onChange={(cron) => onSchedule({ ...schedule, cron })}
          />
        ) : null}
        {schedule.kind === 'manual' ? null : (
          <TextInput
            label={t('forms.schedule.prefix')}
            value={schedule.prefix}
            maxLength={PREFIX_CHARS_MAX}
            fault={faultOf('prefix') ?? faultOf('timestamp_format')}
            onChange={(prefix) => onSchedule({ ...schedule, prefix })}
          />
        )}
      </div>
      {schedule.kind === 'cron' ? <NextTimes job={job} preview={preview} cron={schedule.cron} /> : null}
      {schedule.kind === 'manual' ? <p className="warn">{t('forms.schedule.manual')}</p> : null}
      {schedule.kind === 'manual' || savedPrefix === null || savedPrefix === schedule.prefix ? null : (
        <p className="warn" role="status">
          {t('forms.schedule.prefixChanged')}
        </p>
      )}
    </>
  );
}

function Interval({
  intervalS,
  onChange,
}: {
  readonly intervalS: number;
  readonly onChange: (intervalS: number) => void;
}) {
  const { t } = useTexts();
  const [own, setOwn] = useState(false);
  const choice = own ? 'own' : intervalChoice(intervalS);
  return (
    <>
      <Choice
        label={t('forms.schedule.often')}
        value={choice}
        options={[...COMMON_INTERVALS, 'own' as const].map((value) => ({
          value,
          text: t(`forms.schedule.every.${value}`),
        }))}
        onChange={(value) => {
          setOwn(value === 'own');
          if (value !== 'own') onChange(Number(value));
        }}
      />
      {choice === 'own' ? (
        <div className="keep-row">
          <span className="keep-words">{t('keep.everyWord')}</span>
          <SpanInput label={t('keep.interval')} seconds={intervalS} onChange={onChange} />
        </div>
      ) : null}
    </>
  );
}

/** What the daemon makes of the rule that is asked for; of another one it says nothing. */
function NextTimes({ job, preview, cron }: Pick<JobFormProps, 'job' | 'preview'> & { readonly cron: string }) {
  const { t, format } = useTexts();
  const nowMs = useDaemonNowMs();
  const told = (preview?.jobs.find(({ name }) => name === job.name) ?? job).schedule;
  const nextMs = told?.schedule?.kind === 'cron' && told.schedule.cron === cron ? told.nextMs : [];
  return (
    <p className="next-times" role="status">
      {nextMs.length === 0 ? null : (
        <>
          <span className="muted">{t('forms.schedule.next')}</span>{' '}
          {nextMs.map((atMs) => (
            <time className="fig" key={atMs} dateTime={new Date(atMs).toISOString()} title={format.exact(atMs)}>
              {format.moment(atMs, nowMs)}
            </time>
          ))}
        </>
      )}
    </p>
  );
}
