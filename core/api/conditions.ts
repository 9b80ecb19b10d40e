/** What keeps jobs from running by themselves although they are due. Snapshots are taken all the same. */
import { z } from 'zod';
import { timeMs } from './primitives.ts';

export const holdReasonSchema = z.enum([
  /** A person said so. */
  'paused',
  /** The machine runs on its battery. */
  'on-battery',
  /** What is sent costs money. */
  'metered',
  /** The machine has just been woken up; its network may not be there yet. */
  'just-woke',
]);

/** Why a run that is due does not begin. */
export const heldSchema = z.object({
  reason: holdReasonSchema,
  sinceMs: timeMs,
  /** Null: not known, or until somebody says so. */
  untilMs: timeMs.nullable(),
});

export const pauseSchema = z.object({
  sinceMs: timeMs,
  /** Null: until told otherwise. */
  untilMs: timeMs.nullable(),
});

/** The state of the machine, as far as the desktop's services tell. */
export const conditionsSchema = z.object({
  power: z.enum(['mains', 'battery', 'unknown']),
  network: z.enum(['metered', 'unmetered', 'unknown']),
  /** When the machine last woke up from sleep; null: not while this daemon runs. */
  wokeAtMs: timeMs.nullable(),
});

/** When a job runs next by itself, and why not earlier. */
export const nextRunSchema = z.object({
  state: z.enum([
    'running',
    /** At work, and waits for the other machine. */
    'waiting',
    'scheduled',
    /** Due or scheduled, and held back. */
    'held',
    /** Nothing starts it but a person. */
    'by-hand',
    'never',
  ]),
  /** Null: not known. */
  atMs: timeMs.nullable(),
  why: z.enum([
    'at-work',
    'taking-snapshots',
    'peer-away',
    'schedule',
    /** The last snapshots failed, and are tried again. */
    'retry',
    'by-hand',
    /** A job that only answers others. */
    'passive',
    'refused',
    /** Switched off in the configuration. */
    'disabled',
    'schedule-stopped',
    ...holdReasonSchema.options,
  ]),
});

export type HoldReason = z.infer<typeof holdReasonSchema>;
export type Held = z.infer<typeof heldSchema>;
export type Pause = z.infer<typeof pauseSchema>;
export type Conditions = z.infer<typeof conditionsSchema>;
export type NextRun = z.infer<typeof nextRunSchema>;

/** As long as nobody tells more. */
export const UNKNOWN_CONDITIONS: Conditions = { power: 'unknown', network: 'unknown', wokeAtMs: null };
