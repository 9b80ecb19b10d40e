/** The menu of the tray: how it stands, and what one can do about it. Pure. */

import { drivesOf, isOnlyScrubbing } from '../../core/api/drive-status.ts';
import { type Language, MESSAGES } from '../../core/api/messages/languages.ts';
import { sentence } from '../../core/api/sentence.ts';
import type { NamedPage } from '../../core/api/shell.ts';
import type { DaemonStatus, JobStatus } from '../../core/api/status.ts';
import { trayState } from '../../core/api/tray-state.ts';
import { visible } from '../../core/api/visible.ts';
import { SHELL_MESSAGES } from '../messages/languages.ts';

export type MenuAction =
  /** At the page that it shows already, unless one is named. */
  | { readonly kind: 'open'; readonly page?: NamedPage }
  | { readonly kind: 'quit' }
  /** Null: every job that can. */
  | { readonly kind: 'back-up'; readonly job: string | null }
  | { readonly kind: 'eject'; readonly poolGuid: string }
  | { readonly kind: 'pause'; readonly until: 'hour' | 'tomorrow' }
  | { readonly kind: 'resume' };

export interface MenuEntry {
  /** The same entry has the same key in every menu. */
  readonly key: string;
  readonly label: string;
  readonly enabled: boolean;
  readonly action: MenuAction | null;
  readonly children: readonly MenuEntry[];
}

export interface MenuSeparator {
  readonly key: string;
  readonly separator: true;
}

export type MenuPart = MenuEntry | MenuSeparator;

/** Panels draw a label on one line, however long it is. */
const LABEL_CHARS_MAX = 90;

/** What the menu is made from; a status of null: the service does not answer. */
export interface MenuView {
  readonly status: DaemonStatus | null;
  readonly nowMs: number;
  readonly language: Language;
}

export function trayMenu({ status, nowMs, language }: MenuView): readonly MenuPart[] {
  const { menu } = SHELL_MESSAGES[language];
  const tray = trayState(status, nowMs, language);
  const headline = status === null ? tray.tooltip : sentence(status, nowMs, language);
  const jobs = status?.jobs.filter(canRun) ?? [];
  const each = jobs.map((job) => entry(`back-up ${job.name}`, visible(job.name), { kind: 'back-up', job: job.name }));
  const all = entry('back-up-all', menu.allJobs, { kind: 'back-up', job: null });
  return [
    entry('sentence', headline, { kind: 'open' }),
    ...(tray.tooltip === headline ? [] : [entry('progress', tray.tooltip, { kind: 'open' })]),
    { key: 'line-1', separator: true },
    submenu('back-up', menu.backUpNow, jobs.length > 1 ? [all, ...each] : each),
    ...(status === null ? [] : [pauseEntry(status, language)]),
    drivesEntry(status, language),
    disabled('restore', menu.restore),
    { key: 'line-2', separator: true },
    entry('open', menu.open, { kind: 'open' }),
    entry('quit', menu.quit, { kind: 'quit' }),
  ];
}

/** Jobs that a person can start, in their order. */
export function canRun(job: JobStatus): boolean {
  return job.refusal === null && job.type !== 'sink' && job.type !== 'source';
}

function pauseEntry(status: DaemonStatus, language: Language): MenuEntry {
  const { menu } = SHELL_MESSAGES[language];
  const paused = status.paused !== null || status.jobs.some((job) => job.paused !== null);
  if (paused) return entry('resume', menu.resume, { kind: 'resume' });
  return submenu('pause', menu.pause, [
    entry('pause-hour', menu.pauseHour, { kind: 'pause', until: 'hour' }),
    entry('pause-tomorrow', menu.pauseTomorrow, { kind: 'pause', until: 'tomorrow' }),
  ]);
}

/** Each drive with what one can do with it now: back up to it, eject it, or see more of it in the window. */
function drivesEntry(status: DaemonStatus | null, language: Language): MenuEntry {
  const { menu } = SHELL_MESSAGES[language];
  const drives = status === null ? [] : drivesOf(status);
  return submenu(
    'drives',
    menu.drives,
    drives.map((one) => {
      const { drive, jobs } = one;
      const name = visible(drive.name);
      const key = `drive ${drive.poolGuid}`;
      if (drive.state === 'connected') {
        return entry(key, menu.eject(name), { kind: 'eject', poolGuid: drive.poolGuid });
      }
      const messages = MESSAGES[language];
      const label = `${name}: ${isOnlyScrubbing(one) ? messages.driveScrubState : messages.driveStates[drive.state]}`;
      const [job] = jobs.filter(canRun);
      if (drive.state === 'plugged' && job !== undefined) {
        return entry(key, `${name}: ${menu.backUpNow}`, { kind: 'back-up', job: job.name });
      }
      return entry(key, label, { kind: 'open', page: 'drives' });
    }),
  );
}

function entry(key: string, label: string, action: MenuAction): MenuEntry {
  const characters = [...label];
  const short = characters.length > LABEL_CHARS_MAX ? `${characters.slice(0, LABEL_CHARS_MAX - 1).join('')}…` : label;
  return { key, label: short, enabled: true, action, children: [] };
}

function submenu(key: string, label: string, children: readonly MenuEntry[]): MenuEntry {
  return { key, label, enabled: children.length > 0, action: null, children };
}

function disabled(key: string, label: string): MenuEntry {
  return { key, label, enabled: false, action: null, children: [] };
}
