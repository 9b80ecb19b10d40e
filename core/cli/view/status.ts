/** The whole status as lines of text. Pure: the same status, room and time give the same lines. */
import { sentence } from '../../api/sentence.ts';
import type { DaemonStatus } from '../../api/status.ts';
import { verdictOf } from '../../api/verdict.ts';
import { type Line, paint, span, spread } from '../text/spans.ts';
import { visible, wrap } from '../text/width.ts';
import { headerTexts } from '../texts.ts';
import { pauseTexts } from '../texts-control.ts';
import { jobLines } from './job.ts';
import type { Layout } from './layout.ts';

export interface StatusView {
  /** Columns of the terminal. */
  readonly width: number;
  /** Lines of the terminal; null where there is no end. */
  readonly height: number | null;
  readonly nowMs: number;
  readonly colour: boolean;
  /** The status holds every job of the daemon, so that the sentence about all of them can stand above. */
  readonly whole: boolean;
}

/**
 * At most `height` lines of at most `width` columns. Where not everything fits, datasets that need nobody's attention are
 * counted instead of listed; where that is not enough, the end is cut off and said to be missing.
 */
export function renderStatus(status: DaemonStatus, view: StatusView): string[] {
  const layout = { width: view.width, nowMs: view.nowMs, folded: false };
  const above = view.whole ? sentenceLines(status, view) : [];
  let lines = [...above, ...statusLines(status, layout)];
  if (view.height !== null && lines.length > view.height) {
    lines = [...above, ...statusLines(status, { ...layout, folded: true })];
    if (lines.length > view.height) {
      const kept = Math.max(0, view.height - 1);
      lines = [...lines.slice(0, kept), [span(headerTexts.moreLines(lines.length - kept), 'dim')]];
    }
  }
  return lines.map((line) => paint(line, view.width, view.colour));
}

/** The colour of what is well stands only where the sentence says that all is there. */
function sentenceLines(status: DaemonStatus, { width, nowMs }: StatusView): Line[] {
  const verdict = verdictOf(status, nowMs);
  const well = verdict.kind === 'everything' && verdict.pruningFailed === null;
  const tone = well ? 'good' : verdict.kind === 'unknown' ? 'plain' : 'warn';
  return [...wrap(sentence(status, nowMs), width).map((text) => [span(text, tone)]), []];
}

function statusLines(status: DaemonStatus, layout: Layout): Line[] {
  const { width, nowMs } = layout;
  const left = [span(`snapferry ${visible(status.version)}`, 'bold'), span(`  ${visible(status.configFile)}`, 'dim')];
  const counts = `${headerTexts.jobs(status.jobs.length)} · ${headerTexts.up(status.startedAtMs, nowMs)}`;
  const lines: Line[] = [spread(left, [span(counts, 'dim')], width)];
  if (status.commands.abandoned > 0) lines.push([span(headerTexts.abandoned(status.commands.abandoned), 'bad')]);
  const { problem, damagedLines } = status.state;
  const reason = problem?.facts.reason ?? problem?.happened ?? '';
  if (problem !== null) lines.push([span(headerTexts.notRemembered(visible(reason)), 'warn')]);
  if (damagedLines > 0) lines.push([span(headerTexts.damagedLines(damagedLines), 'warn')]);
  if (status.paused !== null) lines.push([span(pauseTexts.allPaused(status.paused.untilMs), 'warn')]);
  if (status.jobs.length === 0) lines.push([], [span(headerTexts.noJobs, 'warn')]);
  for (const job of status.jobs) lines.push([], ...jobLines(job, layout));
  return lines;
}
