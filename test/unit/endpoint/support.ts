/** Facts and steps for tests of one endpoint alone. */
import type { TransferStep } from '../../../core/endpoint/types.ts';
import { decodeResumeToken } from '../../../core/zfs/token.ts';
import type { DatasetFacts, PropertyValue, Version } from '../../../core/zfs/types.ts';

export function step(from: Version | null, to: Version, extra: Partial<TransferStep> = {}): TransferStep {
  return { dataset: 'tank/data', from, to, between: [], resume: null, ...extra };
}

export function resumeOf(text: string): TransferStep['resume'] {
  return { text, token: decodeResumeToken(text) };
}

export function local(value: string): PropertyValue {
  return { value, source: 'local' };
}

export function facts(dataset: string, extra: Partial<DatasetFacts> = {}): DatasetFacts {
  return {
    dataset,
    guid: BigInt(dataset.length) * 1000n + BigInt(dataset.charCodeAt(dataset.length - 1)),
    kind: 'filesystem',
    encrypted: false,
    encryptionRoot: null,
    keyLoaded: null,
    resumeToken: null,
    snapshotsChangedS: null,
    mounted: false,
    properties: new Map(),
    ...extra,
  };
}
