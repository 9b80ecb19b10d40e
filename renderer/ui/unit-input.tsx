import { useState } from 'react';
import { useTexts } from '../app-state.ts';
import { Choice } from './choice.tsx';
import { NumberInput } from './number-input.tsx';

/** So many of a unit. */
export interface Counted<Unit extends string> {
  readonly count: number;
  readonly unit: Unit;
}

interface UnitInputProps<Unit extends string> {
  /** What the value is of, for the ears. */
  readonly label: string;
  readonly value: number;
  readonly onChange: (value: number) => void;
  /** The largest count that can be typed. */
  readonly most: number;
  /** The value as a person would say it. */
  readonly natural: (value: number) => Counted<Unit>;
  /** The value in a unit that somebody wants; in another one where it is no whole number of those. */
  readonly within: (value: number, wanted: Unit) => Counted<Unit>;
  readonly assemble: (counted: Counted<Unit>) => number;
  /** Units to choose from, with their names behind such a count. */
  readonly options: (now: Counted<Unit>) => readonly { readonly value: Unit; readonly text: string }[];
}

/** A value as a number and a unit. */
export function UnitInput<Unit extends string>(props: UnitInputProps<Unit>) {
  const { label, value, onChange, most, natural, within, assemble, options } = props;
  const { t } = useTexts();
  // Seven days are not to become one week, nor 1024 KiB one MiB, while somebody types.
  const [wanted, setWanted] = useState(() => natural(value).unit);
  const now = within(value, wanted);
  const choices = options(now);
  return (
    <span className="span-input">
      <NumberInput
        bare
        label={label}
        value={now.count}
        least={1}
        most={most}
        onChange={(count) => onChange(assemble({ ...now, count }))}
      />
      <Choice
        bare
        label={t('keep.unitOf', { label })}
        value={now.unit}
        options={choices}
        onChange={(chosen) => {
          const unit = choices.find((one) => one.value === chosen)?.value;
          if (unit === undefined) return;
          setWanted(unit);
          onChange(assemble({ ...now, unit }));
        }}
      />
    </span>
  );
}
