import { useEffect } from 'react';
import type { DaemonStatus } from '../../../core/api/status.ts';
import { goTo, useDaemonNowMs, useLive, useTexts } from '../../app-state.ts';
import { attentionOfJob } from '../../model/attention.ts';
import { isAtWork } from '../../model/progress.ts';
import { firstRun } from '../../model/setup/first-run.ts';
import { useActions } from '../../session-context.ts';
import { claimFirstRun, forgetDraft, useSetup } from '../../setup-state.ts';
import { Button } from '../../ui/button.tsx';
import { Name } from '../../ui/name.tsx';
import { LiveRun } from '../job/live-run.tsx';
import { ProblemCard } from '../overview/problem-card.tsx';

/** The first run. It was agreed to by saving, so it begins by itself, once. */
export function RunStep({ status }: { readonly status: DaemonStatus }) {
  const { t } = useTexts();
  const saved = useSetup((state) => state.draft.saved);
  const leave = (): void => {
    const [first] = saved;
    forgetDraft();
    goTo(first === undefined ? { page: 'overview' } : { page: 'job', job: first, tab: 'live' });
  };
  return (
    <>
      {saved.map((name) => (
        <FirstRunOf key={name} name={name} status={status} alone={saved.length === 1} />
      ))}
      <div className="setup-tools">
        <Button kind="main" onPress={leave}>
          {t('setup.run.leave')}
        </Button>
        <span className="muted">{t('setup.run.leaveText')}</span>
      </div>
    </>
  );
}

interface FirstRunOfProps {
  readonly name: string;
  readonly status: DaemonStatus;
  readonly alone: boolean;
}

function FirstRunOf({ name, status, alone }: FirstRunOfProps) {
  const { t } = useTexts();
  const nowMs = useDaemonNowMs();
  const live = useLive();
  const actions = useActions();
  const begun = useSetup((state) => state.draft.begun);
  const job = status.jobs.find((one) => one.name === name) ?? null;
  const state = firstRun(job, begun.includes(name));
  useEffect(() => {
    // Claimed before it is asked for: nothing begins it a second time.
    if (state === 'to-begin' && live && claimFirstRun(name)) void actions.backUp(name);
  }, [state, name, live, actions]);
  return (
    <>
      {alone ? null : (
        <h2>
          <Name text={name} />
        </h2>
      )}
      <p className={`run-state ${state}`} role="status">
        {t(`setup.run.${state}`)}
      </p>
      {job === null
        ? null
        : attentionOfJob(job).map((one) => (
            <ProblemCard
              key={one.key}
              attention={one}
              nowMs={nowMs}
              onTry={live && !isAtWork(job) ? () => void actions.backUp(job.name) : null}
            />
          ))}
      {job === null ? null : <LiveRun job={job} nowMs={nowMs} />}
    </>
  );
}
