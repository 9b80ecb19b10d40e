import { useState } from 'react';
import type { Keep } from '../../../core/api/keep.ts';
import { useTexts } from '../../app-state.ts';
import { AGE_BANDS, bandCounts } from '../../model/keep-picture.ts';
import { Choice } from '../../ui/choice.tsx';
import { ProblemBox } from '../../ui/problem-box.tsx';
import { KeepAxis, KeepPicture, type Lane } from './keep-picture.tsx';
import { usePreview } from './use-preview.ts';

const DAY_S = 86_400;
/** When one looks: seconds from the first snapshot on. */
export const SEEN_AT_S = { day: DAY_S, month: 30 * DAY_S, year: 366 * DAY_S } as const;
const SEEN = ['day', 'month', 'year'] as const;
export const POINTS_S = SEEN.map((when) => SEEN_AT_S[when]);

interface KeepPreviewProps {
  /** Null where it is not known how often. */
  readonly intervalS: number | null;
  readonly sides: readonly { readonly side: Lane['side']; readonly keep: Keep }[];
}

/** What will be there after a day, a month, a year: as a picture and as a table that says the same. */
export function KeepPreview({ intervalS, sides }: KeepPreviewProps) {
  const { t } = useTexts();
  const [seen, setSeen] = useState<(typeof SEEN)[number]>('year');
  return (
    <section className="card keep-preview" aria-label={t('keep.preview')}>
      <div className="keep-preview-head">
        <h2>{t('keep.preview')}</h2>
        <Choice
          label={t('keep.seen')}
          value={seen}
          options={SEEN.map((value) => ({ value, text: t(`keep.seenAt.${value}`) }))}
          onChange={(value) => setSeen(SEEN.find((one) => one === value) ?? 'year')}
        />
      </div>
      {intervalS === null ? (
        <p className="muted">{t('keep.noPreview')}</p>
      ) : (
        <Seen intervalS={intervalS} sides={sides} atS={SEEN_AT_S[seen]} />
      )}
    </section>
  );
}

function Seen({ intervalS, sides, atS }: KeepPreviewProps & { readonly atS: number }) {
  const { t, format } = useTexts();
  // Both sides always, in this order: hooks are called the same way each time.
  const here = usePreview(intervalS, keepOf(sides, 'here'), POINTS_S);
  const there = usePreview(
    sides.some(({ side }) => side === 'there') ? intervalS : null,
    keepOf(sides, 'there'),
    POINTS_S,
  );
  const lanes = sides.map(({ side }) => {
    const point = (side === 'here' ? here : there).reply?.points.find((one) => one.atS === atS);
    return { side, kept: point?.kept ?? null, agesS: point?.snapshots.map(({ ageS }) => ageS) ?? [] };
  });
  const problem = here.problem ?? there.problem;
  return (
    <>
      {problem === null ? null : <ProblemBox problem={problem} />}
      <KeepPicture lanes={lanes} />
      <KeepAxis />
      <table className="keep-table">
        <caption className="for-ears">{t('keep.table')}</caption>
        <thead>
          <tr>
            <th scope="col">{t('keep.side')}</th>
            {AGE_BANDS.map(({ band }) => (
              <th scope="col" key={band}>
                {t(`keep.band.${band}`)}
              </th>
            ))}
            <th scope="col">{t('keep.sum')}</th>
          </tr>
        </thead>
        <tbody>
          {lanes.map(({ side, agesS, kept }) => {
            const counts = bandCounts(agesS);
            return (
              <tr key={side}>
                <th scope="row">
                  <span className={`keep-swatch ${side}`} aria-hidden="true" />
                  {t(`keep.sides.${side}`)}
                </th>
                {AGE_BANDS.map(({ band }) => (
                  <td className="fig" key={band}>
                    {kept === null ? '' : format.number(counts[band])}
                  </td>
                ))}
                <td className="fig">{kept === null ? '' : format.number(kept)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </>
  );
}

/** What asks nothing: its side is not there. */
const NOTHING: Keep = { grid: [], lastN: null };

function keepOf(sides: KeepPreviewProps['sides'], side: Lane['side']): Keep {
  return sides.find((one) => one.side === side)?.keep ?? NOTHING;
}
