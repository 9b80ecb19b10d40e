import { PassThrough } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Conditions, UNKNOWN_CONDITIONS } from '../../../core/api/conditions.ts';
import { parseConfig } from '../../../core/config/parse-config.ts';
import { ConditionsWatch } from '../../../core/helper/conditions-watch.ts';
import { KeepAwake } from '../../../core/helper/keep-awake.ts';
import { type Machine, meteredOf, type PowerSupply, powerOf } from '../../../core/host/machine.ts';
import type { RunningCommand } from '../../../core/host/types.ts';
import { heldByConditions, keepsAwake, WAKE_GRACE_MS } from '../../../core/job/conditions.ts';
import { SILENT_LOG } from '../../../core/monitoring/log.ts';
import { dataset, job, NOW_MS, replicating, step } from '../cli/support/example-status.ts';
import { pushText } from '../job/support.ts';
import { FakeClock } from './support/fake-clock.ts';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const SINCE = { powerMs: 1, networkMs: 2 };
const conditions = (change: Partial<Conditions>): Conditions => ({ ...UNKNOWN_CONDITIONS, ...change });

describe('what holds a job back', () => {
  it('is only what it waits for, and only what is known', () => {
    const bad = conditions({ power: 'battery', network: 'metered' });
    expect(heldByConditions([], bad, SINCE, NOW_MS)).toEqual([]);
    expect(heldByConditions(['mains', 'unmetered'], UNKNOWN_CONDITIONS, SINCE, NOW_MS)).toEqual([]);
    expect(heldByConditions(['mains', 'unmetered'], bad, SINCE, NOW_MS)).toEqual([
      { reason: 'on-battery', sinceMs: 1, untilMs: null },
      { reason: 'metered', sinceMs: 2, untilMs: null },
    ]);
  });

  it('is sleep that has just ended, for a moment and no longer, whatever the clock does', () => {
    const at = (wokeAtMs: number) => heldByConditions([], conditions({ wokeAtMs }), SINCE, NOW_MS);
    expect(at(NOW_MS)).toEqual([{ reason: 'just-woke', sinceMs: NOW_MS, untilMs: NOW_MS + WAKE_GRACE_MS }]);
    expect(at(NOW_MS - WAKE_GRACE_MS + 1)).toHaveLength(1);
    expect(at(NOW_MS - WAKE_GRACE_MS)).toEqual([]);
    expect(at(NOW_MS + 1)).toEqual([]);
  });

  it('is read from the configuration', () => {
    const parse = (more: string) => parseConfig(`jobs:${pushText({ more })}`, { fileName: 'f' }).config?.jobs[0];
    const found = parse('wait_for: [unmetered, mains]');
    expect(found?.type === 'push' && found.waitFor).toEqual(['unmetered', 'mains']);
    expect(parse('wait_for: [wind]')).toBeUndefined();
  });
});

describe('a run that must not be cut short by sleep', () => {
  const running = (reason: 'run' | 'snapshots', kind: 'full' | 'incremental') =>
    job('a', {
      stage: 'replicating',
      lastWake: { atMs: NOW_MS, reason },
      replication: replicating([dataset('p/a', { steps: [step({ kind })] })]),
    });

  it('is one that somebody asked for, or a first copy, while it is at work', () => {
    expect(keepsAwake(running('run', 'incremental'))).toBe(true);
    expect(keepsAwake(running('snapshots', 'full'))).toBe(true);
    expect(keepsAwake(running('snapshots', 'incremental'))).toBe(false);
    expect(keepsAwake({ ...running('run', 'full'), stage: 'idle' })).toBe(false);
    expect(keepsAwake({ ...running('run', 'full'), stage: 'refused' })).toBe(false);
  });
});

describe('what the machine says', () => {
  const supply = (change: Partial<PowerSupply>): PowerSupply => ({
    type: 'Battery',
    online: '',
    status: '',
    scope: '',
    ...change,
  });
  it.each([
    ['a desktop', [], 'mains'],
    ['a plugged laptop', [supply({ status: 'Charging' }), supply({ type: 'Mains', online: '1' })], 'mains'],
    ['a full one that does not name its plug', [supply({ status: 'Full' })], 'mains'],
    ['a laptop on the sofa', [supply({ status: 'Discharging' }), supply({ type: 'Mains', online: '0' })], 'battery'],
    ['one fed by USB', [supply({ status: 'Discharging' }), supply({ type: 'USB', online: '1' })], 'mains'],
    ['a desktop with a mouse', [supply({ status: 'Discharging', scope: 'Device' })], 'mains'],
    ['something else', [supply({ status: 'Unknown' })], 'unknown'],
  ] as const)('%s', (_, supplies, power) => {
    expect(powerOf(supplies)).toBe(power);
  });

  it('of the network is a guess or an answer, and unknown for anything else', () => {
    const said = (data: unknown) => meteredOf(JSON.stringify({ type: 'u', data }));
    expect([0, 1, 2, 3, 4, 5].map(said)).toEqual([
      'unknown',
      'metered',
      'unmetered',
      'metered',
      'unmetered',
      'unknown',
    ]);
    expect(meteredOf('{"type":"s","data":1}')).toBe('unknown');
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => void meteredOf(text)));
  });
});

describe('watching the machine', () => {
  function setUp(waitFor: readonly ('mains' | 'unmetered')[]) {
    const clock = new FakeClock();
    const facts = { power: 'mains' as Conditions['power'], asleepMs: 0, asked: 0 };
    const machine: Machine = {
      power: async () => facts.power,
      network: async () => {
        facts.asked += 1;
        return 'metered';
      },
      asleepMs: () => facts.asleepMs,
    };
    const watch = new ConditionsWatch(
      machine,
      [
        { name: 'a', type: 'push', waitFor },
        { name: 'snap', type: 'snap' },
      ],
      clock,
    );
    let changes = 0;
    watch.onChange(() => {
      changes += 1;
    });
    const abort = new AbortController();
    const running = watch.run(abort.signal);
    const look = async () => {
      await turn();
      await clock.advance(15_000);
      await turn();
    };
    const stop = async () => {
      abort.abort();
      await running;
    };
    return { clock, facts, watch, look, changes: () => changes, stop };
  }

  it('tells of a plug that is pulled and put back, and does not ask for the network in vain', async () => {
    const { facts, watch, look, changes, clock, stop } = setUp(['mains']);
    await look();
    expect([watch.now.power, watch.heldOf('a'), changes()]).toEqual(['mains', [], 1]);
    facts.power = 'battery';
    await look();
    expect(watch.heldOf('a')).toEqual([{ reason: 'on-battery', sinceMs: clock.nowMs(), untilMs: null }]);
    expect(watch.heldOf('snap')).toEqual([]);
    await look();
    expect(changes()).toBe(2);
    facts.power = 'mains';
    await look();
    expect([watch.heldOf('a'), changes(), facts.asked]).toEqual([[], 3, 0]);
    await stop();
  });

  it('notices sleep by the clocks, gives a grace, and tells of its end', async () => {
    const { facts, watch, look, changes, stop } = setUp([]);
    await look();
    facts.asleepMs = 3_600_000;
    await look();
    expect(watch.heldOf('a')).toMatchObject([{ reason: 'just-woke' }]);
    const before = changes();
    await look();
    await look();
    expect(watch.heldOf('a')).toEqual([]);
    expect(changes()).toBeGreaterThan(before);
    await stop();
  });

  it('asks for the network where a job waits for it', async () => {
    const { facts, watch, look, stop } = setUp(['unmetered']);
    await look();
    expect([facts.asked > 0, watch.heldOf('a')[0]?.reason]).toEqual([true, 'metered']);
    await stop();
  });

  it('knows and holds back nothing where there is nothing to look at', async () => {
    const watch = new ConditionsWatch(null, [{ name: 'a', type: 'push', waitFor: ['mains'] }], new FakeClock());
    await watch.run(new AbortController().signal);
    expect([watch.now, watch.heldOf('a')]).toEqual([UNKNOWN_CONDITIONS, []]);
  });
});

describe('keeping the machine awake', () => {
  function setUp(fails = false) {
    const calls: string[] = [];
    const host = {
      start: async (argv: readonly string[]): Promise<RunningCommand> => {
        if (fails) throw new Error('no such program');
        calls.push(argv[0] ?? '');
        const stdin = new PassThrough();
        stdin.on('finish', () => calls.push('input ended'));
        return {
          stdin,
          stdout: new PassThrough(),
          ended: new Promise(() => {}),
          kill: async () => void calls.push('ended'),
        };
      },
    };
    return { awake: new KeepAwake(host, SILENT_LOG), calls };
  }

  it('takes one lock while it is wanted, and lets go', async () => {
    const { awake, calls } = setUp();
    awake.want(false);
    awake.want(true);
    awake.want(true);
    await turn();
    expect(calls).toEqual(['systemd-inhibit']);
    awake.want(false);
    await turn();
    expect(calls).toEqual(['systemd-inhibit', 'ended', 'input ended']);
    awake.want(true);
    await awake.stop();
    expect(calls.filter((call) => call === 'systemd-inhibit')).toHaveLength(2);
    expect(calls.filter((call) => call === 'ended')).toHaveLength(2);
  });

  it('gives up where there is nobody to ask', async () => {
    const { awake, calls } = setUp(true);
    awake.want(true);
    await turn();
    awake.want(false);
    awake.want(true);
    await awake.stop();
    expect(calls).toEqual([]);
  });
});
