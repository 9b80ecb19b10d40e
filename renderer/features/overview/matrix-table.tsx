import { useVirtualizer } from '@tanstack/react-virtual';
import { useCallback, useMemo, useState } from 'react';
import { visible } from '../../../core/api/visible.ts';
import { useTexts } from '../../app-state.ts';
import { placeName } from '../../model/evidence.ts';
import { CELL_STATES, type Cell, countStates, type Matrix } from '../../model/matrix.ts';
import { FilterField } from '../../ui/filter-field.tsx';
import { placeOf, useGridKeys } from '../../ui/grid-keys.ts';
import { Name } from '../../ui/name.tsx';
import { CellMark, StateMark } from './cell-mark.tsx';
import { cellSentence, cellText } from './cell-text.ts';

const ROW_PX = 36;
/** From so many rows on, one looks for a name rather than scrolls. */
const FILTER_FROM = 12;

interface MatrixTableProps {
  readonly matrix: Matrix;
  readonly nowMs: number;
  readonly onOpen: (cell: Cell) => void;
}

/** Dataset × destination. Only the rows in sight are drawn. */
export function MatrixTable({ matrix, nowMs, onOpen }: MatrixTableProps) {
  const texts = useTexts();
  const { t } = texts;
  const [filter, setFilter] = useState('');
  const rows = useMemo(() => {
    const wanted = filter.trim().toLowerCase();
    return wanted === '' ? matrix.rows : matrix.rows.filter(({ dataset }) => dataset.toLowerCase().includes(wanted));
  }, [matrix, filter]);
  const columns = matrix.destinations.length;

  return (
    <section className="matrix" aria-labelledby="matrix-title">
      <header className="section-head">
        <h2 id="matrix-title">{t('matrix.title')}</h2>
        <Legend matrix={matrix} />
        {matrix.rows.length >= FILTER_FROM ? (
          <FilterField label={t('matrix.filter')} value={filter} onChange={setFilter} />
        ) : null}
      </header>
      {matrix.rows.length === 0 ? (
        <p className="empty">{t('matrix.notLooked')}</p>
      ) : (
        <Grid
          rows={rows}
          total={matrix.rows.length}
          columns={columns}
          matrix={matrix}
          nowMs={nowMs}
          onOpen={onOpen}
          label={t('matrix.title')}
        />
      )}
      {matrix.rows.length > 0 && rows.length === 0 ? <p className="empty">{t('matrix.none')}</p> : null}
    </section>
  );
}

function Legend({ matrix }: { readonly matrix: Matrix }) {
  const { t } = useTexts();
  const counts = countStates(matrix);
  return (
    <ul className="legend">
      {CELL_STATES.filter((state) => counts[state] > 0).map((state) => (
        <li key={state}>
          <StateMark state={state} />
          {t(`matrix.legend.${state}`, { count: counts[state] })}
        </li>
      ))}
    </ul>
  );
}

interface GridProps extends MatrixTableProps {
  readonly rows: Matrix['rows'];
  readonly total: number;
  readonly columns: number;
  readonly label: string;
}

function Grid({ rows, columns, matrix, nowMs, onOpen, label }: GridProps) {
  const texts = useTexts();
  const { t, direction } = texts;
  const [scroller, setScroller] = useState<HTMLDivElement | null>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller,
    estimateSize: () => ROW_PX,
    overscan: 8,
  });
  const scrollTo = useCallback((row: number) => virtual.scrollToIndex(row), [virtual]);
  const keys = useGridKeys(rows.length, columns, direction === 'rtl', scrollTo);
  // Long names must not make it wider than what their columns need.
  const narrowest = { minInlineSize: `${11 + columns * 8.5}rem` };
  const template = { gridTemplateColumns: `minmax(11rem, 2fr) repeat(${columns}, minmax(8.5rem, 1fr))` };

  return (
    <div className="grid-scroll" ref={setScroller}>
      {/* One stop for Tab is inside: the active cell. */}
      <div
        className="grid"
        role="grid"
        tabIndex={-1}
        aria-label={label}
        aria-rowcount={rows.length + 1}
        aria-colcount={columns + 1}
        style={narrowest}
        ref={keys.container}
        onKeyDown={keys.onKeyDown}
      >
        <div className="grid-row grid-head" role="row" tabIndex={-1} aria-rowindex={1} style={template}>
          <div role="columnheader" tabIndex={-1} className="grid-cell">
            {t('matrix.dataset')}
          </div>
          {matrix.destinations.map((destination) => (
            <div role="columnheader" tabIndex={-1} className="grid-cell" key={destination}>
              <Name text={placeName(destination)} />
            </div>
          ))}
        </div>
        <div className="grid-body" role="presentation" style={{ blockSize: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map((item) => {
            const row = rows[item.index];
            if (row === undefined) return null;
            return (
              <div
                className="grid-row"
                role="row"
                tabIndex={-1}
                aria-rowindex={item.index + 2}
                key={row.dataset}
                style={{ ...template, transform: `translateY(${item.start}px)`, blockSize: ROW_PX }}
              >
                <div role="rowheader" tabIndex={-1} className="grid-cell">
                  <Name text={row.dataset} />
                </div>
                {row.cells.map((cell, column) => {
                  const destination = matrix.destinations[column] ?? '';
                  const active = keys.active.row === item.index && keys.active.column === column;
                  const place = { 'data-place': placeOf(item.index, column), tabIndex: active ? 0 : -1 };
                  return (
                    <div role="gridcell" tabIndex={-1} className="grid-cell" key={destination}>
                      {cell === null ? (
                        <span className="nowhere muted" {...place} title={t('matrix.notThere')}>
                          –<span className="for-ears">{t('matrix.notThere')}</span>
                        </span>
                      ) : (
                        <button
                          type="button"
                          className={`cell ${cell.state}`}
                          {...place}
                          onFocus={() => keys.setActive({ row: item.index, column })}
                          onClick={() => onOpen(cell)}
                          aria-label={t('matrix.cell', {
                            dataset: visible(row.dataset),
                            destination: visible(placeName(destination)),
                            state: cellSentence(cell, nowMs, texts),
                          })}
                        >
                          <CellMark cell={cell} />
                          <span className="fig">{cellText(cell, nowMs, texts)}</span>
                        </button>
                      )}
                    </div>
                  );
                })}
              </div>
            );
          })}
        </div>
      </div>
    </div>
  );
}
