/** Short words for what cases say again and again. */
import { ProblemError } from '../../core/api/problem.ts';
import type { ReceiveRequest, SendFlags, SendRequest, TransferResult, Version, Zfs } from '../../core/zfs/types.ts';
import type { DatasetState, Place, SnapshotState } from './fixture.ts';

export const PLAIN: SendFlags = {
  raw: false,
  properties: false,
  backupProperties: false,
  largeBlocks: false,
  compressed: false,
  embeddedData: false,
};
export const RAW: SendFlags = { ...PLAIN, raw: true };

/** The full name of what lies at a path of a place: `at(place, 'a@1')`, `at(place, '')`. */
export function at(place: Place, path: string): string {
  if (path === '') return place.root;
  return /^[@#]/.test(path) ? `${place.root}${path}` : `${place.root}/${path}`;
}

/** Dataset and short name as the interface wants them. */
export function named(place: Place, ...paths: readonly string[]): readonly { dataset: string; name: string }[] {
  return paths.map((path) => {
    const [dataset = '', name = ''] = at(place, path).split('@');
    return { dataset, name };
  });
}

/** What happens to a dataset of the source before a case begins: a name takes a snapshot, `+n` appends blocks. */
export async function prepare(place: Place, path: string, ...steps: readonly string[]): Promise<void> {
  const dataset = at(place, path);
  if (path !== '') await place.operator.create(dataset);
  for (const step of steps) {
    if (step.startsWith('+')) await place.operator.append(dataset, Number(step.slice(1)));
    else await place.operator.snapshot(`${dataset}@${step}`);
  }
}

/** The problem code that some work ends with; `ok` when it ends well. */
export async function codeOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'ok',
    (thrown: unknown) => {
      if (thrown instanceof ProblemError) return thrown.code;
      throw thrown;
    },
  );
}

/** The problem that some work ends with. */
export async function problemOf(work: Promise<unknown>): Promise<ProblemError> {
  const thrown = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (thrown instanceof ProblemError) return thrown;
  throw thrown instanceof Error ? thrown : new Error('it ended well');
}

/** A dataset of a place; throws where it is not there. */
export async function stateOf(place: Place, path: string): Promise<DatasetState> {
  const found = (await place.observe()).find((dataset) => dataset.path === path);
  if (found === undefined) throw new Error(`there is no dataset at ${path}`);
  return found;
}

/** Paths of all datasets below the root of a place. */
export async function pathsOf(place: Place): Promise<readonly string[]> {
  return (await place.observe()).map(({ path }) => path).filter((path) => path !== '');
}

export function snapshotIn(state: DatasetState, name: string): SnapshotState {
  const found = state.snapshots.find((snapshot) => snapshot.name === name);
  if (found === undefined) throw new Error(`there is no snapshot ${name} of ${state.path}`);
  return found;
}

/** Names of the snapshots of a dataset, in their order; null where there is no dataset. */
export async function snapshotNames(place: Place, path: string): Promise<readonly string[] | null> {
  const found = (await place.observe()).find((dataset) => dataset.path === path);
  return found === undefined ? null : found.snapshots.map(({ name }) => name);
}

export async function guidOf(place: Place, path: string): Promise<bigint> {
  const [dataset = '', name = ''] = path.split('@');
  return BigInt(snapshotIn(await stateOf(place, dataset), name).guid);
}

export async function tagsOf(place: Place, path: string): Promise<readonly string[]> {
  const [dataset = '', name = ''] = path.split('@');
  return snapshotIn(await stateOf(place, dataset), name).tags;
}

export async function bookmarkNames(place: Place, path: string): Promise<readonly string[]> {
  return (await stateOf(place, path)).bookmarks.map(({ name }) => name);
}

/** A snapshot or, with `#`, a bookmark, as a request names it. */
export async function versionAt(
  place: Place,
  path: string,
): Promise<Pick<Version, 'type' | 'name' | 'guid'> & { readonly dataset: string }> {
  const [, datasetPath = '', sign = '', name = ''] = /^([^@#]*)([@#])(.*)$/.exec(path) ?? [];
  const state = await stateOf(place, datasetPath);
  const versions: readonly { readonly name: string; readonly guid: string }[] =
    sign === '@' ? state.snapshots : state.bookmarks;
  const found = versions.find((version) => version.name === name);
  if (found === undefined) throw new Error(`there is no ${path}`);
  return {
    type: sign === '@' ? 'snapshot' : 'bookmark',
    name,
    guid: BigInt(found.guid),
    dataset: at(place, datasetPath),
  };
}

export interface SendOptions {
  readonly flags?: SendFlags;
  readonly range?: boolean;
  readonly token?: string;
}

/** The request for one step, `to` as `a@2` and `from` as `a@1` or `a#mark`. */
export async function sendOf(
  place: Place,
  to: string,
  from: string | null = null,
  { flags = PLAIN, range = false, token }: SendOptions = {},
): Promise<SendRequest> {
  const { dataset, name, guid } = await versionAt(place, to);
  const base = from === null ? null : await versionAt(place, from);
  return {
    dataset,
    to: { name, guid },
    range,
    flags,
    ...(base === null ? {} : { from: { type: base.type, name: base.name, guid: base.guid } }),
    ...(token === undefined ? {} : { resumeToken: token }),
  };
}

/** Receives into a dataset of a place; the snapshot keeps its name. */
export function receive(
  place: Place,
  path: string,
  sender: Zfs,
  request: SendRequest,
  more: Partial<ReceiveRequest> = {},
): Promise<TransferResult> {
  return place.zfs.receive(
    {
      dataset: at(place, path),
      ...(request.range ? {} : { snapshot: request.to.name }),
      force: false,
      savePartial: true,
      inherit: [],
      override: [],
      ...more,
    },
    sender.prepareSend(request),
  );
}

/** The token as the interface under test shows it. */
export async function tokenOf(place: Place, path: string): Promise<string> {
  const [facts] = await place.zfs.listDatasets([at(place, path)], { recursive: false, properties: [] });
  if (facts === undefined || facts.resumeToken === null) throw new Error(`there is no token at ${path}`);
  return facts.resumeToken;
}
