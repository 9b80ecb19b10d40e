import { ChevronRight } from 'lucide-react';
import { useState } from 'react';
import { Button, Disclosure, DisclosurePanel, Heading } from 'react-aria-components';
import { useTexts } from '../../app-state.ts';
import { draftedLimit, draftedSchedule, draftJob } from '../../model/config-draft.ts';
import type { JobFormProps } from './job-form-props.ts';
import { JobKeeps } from './job-keeps.tsx';
import { JobLimit } from './job-limit.tsx';
import { JobSchedule } from './job-schedule.tsx';

/** When a job takes snapshots, and how long they are kept; folded away until somebody wants to see it. */
export function JobDetails(props: JobFormProps) {
  const { t } = useTexts();
  const [open, setOpen] = useState(false);
  const { job } = props;
  if (job.schedule === null && job.keeps.length === 0 && job.limit === null) return null;
  return (
    <Disclosure className="job-details" isExpanded={open} onExpandedChange={setOpen}>
      <Heading level={3} className="raw-title">
        <Button slot="trigger" className="button quiet">
          <ChevronRight className="turn" size={14} aria-hidden="true" />
          {t('forms.open')}
        </Button>
      </Heading>
      <DisclosurePanel className="job-details-panel">
        {/* What nobody looks at asks the daemon nothing. */}
        {open ? <Details {...props} /> : null}
      </DisclosurePanel>
    </Disclosure>
  );
}

function Details(props: JobFormProps) {
  const { t } = useTexts();
  const { job, draft, onDraft } = props;
  const schedule = draftedSchedule(job, draft);
  const limit = draftedLimit(job, draft);
  return (
    <>
      {job.schedule === null ? null : (
        <section className="schedule-editor">
          <h3>{t('forms.schedule.title')}</h3>
          {schedule === null || !job.schedule.editable ? (
            <p className="muted">{t('forms.inFile')}</p>
          ) : (
            <JobSchedule
              {...props}
              schedule={schedule}
              onSchedule={(next) => onDraft(draftJob(draft, job.name, { schedule: next }))}
            />
          )}
        </section>
      )}
      {job.keeps.length === 0 ? null : <JobKeeps {...props} schedule={schedule} />}
      {limit === null ? null : (
        <JobLimit limit={limit} onLimit={(next) => onDraft(draftJob(draft, job.name, { limit: next }))} />
      )}
    </>
  );
}
