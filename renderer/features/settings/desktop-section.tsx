import { Checkbox, CheckboxGroup, Label } from 'react-aria-components';
import { NOTICE_KINDS, type NoticeKind } from '../../../core/api/shell-desk.ts';
import { useTexts } from '../../app-state.ts';
import { CheckMark } from '../../ui/check-mark.tsx';
import type { ShellSettingsState } from './use-shell-settings.ts';

/** What the shell of the desktop does by itself: which notices it shows, and whether it starts with the session. */
export function DesktopSection({ settings, refused, change }: ShellSettingsState) {
  const { t } = useTexts();
  if (settings === null) return null;
  const wanted = NOTICE_KINDS.filter((kind) => settings.notices[kind]);
  const setWanted = (next: readonly string[]): void => {
    const changed = NOTICE_KINDS.filter((kind) => next.includes(kind) !== wanted.includes(kind));
    const notices: Partial<Record<NoticeKind, boolean>> = {};
    for (const kind of changed) notices[kind] = next.includes(kind);
    change({ notices });
  };
  return (
    <section className="card">
      <h2>{t('desk.title')}</h2>
      <Checkbox
        className="check"
        isSelected={settings.startAtLogin === 'on'}
        isDisabled={settings.startAtLogin === 'unknown'}
        onChange={(startAtLogin) => change({ startAtLogin })}
      >
        <CheckMark />
        {t('desk.startAtLogin')}
      </Checkbox>
      {settings.tray === 'missing' ? <p className="muted">{t('desk.noTray')}</p> : null}
      <CheckboxGroup className="stack" value={wanted} onChange={setWanted}>
        <Label className="field-label">{t('desk.notices')}</Label>
        {NOTICE_KINDS.map((kind) => (
          <Checkbox className="check" value={kind} key={kind}>
            <CheckMark />
            {t(`desk.kinds.${kind}`)}
          </Checkbox>
        ))}
      </CheckboxGroup>
      <p className="muted">{t('desk.noticesExplain')}</p>
      <p role="status">{refused ? t('desk.refused') : ''}</p>
    </section>
  );
}
