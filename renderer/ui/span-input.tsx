import { useState } from 'react';
import { useTexts } from '../app-state.ts';
import { SPAN_UNITS, spanIn, spanOf, spanSeconds } from '../model/keep-form.ts';
import { Choice } from './choice.tsx';
import { NumberInput } from './number-input.tsx';

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
  const [wanted, setWanted] = useState(() => spanOf(seconds).unit);
  // Seven days are not to become one week while somebody types.
  const { count, unit } = spanIn(seconds, wanted);
  // One that is set in seconds already stays so.
  const units = SPAN_UNITS.filter((one) => one !== 'second' || unit === 'second');
  return (
    <span className="span-input">
      <NumberInput
        bare
        label={label}
        value={count}
        least={1}
        most={COUNT_MAX}
        onChange={(next) => onChange(spanSeconds({ count: next, unit }))}
      />
      <Choice
        bare
        label={t('keep.unitOf', { label })}
        value={unit}
        options={units.map((value) => ({ value, text: t(`keep.units.${value}`, { count }) }))}
        onChange={(value) => {
          const chosen = SPAN_UNITS.find((one) => one === value);
          if (chosen === undefined) return;
          setWanted(chosen);
          onChange(spanSeconds({ count, unit: chosen }));
        }}
      />
    </span>
  );
}
