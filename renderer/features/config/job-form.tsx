import { Checkbox, Input, Label, TextField } from 'react-aria-components';
import { TITLE_CHARS_MAX } from '../../../core/api/config.ts';
import { saidIn } from '../../../core/api/messages/said.ts';
import { visible } from '../../../core/api/visible.ts';
import { useTexts } from '../../app-state.ts';
import { sentenceLanguage } from '../../i18n/language.ts';
import { draftedJob, draftJob } from '../../model/config-draft.ts';
import { CheckMark } from '../../ui/check-mark.tsx';
import { Name } from '../../ui/name.tsx';
import { JobDetails } from './job-details.tsx';
import type { JobFormProps } from './job-form-props.ts';

/** What can be changed of a job without touching its text. Nothing is done until it is saved. */
export function JobForm(props: JobFormProps) {
  const { t, language } = useTexts();
  const { job, draft, onDraft } = props;
  const { title, disabled, removed } = draftedJob(job, draft);
  return (
    <fieldset className="job-form" data-removed={removed || undefined}>
      <legend>
        <Name text={job.name} className="strong" /> <span className="muted">{t(`job.type.${job.type}`)}</span>
      </legend>
      {job.refused.map((reason) => (
        <p className="warn" key={reason} data-raw>
          {saidIn(sentenceLanguage(language), reason)}
        </p>
      ))}
      <TextField
        value={title}
        onChange={(value) => onDraft(draftJob(draft, job.name, { title: value }))}
        isDisabled={removed}
        maxLength={TITLE_CHARS_MAX}
      >
        <Label className="field-label">{t('config.jobTitle')}</Label>
        <Input className="input" placeholder={visible(job.name)} />
      </TextField>
      <Checkbox
        className="check"
        isSelected={!disabled}
        isDisabled={removed}
        onChange={(enabled) => onDraft(draftJob(draft, job.name, { disabled: !enabled }))}
      >
        <CheckMark />
        {t('config.enabled')}
      </Checkbox>
      {removed ? null : <JobDetails {...props} />}
      <Checkbox
        className="check"
        isSelected={removed}
        onChange={(remove) => onDraft(draftJob(draft, job.name, { removed: remove }))}
      >
        <CheckMark />
        {t('config.remove')}
      </Checkbox>
    </fieldset>
  );
}
