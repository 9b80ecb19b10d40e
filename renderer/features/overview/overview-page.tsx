import { Play } from 'lucide-react';
import { useMemo, useState } from 'react';
import type { DaemonStatus, JobStatus } from '../../../core/api/status.ts';
import { canStart } from '../../actions.ts';
import { goTo, useDaemonNowMs, useLive, useTexts } from '../../app-state.ts';
import { attentionOf } from '../../model/attention.ts';
import { type Cell, matrixOf } from '../../model/matrix.ts';
import { isAtWork } from '../../model/progress.ts';
import { useActions } from '../../session-context.ts';
import { isBegun, useSetup } from '../../setup-state.ts';
import { Button } from '../../ui/button.tsx';
import { Name } from '../../ui/name.tsx';
import { PauseControl } from '../pause.tsx';
import { DrivesCard } from './drives-card.tsx';
import { EvidencePanel } from './evidence.tsx';
import { Hero } from './hero.tsx';
import { MatrixTable } from './matrix-table.tsx';
import { ProblemCard } from './problem-card.tsx';
import { RunningCard } from './running-card.tsx';
import { SpaceCard } from './space-card.tsx';

/** Ages are told in minutes. */
const AGE_GRAIN_MS = 10_000;

/** What is where, what runs, and what needs somebody. */
export function OverviewPage({ status }: { readonly status: DaemonStatus }) {
  const { t } = useTexts();
  const nowMs = useDaemonNowMs(AGE_GRAIN_MS);
  const live = useLive();
  const actions = useActions();
  const [open, setOpen] = useState<{ readonly dataset: string; readonly destination: string } | null>(null);
  const matrix = useMemo(() => matrixOf(status, nowMs), [status, nowMs]);
  const attention = useMemo(() => attentionOf(status), [status]);
  const startable = status.jobs.filter(canStart);
  const backUpAll = (): void => {
    for (const job of startable) void actions.backUp(job.name);
  };
  return (
    <div className="page">
      <Hero status={status}>
        {startable.length === 0 ? null : <PauseControl job={null} pause={status.paused} />}
        {startable.length === 0 ? null : (
          <Button kind="main" onPress={backUpAll} isDisabled={!live}>
            <Play size={16} aria-hidden="true" />
            {t('overview.backUpAll')}
          </Button>
        )}
      </Hero>
      {status.jobs.length === 0 ? <NoJobs configFile={status.configFile} /> : null}
      {attention.length === 0 ? null : (
        <section aria-labelledby="needs-title">
          <h2 id="needs-title">{t('needs.title')}</h2>
          {attention.map((one) => {
            const job = status.jobs.find(({ name }) => name === one.job);
            const canTry = job !== undefined && canStart(job) && !isAtWork(job) && live;
            return (
              <ProblemCard
                key={one.key}
                attention={one}
                nowMs={nowMs}
                onTry={canTry ? () => void actions.backUp(job.name) : null}
              />
            );
          })}
        </section>
      )}
      {status.jobs.length === 0 ? null : <Running status={status} />}
      <DrivesCard status={status} nowMs={nowMs} />
      {status.jobs.length === 0 ? null : (
        <MatrixTable
          matrix={matrix}
          nowMs={nowMs}
          onOpen={({ safety }) => setOpen({ dataset: safety.dataset, destination: safety.destination })}
        />
      )}
      <SpaceCard status={status} nowMs={nowMs} />
      <EvidencePanel cell={cellAt(matrix, open)} nowMs={nowMs} onClose={() => setOpen(null)} />
    </div>
  );
}

/** The cell as it is now, so that an open panel goes on telling the truth. */
function cellAt(
  matrix: ReturnType<typeof matrixOf>,
  at: { readonly dataset: string; readonly destination: string } | null,
): Cell | null {
  if (at === null) return null;
  const row = matrix.rows.find(({ dataset }) => dataset === at.dataset);
  return row?.cells[matrix.destinations.indexOf(at.destination)] ?? null;
}

function Running({ status }: { readonly status: DaemonStatus }) {
  const { t } = useTexts();
  const nowMs = useDaemonNowMs();
  const running = status.jobs.filter(isAtWork);
  return (
    <section aria-labelledby="running-title" className="running-section">
      <h2 id="running-title">{t('running.title')}</h2>
      {running.length === 0 ? <NothingRuns jobs={status.jobs} nowMs={nowMs} /> : null}
      {running.map((job) => (
        <RunningCard key={job.name} job={job} nowMs={nowMs} />
      ))}
    </section>
  );
}

function NothingRuns({ jobs, nowMs }: { readonly jobs: readonly JobStatus[]; readonly nowMs: number }) {
  const { t, format } = useTexts();
  const next = jobs
    .flatMap(({ name, nextRun: { state, atMs } }) => (state === 'scheduled' && atMs !== null ? [{ name, atMs }] : []))
    .sort((a, b) => a.atMs - b.atMs)[0];
  return (
    <p className="muted calm">
      {t('running.nothing')}{' '}
      {next === undefined ? null : <NextRun name={next.name} when={format.until(next.atMs, nowMs)} />}
    </p>
  );
}

function NextRun({ name, when }: { readonly name: string; readonly when: string }) {
  const { t } = useTexts();
  // The name is an element of its own inside the sentence, whatever the order of the language.
  const [before, after] = t('running.next', { job: '\u0000', when }).split('\u0000');
  return (
    <span className="fig">
      {before}
      <Name text={name} />
      {after}
    </span>
  );
}

/** The first thing that one can do here. */
function NoJobs({ configFile }: { readonly configFile: string }) {
  const { t } = useTexts();
  const begun = useSetup(({ draft }) => isBegun(draft));
  const [before, after] = t('overview.noJobsText', { file: '\u0000' }).split('\u0000');
  return (
    <section className="empty big">
      <h2>{t('overview.noJobs')}</h2>
      <p>{t(begun ? 'setup.resumeText' : 'setup.startText')}</p>
      <Button kind="main" onPress={() => goTo({ page: 'setup', step: 'look' })}>
        {t(begun ? 'setup.resume' : 'setup.start')}
      </Button>
      <p>
        {before}
        <Name text={configFile} className="path" />
        {after}
      </p>
    </section>
  );
}
