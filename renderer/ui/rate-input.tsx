import { useTexts } from '../app-state.ts';
import { countIn, RATE_UNITS, type RateUnit, rateOf, unitOf } from '../model/limit-form.ts';
import { UnitInput } from './unit-input.tsx';

const COUNT_MAX = 99_999;
const UNITS = Object.keys(RATE_UNITS) as RateUnit[];

interface RateInputProps {
  /** What is limited, for the ears. */
  readonly label: string;
  readonly bytesPerSecond: number;
  readonly onChange: (bytesPerSecond: number) => void;
}

/** Bytes a second: a number and a unit. */
export function RateInput({ label, bytesPerSecond, onChange }: RateInputProps) {
  const { t } = useTexts();
  return (
    <UnitInput
      label={label}
      value={bytesPerSecond}
      onChange={onChange}
      most={COUNT_MAX}
      natural={(value) => counted(value, unitOf(value))}
      within={(value, wanted) => counted(value, value % RATE_UNITS[wanted] === 0 ? wanted : 'KiB')}
      assemble={({ count, unit }) => rateOf(count, unit)}
      options={() => UNITS.map((value) => ({ value, text: t(`forms.limit.units.${value}`) }))}
    />
  );
}

function counted(value: number, unit: RateUnit) {
  return { count: countIn(value, unit), unit };
}
