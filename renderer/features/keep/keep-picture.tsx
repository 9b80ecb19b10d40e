import { useTexts } from '../../app-state.ts';
import { AGE_TICKS, distinctPlaces } from '../../model/keep-picture.ts';

const WIDTH = 600;
const LANE = 20;
const STEP = 1 / 240;

/** Of one side: ages of the snapshots that are there, in seconds. */
export interface Lane {
  readonly side: 'here' | 'there';
  readonly agesS: readonly number[];
}

/** Snapshots by age, old ones first and now at the end. What it shows is said in words beside it. */
export function KeepPicture({ lanes }: { readonly lanes: readonly Lane[] }) {
  const { direction } = useTexts();
  return (
    <svg
      className="keep-picture"
      viewBox={`0 0 ${WIDTH} ${lanes.length * LANE}`}
      preserveAspectRatio="none"
      aria-hidden="true"
      transform={direction === 'rtl' ? 'scale(-1 1)' : undefined}
    >
      {AGE_TICKS.map(({ band, at }) => (
        <path key={band} className="tick" d={`M${at * WIDTH} 0V${lanes.length * LANE}`} />
      ))}
      {lanes.map(({ side, agesS }, lane) => (
        <g key={side} className={side}>
          <path className="axis" d={`M0 ${lane * LANE + LANE / 2}H${WIDTH}`} />
          {distinctPlaces(agesS, STEP).map((at) => (
            <path
              key={at}
              className="kept"
              d={`M${(at * WIDTH).toFixed(1)} ${lane * LANE + 4}V${lane * LANE + LANE - 4}`}
            />
          ))}
        </g>
      ))}
    </svg>
  );
}

/** The names of the ages, where the picture has its lines. */
export function KeepAxis() {
  const { t } = useTexts();
  return (
    <div className="keep-axis" aria-hidden="true">
      {AGE_TICKS.map(({ band, at }) => (
        <span key={band} style={{ insetInlineStart: `${at * 100}%` }}>
          {t(`keep.tick.${band === 'older' ? 'year' : band}`)}
        </span>
      ))}
    </div>
  );
}
