import { Play } from 'lucide-react';
import { Tab, TabList, TabPanel, Tabs } from 'react-aria-components';
import type { JobStatus } from '../../../core/api/status.ts';
import { canStart } from '../../actions.ts';
import { goTo, useDaemonNowMs, useLive, useTexts } from '../../app-state.ts';
import { attentionOfJob } from '../../model/attention.ts';
import { placeName } from '../../model/evidence.ts';
import { nextText } from '../../model/next-text.ts';
import { isAtWork } from '../../model/progress.ts';
import { JOB_TABS, type JobTab } from '../../model/route.ts';
import { useActions } from '../../session-context.ts';
import { Button } from '../../ui/button.tsx';
import { Name } from '../../ui/name.tsx';
import { SpaceList } from '../../ui/space-list.tsx';
import { HistoryList } from '../activity/history-list.tsx';
import { ProblemCard } from '../overview/problem-card.tsx';
import { PauseControl, PauseLine, StopControl } from '../pause.tsx';
import { DestinationTest } from './destination-test.tsx';
import { JobDatasets } from './job-datasets.tsx';
import { LiveRun } from './live-run.tsx';
import { MovedTo } from './moved-to.tsx';
import { PrunePlan } from './prune-plan.tsx';

/** Everything of one job. */
export function JobPage({ job, tab }: { readonly job: JobStatus; readonly tab: JobTab }) {
  const { t } = useTexts();
  const nowMs = useDaemonNowMs();
  const live = useLive();
  const actions = useActions();
  const attention = attentionOfJob(job);
  const startable = canStart(job);
  return (
    <div className="page">
      <header className="page-head">
        <div>
          <p className="eyebrow">
            {t(`job.type.${job.type}`)}
            {job.destination === null ? null : <To destination={job.destination} />}
          </p>
          <h1>
            <Name text={job.name} />
          </h1>
          <JobFacts job={job} nowMs={nowMs} />
        </div>
        <div className="hero-actions">
          {isAtWork(job) ? <StopControl job={job.name} stopping={job.stopping} /> : null}
          {startable ? <PauseControl job={job.name} pause={job.paused} /> : null}
          {startable ? (
            <Button kind="main" onPress={() => void actions.backUp(job.name)} isDisabled={!live}>
              <Play size={16} aria-hidden="true" />
              {t(job.type === 'snap' ? 'job.prune' : 'job.backUp')}
            </Button>
          ) : null}
        </div>
      </header>
      {attention.map((one) => (
        <ProblemCard
          key={one.key}
          attention={one}
          nowMs={nowMs}
          onTry={startable && !isAtWork(job) && live ? () => void actions.backUp(job.name) : null}
        />
      ))}
      <Tabs
        className="tabs"
        selectedKey={tab}
        onSelectionChange={(key) => {
          const chosen = JOB_TABS.find((one) => one === key);
          if (chosen !== undefined) goTo({ page: 'job', job: job.name, tab: chosen });
        }}
      >
        <TabList className="tab-list" aria-label={t('job.tabs.label')}>
          {JOB_TABS.map((one) => (
            <Tab className="tab" id={one} key={one}>
              {t(`job.tabs.${one}`)}
            </Tab>
          ))}
        </TabList>
        <TabPanel className="tab-panel" id="live">
          <LiveRun job={job} nowMs={nowMs} />
        </TabPanel>
        <TabPanel className="tab-panel" id="datasets">
          <JobDatasets job={job} />
          {job.space === undefined || job.space.length === 0 ? null : (
            <section aria-labelledby="job-space-title" className="job-space">
              <h2 id="job-space-title">{t('space.title')}</h2>
              <SpaceList places={job.space} nowMs={nowMs} />
            </section>
          )}
          {job.destination?.includes('@') === true ? <DestinationTest job={job.name} /> : null}
        </TabPanel>
        <TabPanel className="tab-panel" id="history">
          <HistoryList job={job.name} filter="all" />
        </TabPanel>
        <TabPanel className="tab-panel" id="plan">
          <PrunePlan job={job.name} key={job.name} />
        </TabPanel>
      </Tabs>
    </div>
  );
}

function To({ destination }: { readonly destination: string }) {
  const { t } = useTexts();
  const [before, after] = t('job.to', { destination: '\u0000' }).split('\u0000');
  return (
    <span>
      {' '}
      {before}
      <Name text={placeName(destination)} />
      {after}
    </span>
  );
}

function JobFacts({ job, nowMs }: { readonly job: JobStatus; readonly nowMs: number }) {
  const texts = useTexts();
  const { t, format } = texts;
  const facts = [
    t(`job.stage.${job.stage}`),
    ...(job.queued ? [t('job.queued')] : []),
    job.lastSuccessMs === null
      ? t('job.neverComplete')
      : t('job.lastSuccess', { when: format.ago(job.lastSuccessMs, nowMs) }),
    ...(job.stopping ? [t('job.stopping')] : []),
    ...(isAtWork(job) || job.refusal !== null ? [] : [nextText(job.nextRun, nowMs, texts)]),
  ];
  return (
    <>
      <p className="muted fig">{facts.join(' · ')}</p>
      {job.metAt === undefined ? null : <MovedTo job={job} metAt={job.metAt} />}
      {job.paused === null ? null : <PauseLine pause={job.paused} nowMs={nowMs} what="job" />}
    </>
  );
}
