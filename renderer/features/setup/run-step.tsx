import { useEffect, useState } from 'react';
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
import { Unlock } from './drive-unlock.tsx';

/** The first run. It was agreed to by saving, so it begins by itself, once. */
export function RunStep({ status }: { readonly status: DaemonStatus }) {
  const { t } = useTexts();
  const { saved, begun, place, drive } = useSetup((state) => state.draft);
  const [isOpen, setOpen] = useState(false);
  // Without its passphrase the first run would only say that it needs it.
  const isLocked = place === 'drive' && drive.asksPassphrase && !isOpen && !saved.every((name) => begun.includes(name));
  const target = status.jobs.flatMap(({ drives = [] }) => drives).find(({ poolGuid }) => poolGuid === drive.poolGuid);
  const leave = (): void => {
    const [first] = saved;
    forgetDraft();
    goTo(first === undefined ? { page: 'overview' } : { page: 'job', job: first, tab: 'live' });
  };
  return (
    <>
      {isLocked ? (
        <section className="card">
          <Unlock poolGuid={drive.poolGuid} isThere={target !== undefined} onOpen={() => setOpen(true)} />
        </section>
      ) : null}
      {saved.map((name) => (
        <FirstRunOf key={name} name={name} status={status} alone={saved.length === 1} waits={isLocked} />
      ))}
      {place === 'drive' && target !== undefined ? (
        <p role="status">
          <Name text={target.name} className="strong" /> {t(`drives.state.${target.state}`)}
        </p>
      ) : null}
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
  /** Something is needed before it can begin. */
  readonly waits: boolean;
}

function FirstRunOf({ name, status, alone, waits }: FirstRunOfProps) {
  const { t } = useTexts();
  const nowMs = useDaemonNowMs();
  const live = useLive();
  const actions = useActions();
  const begun = useSetup((state) => state.draft.begun);
  const job = status.jobs.find((one) => one.name === name) ?? null;
  const state = firstRun(job, begun.includes(name));
  useEffect(() => {
    // Claimed before it is asked for: nothing begins it a second time.
    if (state === 'to-begin' && live && !waits && claimFirstRun(name)) void actions.backUp(name);
  }, [state, name, live, waits, actions]);
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
