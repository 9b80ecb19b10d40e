/** What the icon shows at a moment, from what is known of the service. Pure. */
import type { Language } from '../../core/api/messages/languages.ts';
import type { DaemonStatus } from '../../core/api/status.ts';
import { type Tray, trayState } from '../../core/api/tray-state.ts';
import { SHELL_MESSAGES } from '../messages/languages.ts';
import { type Ground, iconName, iconPixmaps } from '../tray/icons.ts';
import type { ItemView } from '../tray/item.ts';
import { trayMenu } from '../tray/menu.ts';

/** A service that is started anew, or a machine that has just woken up, is back before this. */
export const GRACE_MS = 10_000;

export interface Known {
  readonly status: DaemonStatus | null;
  readonly lostForMs: number | null;
  readonly nowMs: number;
  readonly ground: Ground;
}

export function trayView({ status, lostForMs, nowMs, ground }: Known, language: Language): ItemView {
  const lost = lostForMs !== null && lostForMs >= GRACE_MS;
  const tray: Tray =
    status === null && !lost
      ? { state: 'waiting', tooltip: SHELL_MESSAGES[language].connecting, progress: null }
      : trayState(lost ? null : status, nowMs, language);
  const icon = { state: tray.state, fraction: tray.progress?.fraction ?? null, ground };
  return {
    iconName: iconName(icon),
    pixmaps: () => iconPixmaps(icon),
    tooltip: tray.tooltip,
    urgent: tray.state === 'at-risk' || tray.state === 'needs-you',
    menu: trayMenu({ status: lost ? null : status, nowMs, language }),
  };
}
