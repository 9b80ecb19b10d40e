import { Octagon, Pause as PauseIcon, Play } from 'lucide-react';
import type { Pause } from '../../core/api/conditions.ts';
import { PAUSE_CHOICES } from '../actions.ts';
import { useLive, useTexts } from '../app-state.ts';
import { pauseText } from '../model/next-text.ts';
import { useActions } from '../session-context.ts';
import { Button } from '../ui/button.tsx';
import { MenuButton } from '../ui/menu-button.tsx';

interface PauseControlProps {
  /** Null: all jobs. */
  readonly job: string | null;
  readonly pause: Pause | null;
}

/** Pauses, or resumes what is paused. */
export function PauseControl({ job, pause }: PauseControlProps) {
  const { t } = useTexts();
  const live = useLive();
  const actions = useActions();
  if (pause !== null) {
    return (
      <Button onPress={() => void actions.resume(job)} isDisabled={!live}>
        <Play size={16} aria-hidden="true" />
        {t('pause.resume')}
      </Button>
    );
  }
  return (
    <MenuButton
      items={PAUSE_CHOICES.map((key) => ({ key, text: t(`pause.${key}`) }))}
      onChoose={(choice) => void actions.pause(job, choice)}
      isDisabled={!live}
    >
      <PauseIcon size={16} aria-hidden="true" />
      {t('pause.pause')}
    </MenuButton>
  );
}

/** That something is paused, and until when. */
export function PauseLine({
  pause,
  nowMs,
  what,
}: {
  readonly pause: Pause;
  readonly nowMs: number;
  readonly what: 'all' | 'job';
}) {
  const texts = useTexts();
  return (
    <p className="pause-line">
      <PauseIcon size={14} aria-hidden="true" />
      <span className="fig">{texts.t(`pause.${what}`, { until: pauseText(pause, nowMs, texts) })}</span>
    </p>
  );
}

/** Ends a run at work, now or after the step that has begun. */
export function StopControl({ job, stopping }: { readonly job: string; readonly stopping: boolean }) {
  const { t } = useTexts();
  const live = useLive();
  const actions = useActions();
  const ways = [
    ...(stopping ? [] : [{ key: 'after-step' as const, text: t('job.stopAfterStep') }]),
    { key: 'now' as const, text: t('job.stopNow') },
  ];
  return (
    <MenuButton items={ways} onChoose={(how) => void actions.stop(job, how)} isDisabled={!live}>
      <Octagon size={16} aria-hidden="true" />
      {t('job.stop')}
    </MenuButton>
  );
}
