import { type KeyboardEvent, useEffect, useRef, useState } from 'react';

export interface Place {
  readonly row: number;
  readonly column: number;
}

interface GridKeys {
  /** The one place that the Tab key reaches. */
  readonly active: Place;
  readonly onKeyDown: (event: KeyboardEvent) => void;
  /** To be given to the container; places are found below it by data-place. */
  readonly container: { current: HTMLDivElement | null };
  readonly setActive: (place: Place) => void;
}

const PAGE = 10;

/** The place that a key leads to; null where it is none of the grid's. Pure. `mirrored`: written from right to left. */
export function keyTarget(key: string, at: Place, rows: number, columns: number, mirrored: boolean): Place | null {
  const clamp = (row: number, column: number): Place => ({
    row: Math.max(0, Math.min(rows - 1, row)),
    column: Math.max(0, Math.min(columns - 1, column)),
  });
  const forward = mirrored ? -1 : 1;
  switch (key) {
    case 'ArrowDown':
      return clamp(at.row + 1, at.column);
    case 'ArrowUp':
      return clamp(at.row - 1, at.column);
    case 'ArrowRight':
      return clamp(at.row, at.column + forward);
    case 'ArrowLeft':
      return clamp(at.row, at.column - forward);
    case 'PageDown':
      return clamp(at.row + PAGE, at.column);
    case 'PageUp':
      return clamp(at.row - PAGE, at.column);
    case 'Home':
      return clamp(0, at.column);
    case 'End':
      return clamp(rows - 1, at.column);
    default:
      return null;
  }
}

/** Arrow keys in a virtualised grid: one stop for Tab; a row that is not drawn is scrolled to, then focused. */
export function useGridKeys(
  rows: number,
  columns: number,
  mirrored: boolean,
  scrollTo: (row: number) => void,
): GridKeys {
  const container = useRef<HTMLDivElement | null>(null);
  const [wanted, setWanted] = useState<Place>({ row: 0, column: 0 });
  const moving = useRef(false);
  const active = { row: Math.min(wanted.row, Math.max(0, rows - 1)), column: Math.min(wanted.column, columns - 1) };

  useEffect(() => {
    if (!moving.current) return;
    const place = container.current?.querySelector<HTMLElement>(`[data-place="${wanted.row}:${wanted.column}"]`);
    // Not drawn yet: the next drawing, after scrolling, finds it.
    if (place === undefined || place === null) return;
    moving.current = false;
    place.focus();
  });

  const onKeyDown = (event: KeyboardEvent): void => {
    const target = keyTarget(event.key, active, rows, columns, mirrored);
    if (target === null || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    moving.current = true;
    scrollTo(target.row);
    setWanted(target);
  };
  return { active, onKeyDown, container, setActive: setWanted };
}

export const placeOf = (row: number, column: number): string => `${row}:${column}`;
