import { FieldError, Input, Label, Text, TextField } from 'react-aria-components';

interface TextInputProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly hint?: string;
  /** What is wrong with it; null where nothing is. Said below, where room is kept for it. */
  readonly fault?: string | null;
  readonly placeholder?: string;
  readonly type?: 'text' | 'password';
  readonly maxLength?: number;
  readonly isDisabled?: boolean;
  /** Names and paths are not for a spelling checker, and are read from the left. */
  readonly raw?: boolean;
}

/** A field for a line of text, with what it is for and what is wrong with it. */
export function TextInput(props: TextInputProps) {
  const { label, value, onChange, hint, fault = null, placeholder, type = 'text', maxLength = 255, raw = true } = props;
  return (
    <TextField
      className="text-input"
      value={value}
      onChange={onChange}
      type={type}
      maxLength={maxLength}
      isInvalid={fault !== null}
      isDisabled={props.isDisabled === true}
      validationBehavior="aria"
      autoComplete="off"
    >
      <Label className="field-label">{label}</Label>
      <Input
        className="input"
        {...(placeholder === undefined ? {} : { placeholder })}
        {...(raw ? { spellCheck: false, autoCapitalize: 'off', dir: 'ltr' } : {})}
      />
      {fault === null ? (
        <Text slot="description" className="field-hint">
          {hint ?? ''}
        </Text>
      ) : (
        <FieldError className="field-hint bad" data-raw>
          {fault}
        </FieldError>
      )}
    </TextField>
  );
}
