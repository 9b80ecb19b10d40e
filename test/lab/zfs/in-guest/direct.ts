/**
 * Runs inside a guest: `node direct.mjs POOL`. Transfers between two datasets of one machine, where the kernel carries the
 * bytes. Prints one line of JSON for every check: its name, and what was wrong or null.
 */
import { strict as assert } from 'node:assert';
import { readdirSync, readlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { activeCommands } from '../../../../core/host/registry.ts';
import { codeOf } from '../support/outcome.ts';
import { processOf, transfersOf, untilIdle } from './processes.ts';
import { guidOf, host, passedBytes, receiveInto, sendOf, shell, snapshotsOf, stoppedTransfer, zfs } from './scene.ts';

const [pool = ''] = process.argv.slice(2);
const source = `${pool}/a source`;
const copy = (name: string): string => `${pool}/copies/${name}`;
const GRACE_MS = 120_000;

async function tokenOf(dataset: string): Promise<string | null> {
  const [facts] = await zfs.listDatasets([dataset], { recursive: false, properties: [] });
  return facts?.resumeToken ?? null;
}

/** A send whose stream we hold and do not read, as soon as it is blocked by that. */
async function blockedSend() {
  const command = await host.start(['/usr/sbin/zfs', 'send', `${source}@big`], {});
  await untilIdle(await processOf('send', source));
  assert.ok(command.stdout.readableLength > 0);
  return command;
}

const CHECKS: Readonly<Record<string, () => Promise<void>>> = {
  'full, incremental and range: the kernel carries the bytes': async () => {
    const target = copy('three');
    const transfer = (to: string, from?: string, range = false) =>
      zfs.receive(receiveInto(target, range ? undefined : to), zfs.prepareSend(sendOf(source, to, from, range)));
    await transfer('1');
    await transfer('2', '1');
    await transfer('5', '2', true);
    assert.deepEqual(passedBytes.splice(0), [null, null, null]);
    assert.deepEqual(snapshotsOf(target), ['1', '2', '3', '4', '5']);
    for (const name of snapshotsOf(target)) assert.equal(guidOf(`${target}@${name}`), guidOf(`${source}@${name}`));
  },

  'progress is told while the receiver stands still, and its end is awaited': async () => {
    const target = copy('progress');
    const { done, told, receivePid } = await stoppedTransfer(sendOf(source, 'big'), receiveInto(target, 'big'));
    process.kill(receivePid, 'SIGCONT');
    const { bytes } = await done;
    assert.ok(bytes > 0);
    const last = told.at(-1);
    assert.equal(last?.snapshot, 'big');
    assert.ok((last?.expectedBytes ?? 0) > 32 * 1024 ** 2);
    assert.deepEqual(snapshotsOf(target), ['big']);
  },

  'a send that is killed leaves a token, with which it goes on': async () => {
    const target = copy('resumed');
    const send = sendOf(source, 'big');
    const { done, sendPid, receivePid } = await stoppedTransfer(send, receiveInto(target, 'big'));
    process.kill(sendPid, 'SIGKILL');
    process.kill(receivePid, 'SIGCONT');
    assert.equal(await codeOf(done), 'receive-interrupted');
    const resumeToken = await tokenOf(target);
    assert.ok(resumeToken !== null);
    await zfs.receive(receiveInto(target, 'big'), zfs.prepareSend({ ...send, resumeToken }));
    assert.equal(guidOf(`${target}@big`), send.to.guid);
    assert.equal(await tokenOf(target), null);
  },

  'a receive that is killed ends the send': async () => {
    const target = copy('killed');
    const { done, receivePid } = await stoppedTransfer(sendOf(source, 'big'), receiveInto(target, 'big'));
    process.kill(receivePid, 'SIGKILL');
    assert.equal(await codeOf(done), 'stream-truncated');
  },

  'cancelled, it keeps what arrived': async () => {
    const target = copy('cancelled');
    const controller = new AbortController();
    const { done, receivePid } = await stoppedTransfer(sendOf(source, 'big'), receiveInto(target, 'big'), {
      signal: controller.signal,
    });
    controller.abort();
    process.kill(receivePid, 'SIGCONT');
    assert.equal(await codeOf(done), 'command-aborted');
    assert.ok((await tokenOf(target)) !== null);
    await zfs.abortReceive(target);
    assert.equal(await tokenOf(target).catch(() => 'gone'), 'gone');
  },

  'a source that is gone, a destination that is there': async () => {
    const target = copy('there');
    shell('zfs create "$1"', target);
    const send = sendOf(source, '1');
    const gone = { ...send, to: { name: 'gone', guid: 1n } };
    const into = (name: string) => receiveInto(target, name);
    assert.equal(await codeOf(zfs.receive(into('gone'), zfs.prepareSend(gone))), 'send-source-gone');
    assert.equal(await codeOf(zfs.receive(into('1'), zfs.prepareSend(send))), 'destination-exists');
    assert.deepEqual(snapshotsOf(target), []);
  },

  'with a limit the bytes pass through here, every one of them': async () => {
    passedBytes.length = 0;
    const limitBytesPerSecond = 1024 ** 3;
    await zfs.receive(receiveInto(copy('limited'), '5'), zfs.prepareSend(sendOf(source, '5')), { limitBytesPerSecond });
    assert.deepEqual(passedBytes.splice(0), [Number(shell('zfs send "$1" | wc -c', `${source}@5`))]);
  },

  'a send that is blocked ends by closing, once or twice': async () => {
    const command = await blockedSend();
    await Promise.all([command.kill(GRACE_MS), command.kill(GRACE_MS)]);
    await command.kill(GRACE_MS);
    assert.notEqual((await command.ended).exit.code, 0);
  },

  'a send ends by an error of its reader': async () => {
    const command = await blockedSend();
    command.stdout.destroy(new Error('the reader is broken'));
    assert.notEqual((await command.ended).exit.code, 0);
    await command.kill(GRACE_MS);
  },
};

/** Nothing of a transfer outlives it: no process, no folder, no descriptor, no entry in the registry. */
function assertNothingLeft(): void {
  assert.deepEqual(transfersOf(pool), []);
  assert.deepEqual(activeCommands(), []);
  assert.deepEqual(
    readdirSync(tmpdir()).filter((name) => name.startsWith('snapferry-')),
    [],
  );
  const open = readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      return [readlinkSync(`/proc/self/fd/${fd}`)];
    } catch {
      // The one that lists the folder.
      return [];
    }
  });
  assert.deepEqual(
    open.filter((name) => name.includes('snapferry-')),
    [],
  );
}

shell(
  `zfs create "$1"; zfs create "$2/copies"
for n in 1 2 3 4 5; do head -c 1M /dev/urandom > "/mnt/$1/$n"; zfs snapshot "$1@$n"; done
head -c 32M /dev/urandom > "/mnt/$1/big"; zfs snapshot "$1@big"`,
  source,
  pool,
);
for (const [name, check] of Object.entries(CHECKS)) {
  const problem = await check()
    // Pipes that were made for later go with the host.
    .then(() => host.close())
    .then(assertNothingLeft)
    .then(
      () => null,
      (thrown: unknown) => (thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)),
    );
  console.log(JSON.stringify({ name, problem }));
}
