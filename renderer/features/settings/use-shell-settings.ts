import { useCallback, useEffect, useState } from 'react';
import type { ShellChange, ShellSettings } from '../../../core/api/shell-desk.ts';
import { useApp } from '../../app-state.ts';
import { useSession } from '../../session-context.ts';

export interface ShellSettingsState {
  /** Null: not known, or this shell has none. */
  readonly settings: ShellSettings | null;
  /** Whether the shell has answered, or will not. */
  readonly answered: boolean;
  /** The last change did not come about. */
  readonly refused: boolean;
  readonly change: (change: ShellChange) => void;
}

/** The settings of the shell; nothing is shown as changed before the shell says so. */
export function useShellSettings(): ShellSettingsState {
  const session = useSession();
  const live = useApp(({ view }) => view.link.kind === 'live');
  const [settings, setSettings] = useState<ShellSettings | null>(null);
  const [answered, setAnswered] = useState(false);
  const [refused, setRefused] = useState(false);
  useEffect(() => {
    if (!live) return;
    session
      .request('shell/settings', {})
      .then(setSettings, () => setSettings(null))
      .finally(() => setAnswered(true));
  }, [session, live]);
  const change = useCallback(
    (wanted: ShellChange) => {
      session.request('shell/settings/set', wanted).then(
        (now) => {
          setSettings(now);
          setRefused(wanted.startAtLogin !== undefined && (now.startAtLogin === 'on') !== wanted.startAtLogin);
        },
        () => setRefused(true),
      );
    },
    [session],
  );
  return { settings, answered, refused, change };
}
