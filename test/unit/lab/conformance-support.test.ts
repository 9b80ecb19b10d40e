/** The parts between the conformance cases and a guest that need no guest. */
import { expect, it } from 'vitest';
import { agentHost, agentPipe } from '../../lab/conformance/support/host.ts';
import { keepLedger } from '../../lab/conformance/support/ledger.ts';

function fakeAgent(answers: readonly (readonly string[])[]) {
  const asked: (readonly string[])[] = [];
  const left = [...answers];
  const ask = async (...words: readonly string[]) => {
    asked.push(words);
    return left.shift() ?? [];
  };
  return { asked, ask, end: async () => undefined };
}

it('a ledger tells reading from changing, and one case from the next', async () => {
  const ledger = keepLedger(fakeAgent([]));
  await ledger.ask('run', '', '/usr/sbin/zfs', 'get', 'guid', 'p p/a case 1/b@1');
  await ledger.ask('digest', 'filesystem', 'p p/a case 1');
  expect([ledger.changesOf('p p/a case 1'), ledger.isTouched('p p/a case 1')]).toEqual([0, true]);
  await ledger.ask('run', '', '/usr/sbin/zfs', 'snapshot', 'p p/a case 1@1', 'p p/a case 1/b@1');
  expect([ledger.changesOf('p p/a case 1'), ledger.changesOf('p p/a case 10')]).toEqual([1, 0]);
  ledger.clean('p p/a case 1');
  expect([ledger.isTouched('p p/a case 1'), ledger.isTouched('p p')]).toEqual([false, false]);
});

it('a ledger tells what may make or remove datasets from what cannot', async () => {
  const ledger = keepLedger(fakeAgent([]));
  await ledger.ask('append', 'filesystem', 'p/s/a', '3');
  await ledger.ask('run', '', '/usr/sbin/zfs', 'snapshot', 'p/s/a@1');
  expect([ledger.changesOf('p/s'), ledger.makingsOf('p/s')]).toEqual([2, 0]);
  await ledger.ask('run', '', '/usr/sbin/zfs', 'create', 'p/s/b');
  await ledger.ask('run', '', '/usr/sbin/zfs', 'rollback', '-r', 'p/s/a@1');
  await ledger.ask('transfer', '', '3', 'zfs', 'send', 'p/t/a@1', 'zfs', 'receive', 'p/s/a@1');
  expect([ledger.makingsOf('p/s'), ledger.makingsOf('p/t')]).toEqual([3, 0]);
});

it('a ledger takes a transfer for a change of its target alone', async () => {
  const ledger = keepLedger(fakeAgent([]));
  await ledger.ask('transfer', '', '3', 'zfs', 'send', 'p/s/a@1', 'zfs', 'receive', 'q/t/a@1');
  expect([ledger.changesOf('p/s'), ledger.changesOf('q/t')]).toEqual([0, 1]);
  expect([ledger.isTouched('p/s'), ledger.isTouched('q/t')]).toEqual([true, true]);
});

it('a command ends as it ended in the guest, and what never changes is asked once', async () => {
  const agent = fakeAgent([
    ['1', '0', 'out', 'err'],
    ['0', '9', '', ''],
    ['0', '0', '2.1', ''],
  ]);
  const host = agentHost('nas', agent, new Map());
  const options = { deadlineMs: 1 };
  expect(await host.run(['zfs', 'list', 'a'], options)).toMatchObject({
    exit: { code: 1, signal: null },
    stdout: 'out',
    stderr: 'err',
  });
  expect((await host.run(['zfs', 'list', 'a'], options)).exit).toEqual({ code: null, signal: 'SIGKILL' });
  expect((await host.run(['zfs', 'version'], options)).stdout).toBe('2.1');
  expect((await host.run(['zfs', 'version'], options)).stdout).toBe('2.1');
  expect(agent.asked).toHaveLength(3);
  await expect(host.run(['zfs', 'list', 'a'], { ...options, signal: AbortSignal.abort() })).rejects.toMatchObject({
    code: 'command-aborted',
  });
});

it('a pipe is one request, with both ends and all their words', async () => {
  const agent = fakeAgent([['0', '13', 'size\t5\nwords\n', '0', '0', '', 'warning']]);
  const lines: string[] = [];
  const result = await agentPipe(
    { host: agentHost('nas', agent, new Map(), 2), argv: ['zfs', 'send', 'p/s@1'] },
    { host: agentHost('nas', agent, new Map()), argv: ['zfs', 'receive', 'q/t'] },
    { stallMs: 1, onSourceStderrLine: (line) => lines.push(line) },
  );
  expect(agent.asked).toEqual([['transfer', '2', '3', 'zfs', 'send', 'p/s@1', 'zfs', 'receive', 'q/t']]);
  expect(result.source.exit).toEqual({ code: null, signal: 'SIGPIPE' });
  expect(result.sink).toEqual({ exit: { code: 0, signal: null }, stdout: '', stderr: 'warning' });
  expect(lines).toEqual(['size\t5', 'words']);
});
