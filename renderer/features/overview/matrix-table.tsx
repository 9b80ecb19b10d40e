import { useMemo, useState } from 'react';
import { visible } from '../../../core/api/visible.ts';
import { useTexts } from '../../app-state.ts';
import { placeName } from '../../model/evidence.ts';
import { CELL_STATES, type Cell, countStates, type Matrix } from '../../model/matrix.ts';
import { FilterField } from '../../ui/filter-field.tsx';
import { placeOf, useGridKeys } from '../../ui/grid-keys.ts';
import { Name } from '../../ui/name.tsx';
import { rowAt, useVirtualRows } from '../../ui/virtual-rows.ts';
import { CellMark, StateMark } from './cell-mark.tsx';
import { cellAge, cellSentence, cellText } from './cell-text.ts';

const ROW_PX = 36;
/** Narrowest columns: a row is one line, whatever a cell says. */
const NAME_REM = 11;
const CELL_REM = 10.5;
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
  const virtual = useVirtualRows(rows.length, ROW_PX);
  const keys = useGridKeys(rows.length, columns, direction === 'rtl', virtual.scrollTo);
  // Long names must not make it wider than what their columns need.
  const narrowest = { minInlineSize: `${NAME_REM + columns * CELL_REM}rem` };
  const template = {
    gridTemplateColumns: `minmax(${NAME_REM}rem, 1.5fr) repeat(${columns}, minmax(${CELL_REM}rem, 1fr))`,
  };

  return (
    <div className="grid-scroll" ref={virtual.setScroller}>
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
        <div className="grid-body" role="presentation" style={{ blockSize: virtual.totalPx }}>
          {virtual.items.map((item) => {
            const row = rows[item.index];
            if (row === undefined) return null;
            return (
              <div
                className="grid-row"
                role="row"
                tabIndex={-1}
                aria-rowindex={item.index + 2}
                key={row.dataset}
                style={{ ...template, ...rowAt(item), blockSize: ROW_PX }}
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
                          <CellAge cell={cell} nowMs={nowMs} />
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

/** Where there is little room, the mark alone says that nothing is newer. */
function CellAge({ cell, nowMs }: { readonly cell: Cell; readonly nowMs: number }) {
  const texts = useTexts();
  const [long, short] = [cellText(cell, nowMs, texts), cellAge(cell, nowMs, texts)];
  if (long === short) return <span className="fig cell-age">{long}</span>;
  return (
    <>
      <span className="fig cell-age roomy">{long}</span>
      <span className="fig cell-age tight">{short}</span>
    </>
  );
}
