/** What a person has answered so far, as it is kept, and the draft of the contract that it becomes. Pure. */
import { z } from 'zod';
import { GRID_INTERVALS_MAX, gridIntervalSchema } from '../../../core/api/keep.ts';
import { name } from '../../../core/api/primitives.ts';
import { type Draft, draftSchema } from '../../../core/api/wizard/draft.ts';
import { PRESETS, type Preset } from '../../../core/api/wizard/presets.ts';
import { choicesOf } from './choices.ts';
import { driveDraftSchema, EMPTY_DRIVE, jobNameForDrive } from './drive.ts';
import { EMPTY_NAS, jobNameFor, nasDraftSchema } from './nas.ts';
import { placeSchema } from './place.ts';
import type { TreeNode } from './tree.ts';

const CHOSEN_MAX = 20_000;
const JOBS_MAX = 10;
const TEXT_MAX = 100;
const COUNT_MAX = 10_000;
const YEAR_S = 366 * 86_400;

/** As the form has it: what would be refused is kept all the same, and told. */
const formKeepSchema = z.strictObject({
  grid: z.array(gridIntervalSchema).max(GRID_INTERVALS_MAX),
  lastN: z.number().int().min(1).max(COUNT_MAX).nullable(),
});

const setupDraftSchema = z.strictObject({
  /** Something was found on this machine once. */
  looked: z.boolean(),
  /** Names of datasets; null for what is suggested. */
  chosen: z.array(name).max(CHOSEN_MAX).nullable(),
  newChildren: z.boolean(),
  encryptedAs: z.enum(['raw', 'plain']),
  place: placeSchema.default('nas'),
  nas: nasDraftSchema,
  drive: driveDraftSchema.default(EMPTY_DRIVE),
  intervalS: z.number().int().min(1).max(YEAR_S),
  keepHere: formKeepSchema,
  keepThere: formKeepSchema,
  /** "" for one that is made up. */
  name: z.string().max(TEXT_MAX),
  /** Names of the jobs that it has become; empty before. */
  saved: z.array(z.string().max(TEXT_MAX)).max(JOBS_MAX),
  /** Those of them whose first run was asked for. */
  begun: z.array(z.string().max(TEXT_MAX)).max(JOBS_MAX),
});
export type SetupDraft = z.infer<typeof setupDraftSchema>;

/** What a preset sets. */
export function presetAnswers({ intervalS, keepSender, keepReceiver }: Preset) {
  return { intervalS, keepHere: keepSender, keepThere: keepReceiver };
}

export function isPreset(draft: SetupDraft, preset: Preset): boolean {
  const { intervalS, keepHere, keepThere } = draft;
  return JSON.stringify({ intervalS, keepHere, keepThere }) === JSON.stringify(presetAnswers(preset));
}

const FIRST_PRESET = presetNamed('balanced');

function presetNamed(wanted: Preset['name']): Preset {
  const found = PRESETS.find((preset) => preset.name === wanted);
  if (found === undefined) throw new Error(`there is no preset ${wanted}`);
  return found;
}

/** Nothing has been answered yet. */
export const EMPTY_DRAFT: SetupDraft = {
  looked: false,
  chosen: null,
  newChildren: true,
  encryptedAs: 'raw',
  place: 'nas',
  nas: EMPTY_NAS,
  drive: EMPTY_DRIVE,
  ...presetAnswers(FIRST_PRESET),
  name: '',
  saved: [],
  begun: [],
};

/** Of what a window has kept; whatever is no draft of this version is as good as none. */
export function parseDraft(text: string | null): SetupDraft {
  if (text === null) return EMPTY_DRAFT;
  try {
    return setupDraftSchema.safeParse(JSON.parse(text)).data ?? EMPTY_DRAFT;
  } catch {
    return EMPTY_DRAFT;
  }
}

/** The name that the job gets. */
export function nameOf(draft: SetupDraft, jobs: readonly string[]): string {
  if (draft.name !== '') return draft.name;
  return draft.place === 'drive' ? jobNameForDrive(draft.drive.pool, jobs) : jobNameFor(draft.nas.host, jobs);
}

/** The draft of the contract; null while something in it is missing or does not fit. */
export function finishedDraft(
  draft: SetupDraft,
  roots: readonly TreeNode[],
  ticked: ReadonlySet<string>,
  jobs: readonly string[],
): Draft | null {
  const { encryptedAs, intervalS, keepHere, keepThere } = draft;
  const parsed = draftSchema.safeParse({
    name: nameOf(draft, jobs),
    ...choicesOf(roots, ticked, draft.newChildren),
    destination: draft.place === 'drive' ? driveDestination(draft.drive) : nasDestination(draft.nas),
    encryptedAs,
    intervalS,
    keepSender: keepHere,
    keepReceiver: keepThere,
  });
  return parsed.data ?? null;
}

const orNull = (text: string): string | null => (text === '' ? null : text);

function nasDestination({
  proven: _,
  system: _s,
  existing: _e,
  clientIdentity,
  plainIdentity,
  ...nas
}: SetupDraft['nas']) {
  return { type: 'ssh', ...nas, clientIdentity: orNull(clientIdentity), plainIdentity: orNull(plainIdentity) };
}

function driveDestination({ pool, poolGuid, title, onPlug, keyFile, rootFs, ...drive }: SetupDraft['drive']) {
  return {
    type: 'drive',
    pool,
    poolGuid,
    title: title === '' ? pool : title,
    onPlug,
    keyFile,
    rootFs,
    clientIdentity: orNull(drive.clientIdentity),
    plainIdentity: orNull(drive.plainIdentity),
  };
}
