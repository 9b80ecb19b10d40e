import { useTexts } from '../app-state.ts';
import { SPAN_UNITS, spanIn, spanOf, spanSeconds } from '../model/keep-form.ts';
import { UnitInput } from './unit-input.tsx';

const COUNT_MAX = 9999;

interface SpanInputProps {
  /** What the length is of, for the ears. */
  readonly label: string;
  readonly seconds: number;
  readonly onChange: (seconds: number) => void;
}

/** A length of time: a number and a unit. */
export function SpanInput({ label, seconds, onChange }: SpanInputProps) {
  const { t } = useTexts();
  return (
    <UnitInput
      label={label}
      value={seconds}
      onChange={onChange}
      most={COUNT_MAX}
      natural={spanOf}
      within={spanIn}
      assemble={spanSeconds}
      options={({ count, unit }) =>
        // One that is set in seconds already stays so.
        SPAN_UNITS.filter((one) => one !== 'second' || unit === 'second').map((value) => ({
          value,
          text: t(`keep.units.${value}`, { count }),
        }))
      }
    />
  );
}
