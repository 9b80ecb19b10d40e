import type { JobStatus } from '../../../core/api/status.ts';
import { visible } from '../../../core/api/visible.ts';
import { useTexts } from '../../app-state.ts';
import { attemptProgress, lastAttempt, workingStep } from '../../model/progress.ts';
import { routeHash } from '../../model/route.ts';
import { Bar } from '../../ui/bar.tsx';
import { Name } from '../../ui/name.tsx';
import { useSteady } from '../../ui/steady.ts';
import { ProgressFacts } from '../job/progress-facts.tsx';
import { StopControl } from '../pause.tsx';

interface RunningCardProps {
  readonly job: JobStatus;
  readonly nowMs: number;
}

/** What a job does right now, of the whole run. */
export function RunningCard({ job, nowMs }: RunningCardProps) {
  const { t } = useTexts();
  const attempt = job.stage === 'replicating' ? lastAttempt(job) : null;
  const working = attempt?.datasets.filter((report) => workingStep(report) !== null) ?? [];
  return (
    <article className="card running">
      <header className="running-head">
        <h3>
          <a href={routeHash({ page: 'job', job: job.name, tab: 'live' })}>
            <Name text={job.name} />
          </a>
        </h3>
        <span className="muted">
          {[t(`job.stage.${job.stage}`), ...(job.stopping ? [t('job.stopping')] : [])].join(' · ')}
        </span>
        <span className="spacer" />
        <StopControl job={job.name} stopping={job.stopping} />
      </header>
      {attempt === null ? null : <AttemptBar job={job} nowMs={nowMs} />}
      {working.length === 0 ? null : (
        <p className="running-datasets">
          {working.slice(0, 3).map(({ dataset }) => (
            <Name key={dataset} text={dataset} className="chip" />
          ))}
          {working.length > 3 ? <span className="muted">{t('needs.more', { count: working.length - 3 })}</span> : null}
        </p>
      )}
    </article>
  );
}

/** The bar of the whole attempt with its figures. */
export function AttemptBar({ job, nowMs }: { readonly job: JobStatus; readonly nowMs: number }) {
  const { t } = useTexts();
  const attempt = lastAttempt(job);
  const progress = attemptProgress(
    attempt ?? { state: 'planning', startedAtMs: 0, finishedAtMs: null, problem: null, datasets: [] },
  );
  const steady = useSteady(`${job.name} ${attempt?.startedAtMs ?? 0}`, progress, nowMs);
  const done = attempt?.datasets.filter(({ state }) => state === 'done').length ?? 0;
  const count = attempt?.datasets.length ?? 0;
  return (
    <>
      <Bar
        label={t('live.progressOf', { name: visible(job.name) })}
        fraction={steady.fraction}
        resumedFraction={progress.resumedFraction}
      />
      <ProgressFacts progress={progress} steady={steady}>
        {count === 0 ? t('live.planning') : t('live.datasets', { done, count })}
      </ProgressFacts>
    </>
  );
}
