import { HardDrive, Play, ScanSearch, Square } from 'lucide-react';
import { useId, useState } from 'react';
import { bringNext, canScrub, type DriveOfJobs, isScrubDue } from '../../../core/api/drive-status.ts';
import { visible } from '../../../core/api/visible.ts';
import { canStart } from '../../actions.ts';
import { useLive, useTexts } from '../../app-state.ts';
import { useActions } from '../../session-context.ts';
import { Button } from '../../ui/button.tsx';
import { DriveStateText } from '../../ui/drive-state.tsx';
import { Name } from '../../ui/name.tsx';
import { ProblemFacts } from '../../ui/problem-facts.tsx';
import { problemSentences } from '../../ui/problem-text.ts';
import { DriveFacts } from './drive-facts.tsx';
import { ForgetDrive } from './forget-drive.tsx';

interface DrivePanelProps {
  readonly one: DriveOfJobs;
  readonly nowMs: number;
}

/** One drive. Its buttons keep their places, whatever it is doing. */
export function DrivePanel({ one, nowMs }: DrivePanelProps) {
  const { t, language } = useTexts();
  const title = useId();
  const { drive, jobs } = one;
  const [forgetting, setForgetting] = useState(false);
  const isNext = jobs.some((job) => bringNext(job)?.poolGuid === drive.poolGuid);
  const { problem } = drive;
  return (
    <section className="drive-panel card" aria-labelledby={title}>
      <header className="drive-head">
        <HardDrive size={20} aria-hidden="true" />
        <h2 id={title}>
          <Name text={drive.name} />
        </h2>
        <p className={`drive-state ${drive.state}`} role="status">
          <DriveStateText one={one} />
        </p>
      </header>
      {isNext ? <p className="drive-next">{t('drivePage.bring', { drive: visible(drive.name) })}</p> : null}
      {problem === null ? null : (
        <div className="drive-problem">
          <p className="problem-happened">{problemSentences(problem.code, problem.facts, language).happened}</p>
          <ProblemFacts problem={problem} />
        </div>
      )}
      <DriveFacts one={one} nowMs={nowMs} />
      {canScrub(drive) && isScrubDue(drive, nowMs) ? <p className="muted">{t('drivePage.scrub.due')}</p> : null}
      <DriveActions one={one} nowMs={nowMs} onForget={() => setForgetting(true)} />
      {forgetting ? <ForgetDrive drive={drive} onClose={() => setForgetting(false)} /> : null}
    </section>
  );
}

function DriveActions({ one, nowMs, onForget }: DrivePanelProps & { readonly onForget: () => void }) {
  const { t } = useTexts();
  const live = useLive();
  const actions = useActions();
  const { drive, jobs } = one;
  const isAtHand = drive.state === 'plugged' || drive.state === 'connected' || drive.state === 'safe';
  const startable = jobs.filter(canStart);
  const isDue = isScrubDue(drive, nowMs);
  return (
    <div className="drive-actions">
      {startable.map(({ name }) => (
        <Button
          key={name}
          kind={drive.asks ? 'main' : 'plain'}
          onPress={() => void actions.backUp(name)}
          isDisabled={!live || !(isAtHand || drive.scrubbing === true)}
          label={t('drives.backUpOf', { job: name, drive: drive.name })}
        >
          <Play size={16} aria-hidden="true" />
          {startable.length === 1 ? t('overview.backUpAll') : <Name text={name} />}
        </Button>
      ))}
      {drive.scrubbing === true ? (
        <Button
          onPress={() => void actions.stopScrub(drive.poolGuid, drive.name)}
          isDisabled={!live}
          label={t('drivePage.scrub.stopOf', { drive: drive.name })}
        >
          <Square size={16} aria-hidden="true" />
          {t('drivePage.scrub.stop')}
        </Button>
      ) : (
        <Button
          kind={isDue && canScrub(drive) && !drive.asks ? 'main' : 'plain'}
          onPress={() => void actions.scrub(drive.poolGuid, drive.name)}
          isDisabled={!live || !canScrub(drive)}
          label={t('drivePage.scrub.startOf', { drive: drive.name })}
        >
          <ScanSearch size={16} aria-hidden="true" />
          {t('drivePage.scrub.start')}
        </Button>
      )}
      <Button
        onPress={() => void actions.eject(drive.poolGuid, drive.name)}
        isDisabled={!live || drive.state !== 'connected'}
        label={t('drives.ejectOf', { drive: drive.name })}
      >
        {t('drives.eject')}
      </Button>
      <Button
        kind="quiet"
        onPress={onForget}
        isDisabled={!live}
        label={t('drivePage.forget.openOf', { drive: drive.name })}
      >
        {t('drivePage.forget.open')}
      </Button>
    </div>
  );
}
