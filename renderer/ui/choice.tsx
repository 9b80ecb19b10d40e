import { ChevronDown } from 'lucide-react';
import { Button, Label, ListBox, ListBoxItem, Popover, Select, SelectValue } from 'react-aria-components';
import { Name } from './name.tsx';

/** Either a text of ours or a name from outside. */
export type Option =
  | { readonly value: string; readonly text: string }
  | { readonly value: string; readonly name: string };

interface ChoiceProps {
  readonly label: string;
  readonly value: string;
  readonly options: readonly Option[];
  readonly onChange: (value: string) => void;
  /** The label is only for the ears: the sentence around says it to the eyes. */
  readonly bare?: boolean;
}

/** One of several, in a list that opens. */
export function Choice({ label, value, options, onChange, bare = false }: ChoiceProps) {
  return (
    <Select
      className="choice-field"
      value={value}
      onChange={(key) => {
        if (typeof key === 'string') onChange(key);
      }}
    >
      <Label className={bare ? 'for-ears' : 'field-label'}>{label}</Label>
      <Button className={`button choice-button ${bare ? 'bare' : ''}`}>
        <SelectValue />
        <ChevronDown size={14} aria-hidden="true" />
      </Button>
      <Popover className="popover">
        <ListBox className="menu" items={options}>
          {options.map((option) => (
            <ListBoxItem
              className="menu-item"
              key={option.value}
              id={option.value}
              textValue={'text' in option ? option.text : option.name}
            >
              {'text' in option ? option.text : <Name text={option.name} />}
            </ListBoxItem>
          ))}
        </ListBox>
      </Popover>
    </Select>
  );
}
