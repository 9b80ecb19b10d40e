/** Requests for single transfers, without an engine around them. */
import type { ReceiveRequest, SendFlags, SendRequest, Version } from '../../../../core/zfs/types.ts';
import { type DatasetState, guidOf } from '../../platform/support/state.ts';

export const PLAIN: SendFlags = {
  raw: false,
  properties: false,
  backupProperties: false,
  largeBlocks: false,
  compressed: false,
  embeddedData: false,
};

/** A snapshot of a dataset as it is on disk. */
export function snapshotIn(state: DatasetState, name: string): Pick<Version, 'name' | 'guid'> & { type: 'snapshot' } {
  return { type: 'snapshot', name, guid: guidOf(state, name) };
}

/** A plain send of `to`, incremental where there is a `from`. */
export function sendOf(dataset: string, state: DatasetState, to: string, from?: string): SendRequest {
  return {
    dataset,
    ...(from === undefined ? {} : { from: snapshotIn(state, from) }),
    to: snapshotIn(state, to),
    range: false,
    flags: PLAIN,
  };
}

/** A receive that takes the stream as it comes; without a snapshot, the stream says what it is called. */
export function receiveInto(
  dataset: string,
  snapshot: string | null,
  more: Partial<ReceiveRequest> = {},
): ReceiveRequest {
  const named = snapshot === null ? {} : { snapshot };
  return { dataset, ...named, force: false, savePartial: true, inherit: [], override: [], ...more };
}
