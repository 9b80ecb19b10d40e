/** The line about snapshots: when the next ones are due, how far the ones at work are, what failed. */
import type { SnapshottingStatus } from '../../api/status.ts';
import { type Line, type Span, span } from '../text/spans.ts';
import { visible } from '../text/width.ts';
import { snapshottingTexts } from '../texts.ts';
import { DETAIL_INDENT, type Layout, labelled, problemRoom } from './layout.ts';
import { problemLines } from './problem.ts';

export function snapshottingLines(status: SnapshottingStatus, layout: Layout): Line[] {
  const failed = status.items.filter((item) => item.problem !== null);
  const ordinary = status.state === 'waiting' || status.state === 'sync-up' || status.state === 'manual';
  if (layout.folded && ordinary && status.problem === null && failed.length === 0) return [];
  const items = [stateSpan(status, layout.nowMs)];
  if (failed.length > 0) items.push(span(snapshottingTexts.failedItems(failed.length), 'bad'));
  const lines = labelled(snapshottingTexts.label, items, layout.width);
  const room = problemRoom(layout, DETAIL_INDENT, 2);
  if (status.problem !== null) lines.push(...problemLines(status.problem, room));
  for (const item of failed) {
    lines.push([span(`${' '.repeat(DETAIL_INDENT - 2)}✗ ${visible(item.dataset)}`, 'bad')]);
    if (item.problem !== null) lines.push(...problemLines(item.problem, room));
  }
  return lines;
}

function stateSpan(status: SnapshottingStatus, nowMs: number): Span {
  const { state, type, nextAtMs, items } = status;
  switch (state) {
    case 'manual':
      return span(snapshottingTexts.manual);
    case 'planning':
      return span(snapshottingTexts.planning, 'active');
    case 'snapshotting': {
      const done = items.filter((item) => item.state === 'done' || item.state === 'error').length;
      return span(snapshottingTexts.taking(done, items.length), 'active');
    }
    case 'sync-up-error':
    case 'error-wait':
      return span(snapshottingTexts.failedDue(nextAtMs, nowMs), 'bad');
    case 'stopped':
      return span(snapshottingTexts.stopped, 'warn');
    case 'sync-up':
    case 'waiting':
      if (nextAtMs === null) return span(snapshottingTexts.nothingDue, 'warn');
      return span(snapshottingTexts.due(type, nextAtMs, nowMs));
  }
}
