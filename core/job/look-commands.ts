/** The commands that a first run would start, by the same code that starts them. Pure. */
import type { FirstCommand, FirstRun } from '../api/destination.ts';
import { SNAPSHOT_PREFIX } from '../api/wizard/jobs.ts';
import { missingAncestors, type ReceivingRoot, toLocalName } from '../endpoint/mapping.ts';
import { judgeForce } from '../endpoint/placeholder.ts';
import type { ReceiveProperties } from '../endpoint/receive-properties.ts';
import { receiveRequestOf, sendRequestOf } from '../endpoint/requests.ts';
import type { ReceiverDataset, TransferStep } from '../endpoint/types.ts';
import { snapshotName } from '../snapshotting/names.ts';
import { compileTimestampFormat } from '../snapshotting/timestamp.ts';
import { placeholderArgs, snapshotArgs } from '../zfs/change-args.ts';
import { receiveArgs, sendArgs } from '../zfs/flags.ts';
import { snapshotName as fullSnapshotName, poolOf } from '../zfs/names.ts';
import type { Capabilities, Version } from '../zfs/types.ts';
import type { JudgedCopy } from './look-judge.ts';

/** As the configuration has it where nothing is said. */
const TIMESTAMP = { format: 'dense', location: 'UTC' };
const NAMES_SHOWN = 8;

export interface FirstRunFacts {
  readonly root: ReceivingRoot;
  readonly properties: ReceiveProperties;
  /** Everything that takes part of this job. */
  readonly judged: readonly JudgedCopy[];
  /** By the names of this machine. */
  readonly target: (dataset: string) => ReceiverDataset | undefined;
  /** Datasets of the destination. */
  readonly exists: (local: string) => boolean;
  readonly there: Pick<Capabilities, 'createUnmounted' | 'nativeEncryption'>;
  /** Partial receive state can be kept there. */
  readonly savePartial: boolean;
  /** zfs runs through sudo there. */
  readonly sudo: boolean;
  readonly nowMs: number;
}

/** Null where nothing would be sent. The example is the dataset of which the most is sent, as far as that is known. */
export function firstRunOf(facts: FirstRunFacts, bytesOf: (dataset: string) => number | null): FirstRun | null {
  const sent = facts.judged
    .flatMap(({ send }) => send ?? [])
    .toSorted((a, b) => (bytesOf(b.source.dataset) ?? 0) - (bytesOf(a.source.dataset) ?? 0));
  const [send] = sent;
  if (send === undefined) return null;
  const { source, from, flags } = send;
  const name = snapshotName(SNAPSHOT_PREFIX, compileTimestampFormat(TIMESTAMP.format, TIMESTAMP.location), facts.nowMs);
  // It does not exist yet: nothing of it but its name gets into a command.
  const to: Version = { type: 'snapshot', name, guid: 0n, createtxg: 0n };
  const step: TransferStep = { dataset: source.dataset, from, to, between: [], resume: null };
  const local = toLocalName(facts.root, source.dataset);
  const { properties, savePartial } = facts;
  const force = judgeForce(facts.target(source.dataset), step).kind === 'force';
  const receive = receiveRequestOf(step, source, { local, properties, flags, force, savePartial });
  return {
    dataset: source.dataset,
    others: sent.length - 1,
    commands: [
      ...snapshotCommands(facts.judged, name),
      ...standInsFor(facts, local).map((standIn) =>
        there(facts, 'stand-in', placeholderArgs(standIn, 'inherit', facts.there)),
      ),
      here('send', sendArgs(sendRequestOf(step, flags), 'run')),
      there(facts, 'receive', receiveArgs(receive)),
    ],
  };
}

/** One for each pool. Whatever takes part is snapshotted, also what could not be sent. */
function snapshotCommands(judged: readonly JudgedCopy[], name: string): readonly FirstCommand[] {
  const datasets = judged.flatMap(({ told }) => (told.state === 'unreadable' ? [] : [told.dataset])).toSorted();
  return [...Map.groupBy(datasets, poolOf).values()].map((members) => {
    const names = members.map((dataset) => fullSnapshotName(dataset, name));
    return {
      ...here('snapshot', snapshotArgs(names.slice(0, NAMES_SHOWN))),
      more: Math.max(0, names.length - NAMES_SHOWN),
    };
  });
}

/** What has to be made before: parents come first, and those that are sent themselves need no stand-in. */
function standInsFor({ root, judged, exists }: FirstRunFacts, local: string): readonly string[] {
  const copies = new Set(judged.flatMap(({ told, send }) => (send === null ? [] : [told.copy])));
  return missingAncestors(root, local, (name) => exists(name) || copies.has(name));
}

function here(does: FirstCommand['does'], args: readonly string[]): FirstCommand {
  return { does, on: 'here', argv: ['zfs', ...args], more: 0 };
}

function there({ sudo }: FirstRunFacts, does: FirstCommand['does'], args: readonly string[]): FirstCommand {
  return { does, on: 'there', argv: [...(sudo ? ['sudo', '-n', '--'] : []), 'zfs', ...args], more: 0 };
}
