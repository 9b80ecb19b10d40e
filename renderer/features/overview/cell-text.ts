import type { Translator } from '../../i18n/translator.ts';
import type { Cell } from '../../model/matrix.ts';

/** How old a copy is, in a word or two. */
export function cellText(cell: Cell, nowMs: number, { t, format }: Translator): string {
  const createdMs = cell.safety.newestCommon?.creationMs ?? null;
  const age = createdMs === null ? '' : format.span(Math.max(0, nowMs - createdMs));
  return t(`matrix.state.${cell.state}`, { age });
}

/** The same without what the mark beside it says. */
export function cellAge(cell: Cell, nowMs: number, translator: Translator): string {
  return cellText(cell.state === 'current' ? { ...cell, state: 'behind' } : cell, nowMs, translator);
}

/** The same for one who cannot see the marks beside it. */
export function cellSentence(cell: Cell, nowMs: number, translator: Translator): string {
  const { t } = translator;
  const parts = [cellText(cell, nowMs, translator)];
  if (cell.working) parts.push(t('matrix.working'));
  if (cell.failed && !cell.working) parts.push(t('matrix.failed'));
  return parts.join(', ');
}
