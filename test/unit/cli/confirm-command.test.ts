import { describe, expect, it } from 'vitest';
import { userSocketPath } from '../../../core/api/socket-path.ts';
import { EXIT } from '../../../core/cli/exit.ts';
import { FakeJob } from '../helper/support/fake-job.ts';
import { RunningDaemon } from '../helper/support/running-daemon.ts';
import { CommandLine } from './support/command-line.ts';
import { until } from './support/fake-io.ts';

/** A user's command that waits for consent, and the number it tells. */
async function asking(daemon: RunningDaemon, ...args: readonly string[]) {
  const cli = new CommandLine();
  const socket = userSocketPath(daemon.socketPath, daemon.users[0]?.uid ?? 0);
  const code = cli.run(...args, '--socket', socket);
  await until(() => cli.io.err.includes('Waiting'));
  const nonce = /confirm ([0-9a-f]{32})/.exec(cli.io.err)?.[1] ?? '';
  return { cli, code, nonce };
}

describe('snapferry confirm', () => {
  it('shows who asks for what, and has it done when the person at the terminal agrees', async () => {
    await using daemon = await RunningDaemon.start([new FakeJob('a')]);
    const { cli, code, nonce } = await asking(daemon, 'pause', '--until', 'told');
    expect(cli.io.err).toContain('An administrator has to agree: Pause all jobs until told otherwise');
    const root = new CommandLine();
    root.io.canAsk = true;
    const confirming = root.run('confirm', nonce, '--socket', daemon.socketPath);
    await until(() => root.io.err.includes('[y/N]'));
    expect(root.io.err).toContain(`alice (${daemon.users[0]?.uid}) asks for this:\n  Pause all jobs`);
    const digest = /digest ([0-9a-f]{64})/.exec(root.io.err)?.[1];
    expect(cli.io.err).toContain(`(digest ${digest})`);
    expect(daemon.pauses.text).toBeNull();
    root.io.press('y');
    expect([await confirming, await code]).toEqual([EXIT.ok, EXIT.ok]);
    expect(cli.io.out).toContain('All jobs are paused until told to go on.');
    expect(root.io.listenerCount).toBe(0);
  });

  it.each(['n', '\r', '\u0003', 'x'])('does nothing for the key %j', async (key) => {
    await using daemon = await RunningDaemon.start([new FakeJob('a')]);
    const { cli, code, nonce } = await asking(daemon, 'pause', '--until', 'told');
    const root = new CommandLine();
    root.io.canAsk = true;
    const confirming = root.run('confirm', nonce, '--socket', daemon.socketPath);
    await until(() => root.io.err.includes('[y/N]'));
    root.io.press(key);
    expect([await confirming, await code]).toEqual([EXIT.cancelled, EXIT.failed]);
    expect(cli.io.err).toContain('No administrator agreed: refused.');
    expect(daemon.pauses.text).toBeNull();
  });

  it('lists the marks that would be lost', async () => {
    const job = new FakeJob('a');
    const row = {
      type: 'step-hold' as const,
      side: 'sender' as const,
      host: 'this machine',
      dataset: 'p/a',
      fullName: 'p/a@1',
      tag: 'zrepl_STEP_J_a',
      job: 'a',
      guid: '1',
      createtxg: '2',
      stale: true,
    };
    job.releases = [{ row, outcome: 'released', problem: null }];
    await using daemon = await RunningDaemon.start([job]);
    const { code, nonce } = await asking(daemon, 'abstractions', 'release-all', '--job', 'a');
    const root = new CommandLine();
    expect(await root.run('confirm', nonce, '--yes', '--json', '--socket', daemon.socketPath)).toBe(EXIT.ok);
    expect(root.io.err).toContain('    this machine: p/a@1 (zrepl_STEP_J_a)\n');
    expect(JSON.parse(root.io.out)).toMatchObject({ state: 'done' });
    expect(await code).toBe(EXIT.ok);
  });

  it('started by pkexec, needs no key, but must have been started by who asked', async () => {
    await using daemon = await RunningDaemon.start([new FakeJob('a')]);
    const first = await asking(daemon, 'pause', '--until', 'told');
    const eve = new CommandLine();
    eve.io.env.PKEXEC_UID = '4242';
    expect(await eve.run('confirm', first.nonce, '--socket', daemon.socketPath)).toBe(EXIT.failed);
    expect(eve.io.err).toContain('another user has asked for it');
    expect(await first.code).toBe(EXIT.failed);
    const second = await asking(daemon, 'pause', '--until', 'told');
    const alice = new CommandLine();
    alice.io.env.PKEXEC_UID = String(daemon.users[0]?.uid);
    expect(await alice.run('confirm', second.nonce, '--socket', daemon.socketPath)).toBe(EXIT.ok);
    expect(await second.code).toBe(EXIT.ok);
  });

  it('is for root, and for numbers that wait', async () => {
    await using daemon = await RunningDaemon.start([]);
    const user = new CommandLine();
    const socket = userSocketPath(daemon.socketPath, daemon.users[0]?.uid ?? 0);
    expect(await user.run('confirm', 'a'.repeat(32), '--socket', socket)).toBe(EXIT.failed);
    expect(user.io.err).toContain('Only root may do this.');
    const root = new CommandLine();
    expect(await root.run('confirm', 'a'.repeat(32), '--socket', daemon.socketPath)).toBe(EXIT.failed);
    expect(await root.run('confirm', '../etc', '--socket', daemon.socketPath)).toBe(EXIT.failed);
    expect(root.io.err).toContain('There is nothing of that number to confirm.');
  });
});
