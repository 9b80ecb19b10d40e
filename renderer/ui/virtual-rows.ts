/** Long lists of which only the rows in sight are drawn. */
import { useVirtualizer, type VirtualItem, type Virtualizer } from '@tanstack/react-virtual';
import { type CSSProperties, useCallback, useState } from 'react';

/** Rows beyond the edge that are drawn, so that scrolling shows no gaps. */
const OVERSCAN = 8;

interface VirtualRows {
  /** For the element that scrolls. */
  readonly setScroller: (element: HTMLElement | null) => void;
  /** For rows of which nobody knows how high they are before they are drawn; such a row has its number in `data-index`. */
  readonly measure: Virtualizer<HTMLElement, Element>['measureElement'];
  readonly items: readonly VirtualItem[];
  /** Height of all rows. */
  readonly totalPx: number;
  readonly scrollTo: (row: number) => void;
}

/** @param rowPx height of a row, about @param keyOf what stays the same where the place of a row changes; its number unless given */
export function useVirtualRows(count: number, rowPx: number, keyOf?: (row: number) => string | number): VirtualRows {
  const [scroller, setScroller] = useState<HTMLElement | null>(null);
  const virtual = useVirtualizer({
    count,
    getScrollElement: () => scroller,
    estimateSize: () => rowPx,
    overscan: OVERSCAN,
    ...(keyOf === undefined ? {} : { getItemKey: keyOf }),
  });
  return {
    setScroller,
    measure: virtual.measureElement,
    items: virtual.getVirtualItems(),
    totalPx: virtual.getTotalSize(),
    scrollTo: useCallback((row: number) => virtual.scrollToIndex(row), [virtual]),
  };
}

/** Where a row lies. */
export function rowAt({ start }: VirtualItem): CSSProperties {
  return { transform: `translateY(${start}px)` };
}
