/** Whether disks are still what a person has confirmed, right before a pool is made of them. Pure. */
import type { DiskContent } from '../../api/disk.ts';
import { type ConfirmedDisk, isConfirmed, type MakePoolParams } from '../../api/drive-making.ts';
import { ProblemError } from '../../api/problem.ts';
import { remark } from '../../api/remark.ts';
import type { DiskSurvey, SurveyedDisk } from './survey.ts';

/** A disk that a pool is made of. */
export interface ChosenDisk {
  readonly id: string;
  readonly path: string;
  /** The same and its partitions, each by a name that stays; those that lie deepest first. */
  readonly devices: readonly string[];
  /** What a look at it may find: all else came after the person had seen it. */
  readonly forms: ReadonlySet<string>;
  readonly hasContent: boolean;
  readonly isSsd: boolean;
}

const FOLDER = '/dev/disk/by-id/';
/** A mirror is as large as its smallest disk; ZFS takes a smaller difference for none. */
const DIFFERENCE_BYTES_MAX = 16 * 1024 ** 2;

/** In the order of the request. @throws ProblemError why none of them is touched */
export function chosenDisks(params: MakePoolParams, survey: DiskSurvey): readonly ChosenDisk[] {
  const ids = params.disks.map(({ id }) => id);
  const twice = ids.find((id, at) => ids.indexOf(id) < at);
  if (twice !== undefined) throw changed(twice, remark('disk-twice'));
  const chosen = params.disks.map((disk) => chosenDisk(disk, survey));
  const sizes = params.disks.map(({ sizeBytes }) => sizeBytes);
  if (Math.max(...sizes) - Math.min(...sizes) > DIFFERENCE_BYTES_MAX) throw new ProblemError('disks-differ');
  return chosen;
}

function chosenDisk(confirmed: ConfirmedDisk, survey: DiskSurvey): ChosenDisk {
  const { id } = confirmed;
  const found = survey.disks.find(({ told }) => told.id === id);
  if (found === undefined) throw changed(id, remark('disk-gone'));
  const { told, seen } = found;
  for (const fact of ['model', 'serial', 'sizeBytes'] as const) {
    if (told[fact] !== confirmed[fact]) throw changed(id, remark(`disk-${fact}`, { value: `${told[fact]}` }));
  }
  const { verdict } = told;
  if (verdict.kind === 'pool')
    throw new ProblemError('disk-in-use', { disk: id, reason: remark('disk-has-pool', { pool: verdict.pool }) });
  if (verdict.kind === 'in-use') {
    const reason = remark(`disk-use-${verdict.why}`, { what: verdict.what });
    throw new ProblemError('disk-in-use', { disk: id, reason });
  }
  if (formOf(verdict.content) !== formOf(confirmed.content)) throw changed(id, remark('disk-content'));
  if (!isConfirmed(told, confirmed.typed)) throw new ProblemError('disk-not-confirmed', { disk: id });
  return {
    id,
    path: `${FOLDER}${id}`,
    devices: devicesOf(found, survey),
    forms: formsOf(found),
    hasContent: verdict.content.length > 0,
    isSsd: told.media === 'ssd' && seen.discards,
  };
}

/** Names of the kernel may mean another device a moment later. */
function devicesOf({ told, seen }: SurveyedDisk, { namesOf }: DiskSurvey): readonly string[] {
  const names = seen.parts.map(({ device, depth }) => {
    const name = depth === 0 ? told.id : namesOf(device).find((one) => one.startsWith(`${told.id}-part`));
    if (name === undefined) throw changed(told.id, remark('disk-nameless-part', { device }));
    return `${FOLDER}${name}`;
  });
  return names.reverse();
}

function formsOf({ seen }: SurveyedDisk): ReadonlySet<string> {
  const forms = new Set(seen.parts.flatMap(({ form, table }) => [form, table]).filter((form) => form !== ''));
  // A table of the newer kind is protected by one of the older kind.
  if (forms.has('gpt')) for (const form of ['pmbr', 'dos']) forms.add(form);
  return new Set([...forms].map((form) => form.toLowerCase()));
}

function formOf(content: readonly DiskContent[]): string {
  return JSON.stringify(content.map(({ form, label, sizeBytes }) => [form, label, sizeBytes]));
}

export function changed(disk: string, reason: string): ProblemError {
  return new ProblemError('disk-changed', { disk, reason });
}
