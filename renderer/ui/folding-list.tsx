import { type ReactNode, useState } from 'react';
import { rowAt, useVirtualRows } from './virtual-rows.ts';

interface FoldingListProps<Row> {
  readonly label: string;
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => string | number;
  /** A folded row, about. */
  readonly rowPx: number;
  /** There are more than these, and nobody knows how many. */
  readonly more?: boolean;
  readonly className?: string;
  readonly children: (row: Row, open: boolean, onToggle: () => void) => ReactNode;
}

/** A list of rows that open. Only those in sight are drawn; which are open is remembered by their keys. */
export function FoldingList<Row>(props: FoldingListProps<Row>) {
  const { label, rows, keyOf, rowPx, more = false, className = '', children } = props;
  const [open, setOpen] = useState<ReadonlySet<string | number>>(new Set());
  const virtual = useVirtualRows(rows.length, rowPx, (index) => {
    const row = rows[index];
    return row === undefined ? index : keyOf(row);
  });
  const toggle = (key: string | number): void =>
    setOpen((before) => {
      const after = new Set(before);
      if (!after.delete(key)) after.add(key);
      return after;
    });
  return (
    <div className={`list-scroll ${className}`} ref={virtual.setScroller} hidden={rows.length === 0}>
      <ul className="list" aria-label={label} style={{ blockSize: virtual.totalPx }}>
        {virtual.items.map((item) => {
          const row = rows[item.index];
          if (row === undefined) return null;
          const key = keyOf(row);
          return (
            <li
              key={item.key}
              data-index={item.index}
              ref={virtual.measure}
              className="list-row"
              aria-setsize={more ? -1 : rows.length}
              aria-posinset={item.index + 1}
              style={rowAt(item)}
            >
              {children(row, open.has(key), () => toggle(key))}
            </li>
          );
        })}
      </ul>
    </div>
  );
}
