/** What the checks on the direct path share: the layer on this very machine, and transfers that stand still on request. */
import { strict as assert } from 'node:assert';
import { spawnSync } from 'node:child_process';
import { createLocalHost } from '../../../../core/host/local.ts';
import { pipe } from '../../../../core/host/pipe.ts';
import { systemClock } from '../../../../core/host/system-clock.ts';
import { createCliZfs } from '../../../../core/zfs/cli-zfs.ts';
import type { ReceiveRequest, SendRequest, TransferOptions, TransferProgress } from '../../../../core/zfs/types.ts';
import { processOf } from './processes.ts';

export const host = createLocalHost({ label: 'this machine' });

/** Bytes that passed through this process, of every transfer so far; null where none did. */
export const passedBytes: (number | null)[] = [];

export const zfs = createCliZfs({
  host,
  clock: systemClock,
  pipe: async (...args) => {
    const result = await pipe(...args);
    passedBytes.push(result.bytes);
    return result;
  },
});

/** Runs a shell script with its arguments as $1, $2, ...; throws on any exit code but 0. */
export function shell(script: string, ...args: readonly string[]): string {
  const result = spawnSync('/bin/sh', ['-euc', script, 'sh', ...args], { encoding: 'utf8' });
  assert.equal(result.status, 0, `${script}\n${result.stderr}`);
  return result.stdout;
}

export function guidOf(name: string): bigint {
  return BigInt(shell('zfs get -Hp -o value guid "$1"', name).trim());
}

/** The dataset's snapshots, in the order of creation. */
export function snapshotsOf(dataset: string): readonly string[] {
  const names = shell('zfs list -H -o name -t snapshot -s createtxg -d 1 "$1"', dataset).split('\n');
  return names.filter((name) => name !== '').map((name) => name.slice(name.indexOf('@') + 1));
}

export function sendOf(dataset: string, to: string, from?: string, range = false): SendRequest {
  const base: Pick<SendRequest, 'from'> =
    from === undefined ? {} : { from: { type: 'snapshot', name: from, guid: guidOf(`${dataset}@${from}`) } };
  return {
    dataset,
    ...base,
    to: { name: to, guid: guidOf(`${dataset}@${to}`) },
    range,
    flags: {
      raw: false,
      properties: false,
      backupProperties: false,
      largeBlocks: false,
      compressed: false,
      embeddedData: false,
    },
  };
}

export function receiveInto(dataset: string, snapshot?: string): ReceiveRequest {
  const named = snapshot === undefined ? {} : { snapshot };
  return { dataset, ...named, force: false, savePartial: true, inherit: [], override: [] };
}

export interface StoppedTransfer {
  /** Settles with the transfer. */
  readonly done: Promise<{ readonly bytes: number }>;
  /** Progress so far; there is some, so the stream has begun. */
  readonly told: readonly TransferProgress[];
  readonly sendPid: number;
  readonly receivePid: number;
}

/** Starts a transfer whose receive is stopped as soon as it runs, and waits until zfs reports bytes in the pipe. */
export async function stoppedTransfer(
  send: SendRequest,
  request: ReceiveRequest,
  options: TransferOptions = {},
): Promise<StoppedTransfer> {
  const told: TransferProgress[] = [];
  const begun = Promise.withResolvers<void>();
  const done = zfs.receive(request, zfs.prepareSend(send), {
    ...options,
    onProgress: (progress) => {
      told.push(progress);
      if (progress.bytes > 0) begun.resolve();
    },
  });
  done.catch(begun.reject);
  const receivePid = await processOf('receive', request.dataset);
  process.kill(receivePid, 'SIGSTOP');
  const sendPid = await processOf('send', send.dataset);
  await begun.promise;
  return { done, told, sendPid, receivePid };
}
