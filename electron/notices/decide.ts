/**
 * Which notices are shown and which are taken back: a cause is told once, and again only when it grows, or daily where it is
 * grave; what has healed is taken back; nothing is said to somebody who looks at the window. Pure.
 */
import { type Language, MESSAGES } from '../../core/api/messages/languages.ts';
import type { DaemonStatus, JobStatus } from '../../core/api/status.ts';
import { visible } from '../../core/api/visible.ts';
import { SHELL_MESSAGES } from '../messages/languages.ts';
import { type Cause, causesOf, LOST_AFTER_MS, type NoticeButton, serviceLost } from './causes.ts';
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
  /** By the wall clock, Unix milliseconds. */
  readonly nowMs: number;
  /** A person can see the window. */
  readonly visible: boolean;
}

export interface Notice {
  /** The causes it tells of; one that is shown under the same key before is replaced. */
  readonly keys: readonly string[];
  readonly urgency: Cause['urgency'];
  readonly summary: string;
  readonly body: string;
  readonly buttons: readonly NoticeButton[];
}

export interface Decision {
  readonly show: readonly Notice[];
  /** Keys of causes that have healed. */
  readonly withdraw: readonly string[];
  readonly memory: NoticeMemory;
}

export function decideNotices(situation: Situation, memory: NoticeMemory, language: Language): Decision {
  const { status, lostForMs, nowMs } = situation;
  const standing = lostForMs === null ? (status === null ? null : causesOf(status, nowMs, language)) : lost();
  // Nothing is known: nothing has healed, and nothing is new.
  if (standing === null) return { show: [], withdraw: [], memory };

  const told = new Map(Object.entries(memory.told));
  const fresh = standing.filter((cause) => isDue(cause, told.get(cause.key), memory, nowMs));
  const keys = new Set(standing.map(({ key }) => key));
  // While the service is away, what stood before is only unknown.
  const healed = lostForMs === null ? [...told].filter(([key, { stands }]) => stands && !keys.has(key)) : [];
  for (const [key, before] of healed) told.set(key, { ...before, stands: false });
  for (const { key, level } of fresh) told.set(key, { atMs: nowMs, level, stands: true });
  for (const cause of standing) {
    const before = told.get(cause.key);
    if (before !== undefined && !before.stands) told.set(cause.key, { ...before, stands: true });
  }
  for (const [key, { atMs, stands }] of told) {
    if (!stands && nowMs - atMs > COOL_DOWN_MS) told.delete(key);
  }
  const firsts = lostForMs === null ? firstsDone(situation, memory, language) : [];
  const notices = situation.visible ? [] : [...grouped(fresh, language), ...firsts.map(({ notice }) => notice)];
  return {
    show: notices,
    withdraw: healed.map(([key]) => key),
    memory: {
      told: Object.fromEntries(told),
      snoozed: Object.fromEntries(Object.entries(memory.snoozed).filter(([, untilMs]) => untilMs > nowMs)),
      firstsDone: [...memory.firstsDone, ...firsts.map(({ key }) => key)].slice(-DESTINATIONS_MAX),
      trayMissed: memory.trayMissed,
    },
  };

  function lost(): readonly Cause[] | null {
    return lostForMs !== null && lostForMs >= LOST_AFTER_MS ? [serviceLost(language)] : null;
  }
}

/** The memory after somebody does not want to hear of a cause for a while. */
export function snooze(memory: NoticeMemory, key: string, untilMs: number): NoticeMemory {
  const { [key]: _, ...told } = memory.told;
  return { ...memory, told, snoozed: { ...memory.snoozed, [key]: untilMs } };
}

function isDue(cause: Cause, told: Told | undefined, { snoozed }: NoticeMemory, nowMs: number): boolean {
  if ((snoozed[cause.key] ?? 0) > nowMs) return false;
  if (told === undefined) return true;
  if (cause.level > told.level) return true;
  if (!told.stands) return nowMs - told.atMs > COOL_DOWN_MS;
  return cause.againAfterMs !== null && nowMs - told.atMs >= cause.againAfterMs;
}

function grouped(causes: readonly Cause[], language: Language): readonly Notice[] {
  if (causes.length <= SINGLE_MAX) {
    return causes.map(({ key, urgency, summary, body, buttons }) => ({ keys: [key], urgency, summary, body, buttons }));
  }
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

/** Jobs of which the last dataset has just arrived for the first time. */
function firstsDone({ status, previous }: Situation, memory: NoticeMemory, language: Language) {
  if (status === null || previous === null) return [];
  const before = new Map(previous.jobs.map((job) => [job.name, job]));
  return status.jobs.flatMap((job) => {
    const key = `first ${job.name} ${job.destination ?? ''}`;
    const was = before.get(job.name);
    if (was === undefined || isWhole(was) || !isWhole(job) || memory.firstsDone.includes(key)) return [];
    // What was never seen missing may have been there all the time.
    if (!was.safety.some(({ newestCommon }) => newestCommon === null)) return [];
    const { notices } = SHELL_MESSAGES[language];
    const notice: Notice = {
      keys: [key],
      urgency: 'normal',
      summary: notices.firstDone(visible(job.name)),
      body: MESSAGES[language].everything([visible(job.destination ?? job.name)], 0),
      buttons: [{ label: notices.show, action: { kind: 'open' } }],
    };
    return [{ key, notice }];
  });
}

function isWhole(job: JobStatus): boolean {
  return job.safety.length > 0 && job.safety.every(({ newestCommon }) => newestCommon !== null);
}
