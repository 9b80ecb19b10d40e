import { useState } from 'react';
import { useTexts } from '../app-state.ts';
import { countIn, RATE_UNITS, type RateUnit, rateOf, unitOf } from '../model/limit-form.ts';
import { Choice } from './choice.tsx';
import { NumberInput } from './number-input.tsx';

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
  // 1024 KiB are not to become one MiB while somebody types.
  const [wanted, setWanted] = useState<RateUnit>(() => unitOf(bytesPerSecond));
  const unit = bytesPerSecond % RATE_UNITS[wanted] === 0 ? wanted : 'KiB';
  const count = countIn(bytesPerSecond, unit);
  return (
    <span className="span-input">
      <NumberInput
        bare
        label={label}
        value={count}
        least={1}
        most={COUNT_MAX}
        onChange={(next) => onChange(rateOf(next, unit))}
      />
      <Choice
        bare
        label={t('keep.unitOf', { label })}
        value={unit}
        options={UNITS.map((value) => ({ value, text: t(`forms.limit.units.${value}`) }))}
        onChange={(value) => {
          const chosen = UNITS.find((one) => one === value);
          if (chosen === undefined) return;
          setWanted(chosen);
          onChange(rateOf(count, chosen));
        }}
      />
    </span>
  );
}
