/**
 * What lies at a destination already of the datasets that are to go there, and what a job would do with it: the surveys and the
 * decisions of a run, as if the next snapshot had been taken. Reads only.
 */
import type { DestinationLook, DestinationLookParams, FirstRun } from '../api/destination.ts';
import { compileFilter } from '../endpoint/filter.ts';
import { type ReceivingRoot, toLocalName } from '../endpoint/mapping.ts';
import type { ReceiveProperties } from '../endpoint/receive-properties.ts';
import { ZfsReceiver } from '../endpoint/receiver.ts';
import { ZfsSender } from '../endpoint/sender.ts';
import type { SenderDataset } from '../endpoint/types.ts';
import { poolOf } from '../zfs/names.ts';
import type { Ctx, DatasetVersions, Zfs } from '../zfs/types.ts';
import { firstRunOf } from './look-commands.ts';
import { adoptionOf, adoptionsOf, adoptionsOfTwo, elsewhereOf } from './look-elsewhere.ts';
import { firstBytes } from './look-estimate.ts';
import { type JudgedCopy, judgeCopy, missingHere, proposedFlags } from './look-judge.ts';

export interface LookParts {
  readonly local: Zfs;
  readonly remote: Zfs;
  readonly nowMs: number;
}

/** No job has this name: whoever has set a mark, it is somebody else's. */
const NO_JOB = 'look';
/** As the proposed jobs receive. */
const PROPERTIES: ReceiveProperties = { inherit: [], override: new Map(), protective: true };

export type LookWhere = Pick<
  DestinationLookParams,
  'rootFs' | 'clientIdentity' | 'plainIdentity' | 'datasets' | 'encryptedAs' | 'sudo'
>;

interface Place {
  readonly root: ReceivingRoot;
  readonly receiver: ZfsReceiver;
}

/** Throws `root-missing` where there is no such target, and `name-invalid` for a name that would be too long there. */
export async function look(parts: LookParts, where: LookWhere, signal: AbortSignal): Promise<DestinationLook> {
  const { local, remote } = parts;
  const { rootFs, clientIdentity, plainIdentity } = where;
  const ctx: Ctx = { signal };
  const main = placeOf(remote, { rootFs, clientIdentity });
  const plain = plainIdentity === undefined ? main : placeOf(remote, { rootFs, clientIdentity: plainIdentity });
  const places = plain === main ? [main] : [main, plain];
  const names = [...new Set(where.datasets)];
  for (const { root } of places) for (const dataset of names) toLocalName(root, dataset);
  const sender = senderOf(local, names);
  // The root is looked for first: without it there is nothing to list.
  await main.receiver.survey(ctx);
  const [, , copies, facts, availableBytes] = await Promise.all([
    sender.survey(ctx),
    plain === main ? null : plain.receiver.survey(ctx),
    remote.listVersions([rootFs], { recursive: true, details: false }, ctx),
    local.listDatasets([], { recursive: true, properties: ['referenced'] }, ctx),
    availableOf(remote, rootFs, ctx),
  ]);
  const placeFor = ({ encrypted }: Pick<SenderDataset, 'encrypted'>): Place => (encrypted ? main : plain);
  const judged = names.map((name) => {
    const source = sender.dataset(name);
    if (source === undefined) return { place: main, copy: missingHere(name, main.root, local.label) };
    const place = placeFor(source);
    const judging = { root: place.root, receiverLabel: remote.label, encryptedAs: where.encryptedAs };
    return { place, copy: judgeCopy(source, place.receiver.dataset(name), judging) };
  });
  const all = judged.map(({ copy }) => copy);
  const bytes = await firstBytes(local, all, facts, signal);
  const sources = names.flatMap((name) => sender.dataset(name) ?? []);
  const elsewhere = elsewhereOf(sources, copies, (source) => placeFor(source).root);
  const encrypted = new Set(sources.flatMap((one) => (one.encrypted ? [one.dataset] : [])));
  const adoptions =
    plainIdentity === undefined
      ? adoptionsOf(elsewhere, rootFs)
      : adoptionsOfTwo(elsewhere, encrypted, { rootFs, clientIdentity, plainIdentity });
  const firstRuns = await Promise.all(
    places.map((place) => {
      const own = judged.flatMap((one) => (one.place === place ? [one.copy] : []));
      return toldRun(parts, { place, own, copies, sudo: where.sudo }, (name) => bytes.get(name)?.bytes ?? null, ctx);
    }),
  );
  return {
    datasets: all.map(({ told }) => ({ ...told, ...(bytes.get(told.dataset) ?? { bytes: null, bytesBy: null }) })),
    elsewhere: elsewhere.map((one) => ({
      ...one,
      adopt:
        plainIdentity === undefined
          ? adoptionOf(one.dataset, one.copy, rootFs)
          : (adoptions.find(({ takes }) => takes.has(one.copy))?.adopt ?? null),
    })),
    adoptions: adoptions.map(({ adopt, datasets }) => ({ ...adopt, datasets })),
    adopted: all.filter(({ told }) => told.state === 'common').length,
    availableBytes,
    firstRuns: firstRuns.flatMap((run) => run ?? []),
  };
}

interface Run {
  readonly place: Place;
  readonly own: readonly JudgedCopy[];
  readonly copies: readonly DatasetVersions[];
  readonly sudo: boolean;
}

async function toldRun(
  { remote, nowMs }: LookParts,
  { place, own, copies, sudo }: Run,
  bytesOf: (dataset: string) => number | null,
  ctx: Ctx,
): Promise<FirstRun | null> {
  if (own.every(({ send }) => send === null)) return null;
  const existing = new Set(copies.map(({ dataset }) => dataset));
  const { root, receiver } = place;
  return firstRunOf(
    {
      root,
      properties: PROPERTIES,
      judged: own,
      target: (dataset) => receiver.dataset(dataset),
      exists: (name) => existing.has(name),
      there: await remote.capabilities(ctx),
      savePartial: await remote.poolResumable(poolOf(root.rootFs), ctx),
      sudo,
      nowMs,
    },
    bytesOf,
  );
}

/** Null where it is not told. */
async function availableOf(remote: Zfs, rootFs: string, ctx: Ctx): Promise<number | null> {
  const [facts] = await remote.listDatasets([rootFs], { recursive: false, properties: ['available'] }, ctx);
  const text = facts?.properties.get('available')?.value ?? '';
  return /^\d{1,20}$/.test(text) ? Number(text) : null;
}

const COMMON = { jobId: NO_JOB, ping: async () => {}, onCleanupProblem: () => {}, flags: proposedFlags(false) };

function senderOf(zfs: Zfs, datasets: readonly string[]): ZfsSender {
  return new ZfsSender({
    ...COMMON,
    zfs,
    filter: compileFilter(new Map(datasets.map((dataset) => [dataset, true]))),
    // Everything in one listing: one that names what does not exist would have to be repeated.
    roots: null,
    encryptedOnly: false,
  });
}

function placeOf(zfs: Zfs, root: ReceivingRoot): Place {
  const receiver = new ZfsReceiver({
    ...COMMON,
    zfs,
    root,
    placeholderEncryption: 'inherit',
    properties: PROPERTIES,
    mustBeEncrypted: false,
  });
  return { root, receiver };
}
