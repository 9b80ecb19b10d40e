import { Ban, ChevronRight, CircleAlert, CircleArrowUp, CircleCheck, CircleSlash, TriangleAlert } from 'lucide-react';
import type { HistoryEntry, HistoryOutcome } from '../../../core/api/history.ts';
import { visible } from '../../../core/api/visible.ts';
import { useDaemonNowMs, useTexts } from '../../app-state.ts';
import type { Translator } from '../../i18n/translator.ts';
import { toneOf } from '../../model/activity.ts';
import { Name } from '../../ui/name.tsx';
import { HistoryDetails } from './history-details.tsx';

const ICONS = {
  ok: CircleCheck,
  failed: CircleAlert,
  problems: TriangleAlert,
  interrupted: TriangleAlert,
  running: CircleArrowUp,
  cancelled: Ban,
  skipped: CircleSlash,
} as const satisfies Record<HistoryOutcome, unknown>;

interface HistoryRowProps {
  readonly entry: HistoryEntry;
  readonly showJob: boolean;
  readonly open: boolean;
  readonly onToggle: () => void;
}

/** One run in a line; its details below when asked for. */
export function HistoryRow({ entry, showJob, open, onToggle }: HistoryRowProps) {
  const texts = useTexts();
  const { t, format } = texts;
  const nowMs = useDaemonNowMs(10_000);
  const Icon = ICONS[entry.outcome];
  const tone = toneOf(entry.outcome);
  return (
    <div className="history-row">
      <button type="button" className="history-line" aria-expanded={open} onClick={onToggle}>
        <Icon className={`mark tone-${tone}`} size={16} aria-hidden="true" />
        <span className="history-when fig" title={format.exact(entry.startMs)}>
          {format.moment(entry.startMs, nowMs)}
        </span>
        {showJob ? <Name text={entry.job} className="history-job" /> : null}
        <span className={`history-outcome tone-${tone}`}>{t(`activity.outcome.${entry.outcome}`)}</span>
        <span className="history-what muted fig">{whatText(entry, texts)}</span>
        <ChevronRight className="turn" data-open={open || undefined} size={14} aria-hidden="true" />
      </button>
      {open ? <HistoryDetails entry={entry} /> : null}
    </div>
  );
}

/** What became of it, in a line. */
function whatText(entry: HistoryEntry, { t, format }: Translator): string {
  const { skipped, tally, problems, problemsLeftOut, outcome, drives = [] } = entry;
  if (skipped !== null) {
    const until = entry.endMs === null ? '' : format.exact(entry.endMs);
    const times = skipped.times > 1 ? [t('activity.times', { count: skipped.times, until })] : [];
    return [t(`activity.skipped.${skipped.reason}`), ...times].join(' · ');
  }
  const count = problems.length + problemsLeftOut;
  return [
    ...(drives.length === 0
      ? []
      : [t('activity.onDrives', { drives: drives.map(({ name }) => visible(name)).join(', ') })]),
    ...(count === 0 ? [] : [t('activity.problems', { count })]),
    ...(outcome === 'interrupted' ? [t('activity.interrupted')] : []),
    ...(tally.bytesSent > 0 ? [t('activity.sent', { bytes: format.bytes(tally.bytesSent) })] : []),
    ...(tally.bytesSent === 0 && outcome === 'ok' ? [t('activity.nothingSent')] : []),
    ...(tally.resumedFromBytes > 0 ? [t('activity.resumed', { bytes: format.bytes(tally.resumedFromBytes) })] : []),
    ...(tally.snapshotsDestroyed > 0 ? [t('activity.destroyed', { count: tally.snapshotsDestroyed })] : []),
  ].join(' · ');
}
