/** When a job runs next, and why not earlier, in words. Pure. */
import type { NextRun, Pause } from '../../core/api/conditions.ts';
import type { Translator } from '../i18n/translator.ts';

export function nextText(next: NextRun, nowMs: number, { t, format }: Translator): string {
  switch (next.state) {
    case 'running':
      return t('next.running');
    case 'waiting':
      return next.atMs === null ? t('next.why.peer-away') : t('next.waiting', { when: format.until(next.atMs, nowMs) });
    case 'scheduled':
      if (next.atMs === null) return t('next.scheduledUnknown');
      return t('next.scheduled', { when: format.until(next.atMs, nowMs) });
    case 'held': {
      const why = t(`next.why.${next.why}`);
      return next.atMs === null
        ? t('next.held', { why })
        : t('next.heldUntil', { time: format.moment(next.atMs, nowMs), why });
    }
    case 'by-hand':
      return t('next.byHand');
    case 'never':
      return `${t('next.never')}: ${t(`next.why.${next.why}`)}`;
  }
}

/** "until 18:00", "until somebody resumes it" */
export function pauseText(pause: Pause, nowMs: number, { t, format }: Translator): string {
  return pause.untilMs === null
    ? t('pause.untilTold')
    : t('pause.until', { time: format.moment(pause.untilMs, nowMs) });
}
