/** A `zfs send` whose stream we hold: it ends when we are done with it, in whatever state, and leaves no process behind. */
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { RunningCommand } from '../../../core/host/types.ts';
import { openLink, until } from '../guests/index.ts';
import { hostOf } from '../platform/support/hosts.ts';
import { usePlatform, type World } from '../platform/support/platform.ts';

const MIB = 1024 * 1024;
/** Far longer than an ending takes: a command that is still there then is given up, and its end is an error. */
const GRACE_MS = 120_000;

const platform = usePlatform('process', 'nas', { sizeMiB: 512 });

let world: World;
beforeAll(async () => {
  world = await platform().world(
    'proc',
    'fill "$S" data 32; zfs snapshot "$S@big"; zfs create "$S/s"; zfs snapshot "$S/s@1"',
  );
});

const started: RunningCommand[] = [];
// Whatever a test has found out, the next one begins without its processes.
afterEach(async () => {
  await Promise.all(started.splice(0).map((command) => command.kill(GRACE_MS)));
});

async function startSend(snapshot: string, host = platform().host): Promise<RunningCommand> {
  const command = await host.start(['/usr/sbin/zfs', 'send', snapshot], {});
  started.push(command);
  return command;
}

/** Waits until everything on the way is full: no more comes in, although zfs has far more to say. */
async function untilBlocked({ stdout }: RunningCommand): Promise<void> {
  let lastBytes = 0;
  await until(
    async () => {
      const bytes = stdout.readableLength;
      const stands = bytes >= stdout.readableHighWaterMark && bytes === lastBytes;
      lastBytes = bytes;
      // A round trip, after which anything still under way would have come.
      return (await sendersLeft()).includes('zfs send') && stands;
    },
    { timeoutMs: 120_000, what: 'a send that nobody reads' },
  );
}

/** Reads to the end and resolves with the number of bytes. */
async function readAll({ stdout }: RunningCommand): Promise<number> {
  let bytes = 0;
  for await (const chunk of stdout) bytes += chunk.length;
  return bytes;
}

/** Every process of the guest that sends something of this world, those not reaped included. */
async function sendersLeft(): Promise<string> {
  // The brackets keep the shell that runs this from finding itself.
  return world.guest.runOk(
    `ps -eo pid,stat,args | grep -E 'zfs send .*${world.source.replace(' src', ' [s]rc')}' || true`,
  );
}

async function untilNoneLeft(): Promise<void> {
  await until(async () => (await sendersLeft()) === '', { timeoutMs: 60_000, what: 'the end of the send' });
}

describe('closing', () => {
  test('platform 42: a send that is blocked because nobody reads ends at once, and is reaped', async () => {
    const command = await startSend(`${world.source}@big`);
    await untilBlocked(command);
    await command.kill(GRACE_MS);
    const { exit } = await command.ended;
    // By the signal, by the closed pipe, or because zfs noticed by itself; never well.
    expect(exit.code === 0 ? exit : 'ended').toBe('ended');
    expect([null, 'SIGKILL', 'SIGPIPE']).toContain(exit.signal);
    await untilNoneLeft();
  });

  test('platform 43: after its end there is nothing more to read, and closing changes nothing', async () => {
    const command = await startSend(`${world.source}/s@1`);
    expect(await readAll(command)).toBeGreaterThan(1000);
    expect(command.stdout.read()).toBeNull();
    expect(command.stdout.readableEnded).toBe(true);
    const ended = await command.ended;
    expect(ended.exit).toEqual({ code: 0, signal: null });
    await command.kill(GRACE_MS);
    expect(command.stdout.read()).toBeNull();
    expect(await command.ended).toBe(ended);
    await untilNoneLeft();
  });

  test('platform 44: closing twice after the end is as good as once', async () => {
    const command = await startSend(`${world.source}/s@1`);
    await readAll(command);
    await command.kill(GRACE_MS);
    await command.kill(GRACE_MS);
    expect((await command.ended).exit).toEqual({ code: 0, signal: null });
  });

  test('platform 45: closing twice before the end is as good as once, at the same time too', async () => {
    const command = await startSend(`${world.source}@big`);
    await Promise.all([command.kill(GRACE_MS), command.kill(GRACE_MS)]);
    await command.kill(GRACE_MS);
    expect((await command.ended).exit.code).not.toBe(0);
    await untilNoneLeft();
  });
});

test('platform 46: an error in the middle of reading is told as it is, and closing still works', async () => {
  const { guest } = platform();
  await using link = await openLink({ targetPort: guest.sshPort });
  const host = hostOf(guest, link.port);
  try {
    const command = await startSend(`${world.source}@big`, host);
    const cut = link.cutAfterBytes(MIB, 'down');
    const reading = readAll(command);
    await cut;
    await expect(command.ended).rejects.toMatchObject({ code: 'connection-lost' });
    // The end of the stream may look like any other; only `ended` tells.
    expect(await reading.catch(() => 0)).toBeLessThan(32 * MIB);
    await command.kill(GRACE_MS);
    await command.kill(GRACE_MS);
    await expect(command.ended).rejects.toMatchObject({ code: 'connection-lost' });
    await untilNoneLeft();
  } finally {
    await host.close();
  }
});
