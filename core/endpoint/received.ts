/** What a receive has left on the receiver: read back, and noted without listing it again. */
import { ProblemError } from '../api/problem.ts';
import { versionName } from '../zfs/names.ts';
import type { Ctx, PropertyValue, Version, Zfs } from '../zfs/types.ts';
import { CHAIN_PROPERTY, KEY_PROPERTY } from './chain.ts';
import type { ReceiverDataset, TransferStep } from './types.ts';

/**
 * Properties of the dataset as they are now, one process. Exit 0 of a receive proves nothing: a snapshot of the name with
 * another guid is `received-other-snapshot`.
 */
export async function readReceived(
  zfs: Zfs,
  step: TransferStep,
  local: string,
  override: readonly (readonly [name: string, value: string])[],
  ctx: Ctx,
): Promise<ReadonlyMap<string, PropertyValue>> {
  const snapshot = versionName(local, step.to);
  const properties = [...override.map(([name]) => name), 'guid', 'encryption'];
  const seen = await zfs.readBack([local, snapshot], properties, ctx);
  // Gone with its pool, perhaps: what is there is found out by the next listing.
  if (!seen.has(local) && !seen.has(snapshot)) throw new ProblemError('not-found', { name: local, host: zfs.label });
  if (seen.get(snapshot)?.get('guid')?.value !== step.to.guid.toString()) {
    throw new ProblemError('received-other-snapshot', { name: snapshot, host: zfs.label });
  }
  return seen.get(local) ?? new Map<string, PropertyValue>();
}

/** Whether the dataset with these properties is encrypted; unknown counts as not. */
export function isEncrypted(found: ReadonlyMap<string, PropertyValue>): boolean {
  const encryption = found.get('encryption')?.value;
  return encryption !== undefined && encryption !== 'off';
}

/** A dataset that did not exist before this step; null where what was read back does not describe it. */
export function receivedFirst(
  step: TransferStep,
  local: string,
  found: ReadonlyMap<string, PropertyValue>,
): ReceiverDataset | null {
  const guid = found.get('guid')?.value;
  if (guid === undefined || !/^\d+$/.test(guid)) return null;
  return {
    dataset: step.dataset,
    localName: local,
    guid: BigInt(guid),
    placeholderFlag: false,
    hasChildren: false,
    ours: true,
    chain: found.get(CHAIN_PROPERTY)?.value ?? null,
    key: found.get(KEY_PROPERTY)?.value ?? null,
    encrypted: isEncrypted(found),
    resumeToken: null,
    versions: [],
  };
}

/** The dataset with what this step brought. */
export function withArrived(known: ReceiverDataset, step: TransferStep): ReceiverDataset {
  const present = new Set(known.versions.filter(({ type }) => type === 'snapshot').map(({ guid }) => guid));
  const arrived = [...step.between, step.to].filter(({ guid }) => !present.has(guid));
  const newestTxg = newestTxgOf(known.versions);
  return {
    ...known,
    resumeToken: null,
    versions: [
      ...known.versions,
      // The receiver's txgs are not known without another listing; only their order matters until the next survey.
      ...arrived.map((version, index) => ({ ...version, createtxg: newestTxg + BigInt(index + 1), userrefs: 0 })),
    ],
  };
}

function newestTxgOf(versions: readonly Version[]): bigint {
  let newest = 0n;
  for (const { createtxg } of versions) if (createtxg > newest) newest = createtxg;
  return newest;
}
