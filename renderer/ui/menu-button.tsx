import { ChevronDown } from 'lucide-react';
import type { ReactNode } from 'react';
import { Button, Menu, MenuItem, MenuTrigger, Popover } from 'react-aria-components';

interface MenuButtonProps<Key extends string> {
  readonly children: ReactNode;
  readonly items: readonly { readonly key: Key; readonly text: string }[];
  readonly onChoose: (key: Key) => void;
  readonly isDisabled: boolean;
}

/** A button that opens what it can do. */
export function MenuButton<Key extends string>({ children, items, onChoose, isDisabled }: MenuButtonProps<Key>) {
  return (
    <MenuTrigger>
      <Button className="button plain" isDisabled={isDisabled}>
        {children}
        <ChevronDown size={14} aria-hidden="true" />
      </Button>
      <Popover className="popover" placement="bottom end">
        <Menu
          className="menu"
          onAction={(chosen) => {
            const item = items.find(({ key }) => key === chosen);
            if (item !== undefined) onChoose(item.key);
          }}
        >
          {items.map(({ key, text }) => (
            <MenuItem className="menu-item" id={key} key={key}>
              {text}
            </MenuItem>
          ))}
        </Menu>
      </Popover>
    </MenuTrigger>
  );
}
