import type { ReactNode } from 'react';
import { placeOf, useGridKeys } from '../../ui/grid-keys.ts';
import { rowAt, useVirtualRows } from '../../ui/virtual-rows.ts';

interface VirtualChoiceProps {
  readonly label: string;
  readonly count: number;
  readonly rowPx: number;
  readonly chosen: number;
  readonly onChoose: (index: number) => void;
  readonly nameOf: (index: number) => string;
  readonly render: (index: number) => ReactNode;
}

/** A list of which one is chosen, however long. Arrow keys move and choose. */
export function VirtualChoice({ label, count, rowPx, chosen, onChoose, nameOf, render }: VirtualChoiceProps) {
  const virtual = useVirtualRows(count, rowPx);
  const keys = useGridKeys(count, 1, false, virtual.scrollTo);
  return (
    <div className="list-scroll choice" ref={virtual.setScroller}>
      <div
        className="list"
        role="listbox"
        tabIndex={-1}
        aria-label={label}
        ref={keys.container}
        onKeyDown={keys.onKeyDown}
        style={{ blockSize: virtual.totalPx }}
      >
        {virtual.items.map((item) => (
          <div
            role="option"
            key={nameOf(item.index)}
            className="list-row option"
            aria-selected={item.index === chosen}
            aria-setsize={count}
            aria-posinset={item.index + 1}
            data-place={placeOf(item.index, 0)}
            tabIndex={item.index === keys.active.row ? 0 : -1}
            onFocus={() => {
              keys.setActive({ row: item.index, column: 0 });
              onChoose(item.index);
            }}
            onClick={() => onChoose(item.index)}
            onKeyDown={(event) => {
              if (event.key === 'Enter' || event.key === ' ') onChoose(item.index);
            }}
            style={{ ...rowAt(item), blockSize: rowPx }}
          >
            {render(item.index)}
          </div>
        ))}
      </div>
    </div>
  );
}
