import { useEffect, useId, useRef, useState } from 'react';
import type { Reply } from '../../../core/api/contract.ts';
import { asProblemError, type Problem } from '../../../core/api/problem.ts';
import type { DriveReport } from '../../../core/api/status.ts';
import { visible } from '../../../core/api/visible.ts';
import { FORGET_TIMEOUT_MS } from '../../actions.ts';
import { useLive, useTexts } from '../../app-state.ts';
import { useActions, useSession } from '../../session-context.ts';
import { Button } from '../../ui/button.tsx';
import { ProblemBox } from '../../ui/problem-box.tsx';

interface ForgetDriveProps {
  readonly drive: DriveReport;
  readonly onClose: () => void;
}

/** What it costs to forget a drive, and doing it. */
export function ForgetDrive({ drive, onClose }: ForgetDriveProps) {
  const { t } = useTexts();
  const live = useLive();
  const actions = useActions();
  const title = useId();
  const head = useRef<HTMLHeadingElement>(null);
  useEffect(() => head.current?.focus(), []);
  const { cost, problem } = useCost(drive.poolGuid);
  const name = visible(drive.name);
  const forget = async (): Promise<void> => {
    await actions.forget(drive.poolGuid, drive.name);
    onClose();
  };
  return (
    <section className="forget" aria-labelledby={title}>
      <h3 id={title} ref={head} tabIndex={-1}>
        {t('drivePage.forget.title', { drive: name })}
      </h3>
      <div aria-live="polite">
        {problem !== null ? <ProblemBox problem={problem} /> : null}
        {problem === null && cost === null ? <p className="muted">{t('drivePage.forget.looking')}</p> : null}
        {cost === null ? null : <Cost cost={cost} />}
      </div>
      <div className="drive-actions">
        <Button onPress={() => void forget()} isDisabled={!live || cost === null}>
          {t('drivePage.forget.confirm', { drive: name })}
        </Button>
        <Button kind="quiet" onPress={onClose}>
          {t('drivePage.forget.cancel')}
        </Button>
      </div>
    </section>
  );
}

function Cost({ cost: { jobs, releases } }: { readonly cost: Reply<'drive/forget'> }) {
  const { t } = useTexts();
  return (
    <ul className="plain">
      <li>{t('drivePage.forget.jobs', { jobs: jobs.map(visible).join(', ') })}</li>
      <li>
        {releases.length === 0
          ? t('drivePage.forget.noMarks')
          : t('drivePage.forget.marks', { count: releases.length })}
      </li>
      <li className="warn">{t('drivePage.forget.data')}</li>
    </ul>
  );
}

/** Asked for once: what is shown is what is agreed to. */
function useCost(poolGuid: string) {
  const session = useSession();
  const [cost, setCost] = useState<Reply<'drive/forget'> | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  useEffect(() => {
    let over = false;
    session.request('drive/forget', { poolGuid, dryRun: true }, FORGET_TIMEOUT_MS).then(
      (reply) => {
        if (!over) setCost(reply);
      },
      (thrown: unknown) => {
        if (!over) setProblem(asProblemError(thrown).toProblem());
      },
    );
    return () => {
      over = true;
    };
  }, [session, poolGuid]);
  return { cost, problem };
}
