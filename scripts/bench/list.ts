/** All benches, in the order in which they run. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import { bundle } from '../build/bundle.ts';
import { ROOT } from '../lib/root.ts';
import { runInGuest } from './in-guest.ts';
import { type BenchRow, median, medianRatio } from './table.ts';

export interface Bench {
  readonly name: string;
  readonly summary: string;
  run(runs: number): Promise<readonly BenchRow[]>;
}

const MIB = 1024 ** 2;
const GIB = 1024 ** 3;
const numbers = z.array(z.number());

const planning: Bench = {
  name: 'planning',
  summary: 'planning for 1,000 datasets with 100 snapshots each, from recorded listings',
  run: async (runs) => {
    const schema = z.object({
      parseMs: z.number(),
      planMs: z.number(),
      rssMib: z.number(),
      spawnerPeakMib: z.number(),
    });
    const results: z.infer<typeof schema>[] = [];
    const script = join(ROOT, 'test', 'bench', 'planning.ts');
    const folder = mkdtempSync(join(tmpdir(), 'snapferry-planning-'));
    const node = promisify(execFile);
    try {
      await node(process.execPath, [script, 'record', folder, '1000', '100']);
      const snapferry = join(folder, 'snapferry.mjs');
      await bundle({ entry: join(ROOT, 'core', 'cli', 'main.ts'), outFile: snapferry, version: 'bench' });
      for (let run = 0; run < runs; run++) {
        const { stdout } = await node(process.execPath, [script, folder, snapferry]);
        results.push(schema.parse(JSON.parse(stdout)));
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
    const totalMs = results.map(({ parseMs, planMs }) => parseMs + planMs);
    return [
      {
        what: 'planning 1,000 datasets x 100 snapshots, both listings parsed',
        ours: `${median(totalMs).toFixed(0)} ms`,
        rival: '',
        ratio: null,
        goal: '< 1 s',
      },
      {
        what: 'highest resident memory of the process that starts commands',
        ours: `${median(results.map(({ spawnerPeakMib }) => spawnerPeakMib)).toFixed(0)} MiB`,
        rival: '',
        ratio: null,
        goal: '< 76 MiB (80 MB)',
      },
      {
        what: 'resident memory of the process that plans, with both listings in it',
        ours: `${median(results.map(({ rssMib }) => rssMib)).toFixed(0)} MiB`,
        rival: '',
        ratio: null,
        goal: '-',
      },
    ];
  },
};

const sshResult = z.object({
  oursMibPerS: numbers,
  opensshMibPerS: numbers,
  oursMedianMibPerS: z.number(),
  opensshMedianMibPerS: z.number(),
  peakRssMib: z.number(),
});

/** One transfer through ssh wavers by a quarter from the next, for either client, and takes seconds: so more of them. */
const SSH_ROUNDS_PER_RUN = 3;

function ssh(name: string, bytes: number, delayMs: number, goal: string): Bench {
  const rounds = delayMs === 0 ? SSH_ROUNDS_PER_RUN : 1;
  const line = delayMs > 0 ? ` over a line with ${delayMs} ms each way` : '';
  return {
    name,
    summary: `${bytes / GIB} GiB through ssh on loopback${line}, beside OpenSSH's client${rounds > 1 ? `; ${rounds} rounds for each run` : ''}`,
    run: async (runs) => {
      // In a process of its own, whose memory is that of nothing else.
      const args = [join(ROOT, 'test', 'bench', 'ssh-loopback.ts'), bytes / MIB, runs * rounds, delayMs].map(String);
      const { stdout } = await promisify(execFile)(process.execPath, args);
      const result = sshResult.parse(JSON.parse(stdout));
      return [
        {
          what: `throughput through ssh${line}, ${bytes / GIB} GiB, aes128-gcm`,
          ours: `${result.oursMedianMibPerS.toFixed(0)} MiB/s`,
          rival: `OpenSSH ${result.opensshMedianMibPerS.toFixed(0)} MiB/s`,
          ratio: medianRatio(result.oursMibPerS, result.opensshMibPerS),
          goal,
        },
        {
          what: `highest resident memory of our process${line}`,
          ours: `${result.peakRssMib.toFixed(0)} MiB`,
          rival: '',
          ratio: null,
          goal: 'bounded by the window',
        },
      ];
    },
  };
}

const localPush: Bench = {
  name: 'local-push',
  summary: '256 MiB from pool to pool in one guest, beside zfs send | zfs recv in a shell',
  run: async (runs) => {
    const schema = z.object({
      bytes: z.number(),
      oursMs: numbers,
      shellMs: numbers,
      engineShare: numbers,
      spawnerShare: numbers,
    });
    const result = schema.parse(await runInGuest('stable', ['local-push', '256', String(runs)]));
    const percent = (shares: readonly number[]) => `${(median(shares) * 100).toFixed(1)} %`;
    const rate = (ms: readonly number[]) => `${(result.bytes / MIB / (median(ms) / 1000)).toFixed(0)} MiB/s`;
    return [
      {
        what: 'local push of 256 MiB',
        ours: rate(result.oursMs),
        rival: `shell pipe ${rate(result.shellMs)}`,
        ratio: medianRatio(result.shellMs, result.oursMs),
        goal: '>= 0.95',
      },
      {
        what: "share of the engine's process in the processor time of the whole push",
        ours: percent(result.engineShare),
        rival: '',
        ratio: null,
        goal: '< 2 %',
      },
      {
        what: 'share of the process that starts programs, beside that',
        ours: percent(result.spawnerShare),
        rival: '',
        ratio: null,
        goal: '-',
      },
    ];
  },
};

function idle(name: string, flavour: 'stable' | 'backports', goalSyncoid: string): Bench {
  return {
    name,
    summary: `an idle cycle over 100 datasets x 10 snapshots (${flavour}), beside one listing per side and syncoid -r`,
    run: async (runs) => {
      const schema = z.object({
        zfsVersion: z.string(),
        oursMs: numbers,
        listingMs: numbers,
        syncoidMs: numbers,
        processes: z.number(),
      });
      const result = schema.parse(await runInGuest(flavour, ['idle-cycle', '100', '10', String(runs)]));
      const seconds = (ms: readonly number[]) => `${(median(ms) / 1000).toFixed(1)} s`;
      const what = `idle cycle, 100 datasets x 10 snapshots, ${result.zfsVersion}`;
      return [
        {
          what: `${what}: time beside one listing per side, side by side`,
          ours: `${seconds(result.oursMs)}, ${result.processes} processes`,
          rival: `listings ${seconds(result.listingMs)}`,
          ratio: medianRatio(result.oursMs, result.listingMs),
          goal: flavour === 'stable' ? '<= 1.3' : '-',
        },
        {
          what: `${what}: how often faster than syncoid -r`,
          ours: seconds(result.oursMs),
          rival: `syncoid ${seconds(result.syncoidMs)}`,
          ratio: medianRatio(result.syncoidMs, result.oursMs),
          goal: goalSyncoid,
        },
      ];
    },
  };
}

const prune: Bench = {
  name: 'prune',
  summary: '5,000 snapshots of one dataset destroyed in batches, beside 200 single destroys; once',
  run: async () => {
    const part = z.object({ snapshots: z.number(), ms: z.number(), processes: z.number() });
    const schema = z.object({ batched: part, single: part });
    const { batched, single } = schema.parse(await runInGuest('stable', ['prune', '5000', '200']));
    const each = ({ ms, snapshots }: z.infer<typeof part>) => `${(ms / snapshots).toFixed(1)} ms each`;
    return [
      {
        what: 'pruning 5,000 snapshots of one dataset',
        ours: `${each(batched)}, ${batched.processes} processes`,
        rival: `single destroys ${each(single)}`,
        ratio: single.ms / single.snapshots / (batched.ms / batched.snapshots),
        goal: '-',
      },
    ];
  },
};

const window: Bench = {
  name: 'window',
  summary:
    'the window in Chromium with 1,000 datasets x 100 snapshots to two destinations, its table scrolled for 6 s while half a job changes five times a second, beside an empty page scrolled in the same browser; without a graphics card',
  run: async (runs) => {
    const frames = z.object({ medianMs: z.number(), p95Ms: z.number(), over17: z.number(), over33: z.number() });
    const schema = z.array(z.object({ ours: frames, rival: frames, firstDataMs: z.number(), changes: z.number() }));
    const script = join(ROOT, 'test', 'bench', 'window.ts');
    const { stdout } = await promisify(execFile)(process.execPath, [script, String(runs)]);
    const results = schema.parse(JSON.parse(stdout));
    const row = (what: string, key: keyof z.infer<typeof frames>, goal: string): BenchRow => {
      const [ours, rival] = [results.map((one) => one.ours[key]), results.map((one) => one.rival[key])];
      const figure = (value: number) =>
        key.endsWith('Ms') ? `${value.toFixed(1)} ms` : `${(value * 100).toFixed(1)} %`;
      return {
        what,
        ours: figure(median(ours)),
        rival: `empty page ${figure(median(rival))}`,
        ratio: key.endsWith('Ms') ? medianRatio(ours, rival) : null,
        goal,
      };
    };
    return [
      row('time between frames, median', 'medianMs', '<= 16.7 ms'),
      row('time between frames, 95 of 100 below', 'p95Ms', '-'),
      row('frames later than 16.7 ms', 'over17', '-'),
      row('frames later than 33.4 ms', 'over33', '-'),
      {
        what: 'from opening the page to the first rows of the table',
        ours: `${median(results.map(({ firstDataMs }) => firstDataMs)).toFixed(0)} ms`,
        rival: '',
        ratio: null,
        goal: '< 1 s',
      },
    ];
  },
};

export const BENCHES: readonly Bench[] = [
  planning,
  ssh('ssh', 2 * GIB, 0, '>= 1.0'),
  ssh('ssh-delay', GIB / 4, 25, '>= 0.9'),
  localPush,
  idle('idle', 'stable', '>= 8'),
  idle('idle-2.3', 'backports', '>= 30'),
  prune,
  window,
];
