/** What a step asks of `Zfs`, on either end. Pure. */
import type { ReceiveRequest, SendFlags, SendRequest } from '../zfs/types.ts';
import { CHAIN_PROPERTY, chainFlags, KEY_PROPERTY } from './chain.ts';
import { overridesFor, type ReceiveProperties } from './receive-properties.ts';
import type { SenderDataset, TransferStep } from './types.ts';

export function sendRequestOf(step: TransferStep, flags: SendFlags): SendRequest {
  return {
    dataset: step.dataset,
    ...(step.from === null ? {} : { from: step.from }),
    to: step.to,
    range: step.between.length > 0,
    flags,
    ...(step.resume === null ? {} : { resumeToken: step.resume.text }),
  };
}

export interface Arrival {
  /** Where it is received. */
  readonly local: string;
  readonly properties: ReceiveProperties;
  /** Flags that the sender uses. */
  readonly flags: SendFlags;
  readonly force: boolean;
  readonly savePartial: boolean;
}

export function receiveRequestOf(
  step: Pick<TransferStep, 'between' | 'to'>,
  source: Pick<SenderDataset, 'kind' | 'keyFingerprint'>,
  { local, properties, flags, force, savePartial }: Arrival,
): ReceiveRequest {
  const carriesProperties = flags.properties || flags.backupProperties;
  return {
    dataset: local,
    ...(step.between.length === 0 ? { snapshot: step.to.name } : {}),
    force,
    savePartial,
    // Excluding what the stream does not carry fails before OpenZFS 2.2.
    inherit: carriesProperties ? properties.inherit : [],
    override: [
      ...overridesFor(properties, source.kind),
      [CHAIN_PROPERTY, chainFlags(flags)],
      ...(flags.raw && source.keyFingerprint !== null ? [[KEY_PROPERTY, source.keyFingerprint] as const] : []),
    ],
  };
}
