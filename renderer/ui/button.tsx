import type { ReactNode } from 'react';
import { Button as AriaButton } from 'react-aria-components';

interface ButtonProps {
  readonly children: ReactNode;
  readonly onPress?: () => void;
  readonly kind?: 'plain' | 'main' | 'quiet' | 'icon';
  readonly label?: string;
  readonly isDisabled?: boolean;
  readonly slot?: string;
  readonly keys?: string;
  readonly type?: 'button' | 'submit';
}

/** A button. One that shows only an icon has a `label`. */
export function Button({
  children,
  onPress,
  kind = 'plain',
  label,
  isDisabled,
  slot,
  keys,
  type = 'button',
}: ButtonProps) {
  return (
    <AriaButton
      className={`button ${kind}`}
      type={type}
      {...(onPress === undefined ? {} : { onPress })}
      {...(label === undefined ? {} : { 'aria-label': label })}
      {...(keys === undefined ? {} : { 'aria-keyshortcuts': keys })}
      {...(isDisabled === undefined ? {} : { isDisabled })}
      {...(slot === undefined ? {} : { slot })}
    >
      {children}
    </AriaButton>
  );
}
