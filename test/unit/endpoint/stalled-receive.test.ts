import { describe, expect, it } from 'vitest';
import { endStalledReceive } from '../../../core/endpoint/stalled-receive.ts';
import type { ReceivingProcess } from '../../../core/zfs/receiving-processes.ts';
import type { Zfs } from '../../../core/zfs/types.ts';
import { FakeClock } from '../doubles/fake-clock.ts';
import { MemoryZfs } from '../doubles/memory-zfs.ts';

const COPY = 'tank/backups/laptop/home';

interface Machine {
  /** The first process is there from the start; a look at `processes` shows what is there at that time. */
  readonly processes: (nowMs: number) => readonly ReceivingProcess[] | null;
  readonly token: (nowMs: number) => string;
  readonly interrupts?: boolean;
}

/** Ages are counted from the start of the test. */
const waiting = (pid: number) => (nowMs: number) => [{ pid, ageS: 600 + Math.floor(nowMs / 1000) }];

async function attempt({ processes, token, interrupts = true }: Machine) {
  const clock = new FakeClock();
  const ended: number[] = [];
  const zfs: Pick<Zfs, 'readBack'> = {
    readBack: async () =>
      new Map([
        [COPY, new Map([['receive_resume_token', { value: token(clock.monotonicMs()), source: 'none' as const }]])],
      ]),
  };
  const work = endStalledReceive(
    COPY,
    {
      zfs: Object.assign(new MemoryZfs({ label: 'nas' }), zfs),
      clock,
      processes: {
        list: async () => processes(clock.monotonicMs())?.filter(({ pid }) => !ended.includes(pid)) ?? null,
        interrupt: async ({ pid }) => {
          if (interrupts) ended.push(pid);
          return interrupts;
        },
      },
    },
    {},
  );
  return { done: await clock.runUntil(work), ended };
}

describe('endStalledReceive', () => {
  it('ends the one receive into which nothing has come for half a minute', async () => {
    expect(await attempt({ processes: waiting(7), token: () => '1-abc' })).toEqual({ done: true, ended: [7] });
  });

  it.each<[string, Machine]>([
    ['something still arrives', { processes: waiting(7), token: (nowMs) => `1-${nowMs}` }],
    ['it would keep nothing', { processes: waiting(7), token: () => '-' }],
    ['nothing receives', { processes: () => [], token: () => '1-abc' }],
    ['processes cannot be seen', { processes: () => null, token: () => '1-abc' }],
    ['two receive', { processes: (nowMs) => [...waiting(7)(nowMs), ...waiting(8)(nowMs)], token: () => '1-abc' }],
    ['another has taken its place', { processes: (nowMs) => waiting(nowMs > 0 ? 8 : 7)(nowMs), token: () => '1-abc' }],
    [
      'another has taken its number',
      { processes: (nowMs) => [{ pid: 7, ageS: nowMs > 0 ? 3 : 600 }], token: () => '1-abc' },
    ],
  ])('leaves it alone where %s', async (_, machine) => {
    expect(await attempt(machine)).toEqual({ done: false, ended: [] });
  });

  it('tells that it stays where it may not be ended', async () => {
    const kept = await attempt({ processes: waiting(7), token: () => '1-abc', interrupts: false });
    expect(kept).toEqual({ done: false, ended: [] });
  });
});
