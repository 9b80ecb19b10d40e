/**
 * What lies at a destination already of the datasets that are to go there, and what a job would do with it: the surveys and the
 * decisions of a run, as if the next snapshot had been taken. Reads only.
 */
import type { DestinationLook, DestinationLookParams } from '../api/destination.ts';
import { compileFilter } from '../endpoint/filter.ts';
import { type ReceivingRoot, toLocalName } from '../endpoint/mapping.ts';
import { ZfsReceiver } from '../endpoint/receiver.ts';
import { ZfsSender } from '../endpoint/sender.ts';
import type { Ctx, Zfs } from '../zfs/types.ts';
import { adoptionsOf, elsewhereOf } from './look-elsewhere.ts';
import { firstBytes } from './look-estimate.ts';
import { judgeCopy, missingHere, proposedFlags } from './look-judge.ts';

export interface LookParts {
  readonly local: Zfs;
  readonly remote: Zfs;
}

/** No job has this name: whoever has set a mark, it is somebody else's. */
const NO_JOB = 'look';

type Where = Pick<DestinationLookParams, 'rootFs' | 'clientIdentity' | 'datasets' | 'encryptedAs'>;

/** Throws `root-missing` where there is no such target, and `name-invalid` for a name that would be too long there. */
export async function look(parts: LookParts, where: Where, signal: AbortSignal): Promise<DestinationLook> {
  const { local, remote } = parts;
  const ctx: Ctx = { signal };
  const root: ReceivingRoot = { rootFs: where.rootFs, clientIdentity: where.clientIdentity };
  const names = [...new Set(where.datasets)];
  for (const dataset of names) toLocalName(root, dataset);
  const { sender, receiver } = endsOf(parts, root, names);
  // The root is looked for first: without it there is nothing to list.
  await receiver.survey(ctx);
  const [, copies, facts] = await Promise.all([
    sender.survey(ctx),
    remote.listVersions([root.rootFs], { recursive: true, details: false }, ctx),
    local.listDatasets([], { recursive: true, properties: ['referenced'] }, ctx),
  ]);
  const judged = names.map((name) => {
    const source = sender.dataset(name);
    const place = { root, receiverLabel: remote.label, encryptedAs: where.encryptedAs };
    return source === undefined
      ? missingHere(name, root, local.label)
      : judgeCopy(source, receiver.dataset(name), place);
  });
  const bytes = await firstBytes(local, judged, facts, signal);
  const sources = names.flatMap((name) => sender.dataset(name) ?? []);
  const elsewhere = elsewhereOf(sources, copies, root);
  return {
    datasets: judged.map(({ told }) => ({ ...told, ...(bytes.get(told.dataset) ?? { bytes: null, bytesBy: null }) })),
    elsewhere,
    adoptions: adoptionsOf(elsewhere),
    adopted: judged.filter(({ told }) => told.state === 'common').length,
  };
}

function endsOf({ local, remote }: LookParts, root: ReceivingRoot, datasets: readonly string[]) {
  const common = { ping: async () => {}, onCleanupProblem: () => {} };
  const flags = proposedFlags(false);
  const sender = new ZfsSender({
    ...common,
    zfs: local,
    jobId: NO_JOB,
    filter: compileFilter(new Map(datasets.map((dataset) => [dataset, true]))),
    // Everything in one listing: one that names what does not exist would have to be repeated.
    roots: null,
    flags,
    encryptedOnly: false,
  });
  const receiver = new ZfsReceiver({
    ...common,
    zfs: remote,
    jobId: NO_JOB,
    root,
    placeholderEncryption: 'inherit',
    properties: { inherit: [], override: new Map(), protective: true },
    flags,
    mustBeEncrypted: false,
  });
  return { sender, receiver };
}
