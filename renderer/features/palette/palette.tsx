import { Search } from 'lucide-react';
import { useEffect, useMemo } from 'react';
import {
  Autocomplete,
  Dialog,
  Input,
  ListBox,
  ListBoxItem,
  Modal,
  ModalOverlay,
  SearchField,
  useFilter,
} from 'react-aria-components';
import { setPaletteOpen, useApp, useLive, useStatus, useTexts } from '../../app-state.ts';
import { useActions } from '../../session-context.ts';
import { commandsOf } from './commands.ts';

/** Everything that can be done, found by typing. */
export function Palette() {
  const texts = useTexts();
  const { t } = texts;
  const isOpen = useApp((state) => state.paletteOpen);
  const status = useStatus();
  const live = useLive();
  const actions = useActions();
  const { contains } = useFilter({ sensitivity: 'base' });
  const commands = useMemo(
    () => (isOpen ? commandsOf(status, live, actions, texts) : []),
    [isOpen, status, live, actions, texts],
  );

  useEffect(() => {
    const hear = (event: KeyboardEvent): void => {
      if (event.key.toLowerCase() !== 'k' || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey)
        return;
      event.preventDefault();
      setPaletteOpen(!useApp.getState().paletteOpen);
    };
    addEventListener('keydown', hear);
    return () => removeEventListener('keydown', hear);
  }, []);

  return (
    <ModalOverlay className="overlay top" isOpen={isOpen} onOpenChange={setPaletteOpen} isDismissable>
      <Modal className="palette">
        <Dialog className="dialog bare" aria-label={t('palette.title')}>
          <Autocomplete filter={contains}>
            <SearchField className="palette-field" aria-label={t('palette.hint')} autoFocus>
              <Search size={18} aria-hidden="true" />
              <Input placeholder={t('palette.hint')} />
            </SearchField>
            <ListBox
              className="menu palette-list"
              aria-label={t('palette.title')}
              items={commands}
              selectionMode="none"
              renderEmptyState={() => <p className="empty">{t('palette.none')}</p>}
              onAction={(key) => {
                setPaletteOpen(false);
                commands.find(({ id }) => id === key)?.run();
              }}
            >
              {(command) => (
                <ListBoxItem className="menu-item" id={command.id} textValue={command.text}>
                  {command.text}
                </ListBoxItem>
              )}
            </ListBox>
          </Autocomplete>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}
