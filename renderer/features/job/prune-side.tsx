import { useId, useMemo, useState } from 'react';
import { Checkbox } from 'react-aria-components';
import { saidIn } from '../../../core/api/messages/said.ts';
import type { JobPlan } from '../../../core/api/status.ts';
import { useTexts } from '../../app-state.ts';
import { sentenceLanguage } from '../../i18n/language.ts';
import { CheckMark } from '../../ui/check-mark.tsx';
import { placeOf, useGridKeys } from '../../ui/grid-keys.ts';
import { Name } from '../../ui/name.tsx';
import { problemSentences } from '../../ui/problem-text.ts';
import { rowAt, useVirtualRows } from '../../ui/virtual-rows.ts';
import { PruneTimeline } from './prune-timeline.tsx';
import { VirtualChoice } from './virtual-choice.tsx';

type Side = JobPlan['pruning'][number];
type Dataset = Side['datasets'][number];

const ROW_PX = 34;

/** One side of a prune: its datasets, and the snapshots of the chosen one on a timeline and in a list. */
export function PruneSide({ side }: { readonly side: Side }) {
  const { t, language } = useTexts();
  const [chosen, setChosen] = useState(0);
  const titleId = useId();
  const totals = useMemo(() => {
    const all = side.datasets.flatMap(({ snapshots }) => snapshots);
    const destroyed = all.filter(({ verdict }) => verdict === 'destroy').length;
    return { kept: all.length - destroyed, destroyed };
  }, [side]);
  const dataset = side.datasets[Math.min(chosen, side.datasets.length - 1)];
  return (
    <section className="card prune-side" aria-labelledby={titleId}>
      <header className="running-head">
        <h2 id={titleId}>
          {t('live.pruning')} <span className="muted">{t(`live.side.${side.side}`)}</span>
        </h2>
        <span className="muted fig">{t('plan.keptDestroyed', totals)}</span>
      </header>
      {side.problem === null ? null : (
        <p className="bad">{problemSentences(side.problem.code, side.problem.facts, language).happened}</p>
      )}
      {dataset === undefined ? (
        side.problem === null && <p className="muted">{t('plan.noDatasets')}</p>
      ) : (
        <div className="prune-columns">
          <VirtualChoice
            label={t('plan.datasets')}
            count={side.datasets.length}
            rowPx={ROW_PX}
            chosen={chosen}
            onChoose={setChosen}
            nameOf={(index) => side.datasets[index]?.dataset ?? ''}
            render={(index) => <DatasetChoice dataset={side.datasets[index]} />}
          />
          <PrunedDataset dataset={dataset} />
        </div>
      )}
    </section>
  );
}

function DatasetChoice({ dataset }: { readonly dataset: Dataset | undefined }) {
  const { format } = useTexts();
  if (dataset === undefined) return null;
  const going = dataset.snapshots.filter(({ verdict }) => verdict === 'destroy').length;
  return (
    <>
      <Name text={dataset.dataset} />
      <span className="fig muted">{going === 0 ? '' : `−${format.number(going)}`}</span>
    </>
  );
}

function PrunedDataset({ dataset }: { readonly dataset: Dataset }) {
  const { t, language } = useTexts();
  const [onlyDestroyed, setOnlyDestroyed] = useState(false);
  const shown = useMemo(
    () => dataset.snapshots.filter(({ verdict }) => !onlyDestroyed || verdict === 'destroy'),
    [dataset, onlyDestroyed],
  );
  if (dataset.problem !== null) {
    return <p className="bad">{problemSentences(dataset.problem.code, dataset.problem.facts, language).happened}</p>;
  }
  if (dataset.skipReason !== '') {
    return (
      <p className="muted" data-raw>
        {t('plan.skipped', { reason: saidIn(sentenceLanguage(language), dataset.skipReason) })}
      </p>
    );
  }
  return (
    <div className="prune-detail">
      <PruneTimeline dataset={dataset} />
      <Checkbox className="check" isSelected={onlyDestroyed} onChange={setOnlyDestroyed}>
        <CheckMark />
        {t('plan.onlyDestroyed')}
      </Checkbox>
      <SnapshotList snapshots={shown} />
    </div>
  );
}

/** As rows of a grid, so that the keyboard reaches every one of them. */
function SnapshotList({ snapshots }: { readonly snapshots: Dataset['snapshots'] }) {
  const { t, language } = useTexts();
  const virtual = useVirtualRows(snapshots.length, ROW_PX);
  const keys = useGridKeys(snapshots.length, 1, false, virtual.scrollTo);
  return (
    <div className="list-scroll snapshots" ref={virtual.setScroller}>
      <div
        className="list"
        role="grid"
        tabIndex={-1}
        aria-label={t('plan.snapshot')}
        aria-rowcount={snapshots.length}
        ref={keys.container}
        onKeyDown={keys.onKeyDown}
        style={{ blockSize: virtual.totalPx }}
      >
        {virtual.items.map((item) => {
          const snapshot = snapshots[item.index];
          if (snapshot === undefined) return null;
          return (
            <div
              key={snapshot.name}
              data-index={item.index}
              ref={virtual.measure}
              className={`list-row snapshot ${snapshot.verdict}`}
              role="row"
              aria-rowindex={item.index + 1}
              data-place={placeOf(item.index, 0)}
              tabIndex={item.index === keys.active.row ? 0 : -1}
              onFocus={() => keys.setActive({ row: item.index, column: 0 })}
              style={rowAt(item)}
            >
              <span className="snapshot-mark" aria-hidden="true" />
              <span role="gridcell" tabIndex={-1}>
                <Name text={snapshot.name} />
              </span>
              <span role="gridcell" tabIndex={-1} className="snapshot-verdict">
                {t(`plan.${snapshot.verdict}`)}
              </span>
              <span role="gridcell" tabIndex={-1} className="muted snapshot-why" data-raw>
                {snapshot.because.map((reason) => saidIn(sentenceLanguage(language), reason)).join(' · ')}
              </span>
            </div>
          );
        })}
      </div>
    </div>
  );
}
