import { Minus, Plus } from 'lucide-react';
import { Button, Group, Input, Label, NumberField } from 'react-aria-components';

interface NumberInputProps {
  readonly label: string;
  readonly value: number;
  readonly least: number;
  readonly most: number;
  readonly onChange: (value: number) => void;
  /** The label is only for the ears: the sentence around says it to the eyes. */
  readonly bare?: boolean;
  readonly isDisabled?: boolean;
}

const PLAIN: Intl.NumberFormatOptions = { useGrouping: false, maximumFractionDigits: 0 };

/** A field for a whole number, with buttons to change it by one. */
export function NumberInput({ label, value, least, most, onChange, bare = false, isDisabled }: NumberInputProps) {
  return (
    <NumberField
      className={`number-input ${bare ? 'bare' : ''}`}
      value={value}
      minValue={least}
      maxValue={most}
      step={1}
      formatOptions={PLAIN}
      isDisabled={isDisabled === true}
      // An emptied field is not a number: what was there stands until there is one.
      onChange={(next) => {
        if (Number.isInteger(next)) onChange(next);
      }}
    >
      <Label className={bare ? 'for-ears' : 'field-label'}>{label}</Label>
      <Group className="number-group">
        <Button slot="decrement" className="button icon">
          <Minus size={12} aria-hidden="true" />
        </Button>
        <Input className="input fig" />
        <Button slot="increment" className="button icon">
          <Plus size={12} aria-hidden="true" />
        </Button>
      </Group>
    </NumberField>
  );
}
