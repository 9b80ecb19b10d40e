/**
 * Which notices are shown and which are taken back: a cause is told once, and again only when it grows, or daily where it is
 * grave; what has healed is taken back; nothing is said to somebody who looks at the window. What is not said is written down with
 * the reason. Pure.
 */
import type { Language } from '../../core/api/messages/languages.ts';
import type { NoticeFate, NoticeKind } from '../../core/api/shell-desk.ts';
import type { DaemonStatus } from '../../core/api/status.ts';
import { SHELL_MESSAGES } from '../messages/languages.ts';
import { type Cause, causesOf, LOST_AFTER_MS, type NoticeButton, serviceLost } from './causes.ts';
import { type Happening, happenings } from './happenings.ts';
import type { NoticeMemory, Told } from './memory.ts';

/** More at once are told as one. */
const SINGLE_MAX = 3;
/** A cause that comes and goes is not told again for so long. */
const COOL_DOWN_MS = 60 * 60 * 1000;
const DESTINATIONS_MAX = 1000;

export interface Situation {
  /** The last that is known; null: nothing yet. */
  readonly status: DaemonStatus | null;
  /** The one before it; null: none since the service was reached. */
  readonly previous: DaemonStatus | null;
  /** Since when the service does not answer; null while it does. */
  readonly lostForMs: number | null;
  /** It does not answer because somebody has stopped it, who need not be told. */
  readonly stopped: boolean;
  /** By the wall clock, Unix milliseconds. */
  readonly nowMs: number;
  /** A person can see the window. */
  readonly visible: boolean;
  /** Which notices a person wants. */
  readonly wanted: Readonly<Record<NoticeKind, boolean>>;
  /** Of this program. */
  readonly version: string;
}

export interface Notice {
  /** The causes it tells of; one that is shown under the same key before is replaced. */
  readonly keys: readonly string[];
  readonly urgency: Cause['urgency'];
  readonly summary: string;
  readonly body: string;
  readonly buttons: readonly NoticeButton[];
}

/** Something that a person could be told, and what became of that. */
export interface NoticeRecord {
  readonly key: string;
  readonly kind: NoticeKind;
  readonly urgency: Cause['urgency'];
  readonly summary: string;
  readonly body: string;
  readonly fate: NoticeFate;
}

export interface Decision {
  readonly show: readonly Notice[];
  /** Keys of causes that have healed. */
  readonly withdraw: readonly string[];
  /** All that was new, whether it is shown or not. */
  readonly records: readonly NoticeRecord[];
  readonly memory: NoticeMemory;
}

export function decideNotices(situation: Situation, memory: NoticeMemory, language: Language): Decision {
  const { status, lostForMs, nowMs } = situation;
  const standing =
    lostForMs !== null
      ? lost(lostForMs, situation, language)
      : status === null
        ? null
        : causesOf(status, situation, language);
  // Nothing is known: nothing has healed, and nothing is new.
  if (standing === null) return { show: [], withdraw: [], records: [], memory };

  const told = new Map(Object.entries(memory.told));
  const fresh = standing.filter((cause) => isDue(cause, told.get(cause.key), memory, nowMs));
  const keys = new Set(standing.map(({ key }) => key));
  // While the service is away, what stood before is only unknown.
  const healed = lostForMs === null ? [...told].filter(([key, { stands }]) => stands && !keys.has(key)) : [];
  for (const [key, before] of healed) told.set(key, { ...before, stands: false });
  for (const cause of fresh) told.set(cause.key, toldNow(cause, nowMs));
  const putOff = standing.filter(({ key }) => (memory.snoozed[key] ?? 0) > nowMs && !told.has(key));
  for (const cause of putOff) told.set(cause.key, toldNow(cause, nowMs));
  const back = standing.filter(({ key }) => told.get(key)?.stands === false);
  for (const { key } of back) {
    const before = told.get(key);
    if (before !== undefined) told.set(key, { ...before, stands: true });
  }
  for (const [key, before] of told) {
    if (!before.stands && hasCooled(before, nowMs)) told.delete(key);
  }
  const happened = lostForMs === null ? happenings(situation, memory, language) : [];
  const said = [...fresh, ...happened].map((one) => recordOf(one, fateOf(one, situation)));
  const shown = new Set(said.filter(({ fate }) => fate === 'shown').map(({ key }) => key));
  const isShown = ({ key }: { readonly key: string }): boolean => shown.has(key);
  return {
    show: [...grouped(fresh.filter(isShown), language), ...happened.filter(isShown).map(asNotice)],
    withdraw: healed.map(([key]) => key),
    records: [
      ...said,
      ...putOff.map((cause) => recordOf(cause, 'snoozed')),
      ...back.map((cause) => recordOf(cause, 'told-before')),
    ],
    memory: {
      told: Object.fromEntries(told),
      snoozed: Object.fromEntries(Object.entries(memory.snoozed).filter(([, untilMs]) => untilMs > nowMs)),
      firstsDone: [...memory.firstsDone, ...happened.filter(isFirst).map(({ key }) => key)].slice(-DESTINATIONS_MAX),
      trayMissed: memory.trayMissed,
      version: status?.version ?? memory.version,
    },
  };
}

/** The memory after somebody does not want to hear of a cause for a while. */
export function snooze(memory: NoticeMemory, key: string, untilMs: number): NoticeMemory {
  const { [key]: _, ...told } = memory.told;
  return { ...memory, told, snoozed: { ...memory.snoozed, [key]: untilMs } };
}

function lost(lostForMs: number, { stopped }: Situation, language: Language): readonly Cause[] | null {
  return lostForMs >= LOST_AFTER_MS && !stopped ? [serviceLost(language)] : null;
}

function isDue(cause: Cause, told: Told | undefined, { snoozed }: NoticeMemory, nowMs: number): boolean {
  // When the time is over, it is told again, whatever was told before.
  const untilMs = snoozed[cause.key];
  if (untilMs !== undefined) return untilMs <= nowMs;
  if (told === undefined) return true;
  if (cause.level > told.level) return true;
  if (!told.stands) return hasCooled(told, nowMs);
  return cause.againAfterMs !== null && nowMs - told.atMs >= cause.againAfterMs;
}

function toldNow({ level, coolDownMs }: Cause, nowMs: number): Told {
  return { atMs: nowMs, level, stands: true, ...(coolDownMs === undefined ? {} : { coolDownMs }) };
}

function hasCooled({ atMs, coolDownMs = COOL_DOWN_MS }: Told, nowMs: number): boolean {
  return nowMs - atMs > coolDownMs;
}

function fateOf({ kind }: Cause | Happening, { wanted, visible }: Situation): NoticeFate {
  if (!wanted[kind]) return 'switched-off';
  return visible ? 'seen' : 'shown';
}

function recordOf({ key, kind, urgency, summary, body }: Cause | Happening, fate: NoticeFate): NoticeRecord {
  return { key, kind, urgency, summary, body, fate };
}

function asNotice({ key, urgency, summary, body, buttons }: Cause | Happening): Notice {
  return { keys: [key], urgency, summary, body, buttons };
}

function isFirst({ kind }: Happening): boolean {
  return kind === 'first-done';
}

function grouped(causes: readonly Cause[], language: Language): readonly Notice[] {
  if (causes.length <= SINGLE_MAX) return causes.map(asNotice);
  const { notices } = SHELL_MESSAGES[language];
  return [
    {
      keys: causes.map(({ key }) => key),
      urgency: causes.some(({ urgency }) => urgency === 'critical') ? 'critical' : 'normal',
      summary: notices.several(causes.length),
      body: causes.map(({ summary }) => summary).join('\n'),
      buttons: [{ label: notices.show, action: { kind: 'open' } }],
    },
  ];
}
