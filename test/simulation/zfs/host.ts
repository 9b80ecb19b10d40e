/** A simulated machine as the host of the engine's commands: argument vectors in, text and exit status out. */
import type { Clock } from '../../../core/api/clock.ts';
import { ProblemError } from '../../../core/api/problem.ts';
import { stuckProblem } from '../../../core/host/errors.ts';
import type { Argv, CommandResult, Host, PipeResult, RunOptions } from '../../../core/host/types.ts';
import type { Pipe } from '../../../core/zfs/cli-transfer.ts';
import { destroySnapshotsCommand } from './destroying.ts';
import { type Call, checkNotRebooted, type OnEffect } from './effects.ts';
import { usageOf, versionCommand } from './installation.ts';
import { createCommand, setCommand, snapshotCommand } from './making.ts';
import { bookmarkCommand, destroyBookmarkCommand, holdCommand, releaseCommand } from './marking.ts';
import { fail, type Output, readOptions } from './output.ts';
import { abortReceiveCommand, sendAndReceive } from './pipe.ts';
import type { Plugs } from './plugs.ts';
import { getCommand, holdsCommand, listCommand, zpoolGetCommand } from './reading.ts';
import { estimateCommand } from './sending.ts';
import type { Machine, World } from './world.ts';
import { type Middle, poolCommandOf, zpoolCommand } from './zpool.ts';

export interface SimHostOptions {
  readonly world: World;
  readonly machine: Machine;
  /** Told of every change; without it nothing is, and transfers have no points in between. */
  readonly onEffect?: OnEffect;
  /** Asked before every command but listings that need none: may refuse it, or keep it waiting. */
  readonly onCommand?: (argv: Argv) => undefined | Promise<undefined>;
  /** Told what commands complained of. */
  readonly onComplaint?: (stderr: string) => void;
  /** Gives up on commands that hang, after their deadline. Without it they hang until the pool is back. */
  readonly clock?: Pick<Clock, 'sleep'>;
  /** The streams of all sends end after so many blocks. */
  readonly cutSendsAfterBlocks?: number;
  /** What is plugged into the machine; without it no pool of it comes or goes by commands. */
  readonly plugs?: Plugs;
  /** Asked in the middle of a command that brings a pool in or out: may keep it waiting. */
  readonly onMiddle?: Middle;
}

export interface SimHost extends Host {
  readonly settings: SimHostOptions;
}

const hosts = new WeakMap<Host, SimHost>();

export function simHostOf(host: Host): SimHost {
  const found = hosts.get(host);
  if (found === undefined) throw new Error(`${host.label} is no simulated host`);
  return found;
}

/** Options of one letter of the commands that take operands only, and of those with values. */
const LIST_OPTIONS = ['Hpr', 'dto'] as const;

async function zfs(call: Call, [command = '', ...args]: readonly string[]): Promise<Output> {
  const { machine } = call;
  if (command === 'version') return versionCommand(machine);
  if (args.length === 0) return usageOf(command) ?? fail(`unrecognized command '${command}'`, 2);
  if (command === 'send') return estimateCommand(machine, args);
  if (command === 'hold') return holdCommand(call, args);
  if (command === 'release') return releaseCommand(call, args);
  if (command === 'receive' && args[0] === '-A') return abortReceiveCommand(call, args[1] ?? '');
  const [flags, withValue] =
    command === 'list' || command === 'get' ? LIST_OPTIONS : command === 'create' ? ['u', 'o'] : ['H', ''];
  const options = readOptions(args, flags, withValue);
  const [first = ''] = options?.operands ?? [];
  if (options === null) return fail(`invalid option\nusage:\n\t${command}`, 2);
  switch (command) {
    case 'list':
      return listCommand(machine, options);
    case 'get':
      return getCommand(machine, options);
    case 'holds':
      return holdsCommand(machine, options);
    case 'snapshot':
      return snapshotCommand(call, options.operands);
    case 'create':
      return createCommand(call, options);
    case 'set':
      return setCommand(call, options.operands);
    case 'bookmark':
      return bookmarkCommand(call, options.operands);
    case 'destroy':
      return first.includes('#') ? destroyBookmarkCommand(call, first) : destroySnapshotsCommand(call, first);
    default:
      return fail(`unrecognized command '${command}'`, 2);
  }
}

/**
 * Work that may hang in the kernel. Whoever waits is let go when it hangs too long or is no longer wanted; the work itself
 * goes on when the pool is back, as an abandoned command does.
 */
function patiently<T>(
  settings: SimHostOptions,
  argv: Argv,
  { signal, deadlineMs }: { readonly signal: AbortSignal | undefined; readonly deadlineMs: number },
  work: (call: Call) => Promise<T>,
): Promise<T> {
  const { world, machine, clock } = settings;
  return new Promise((resolve, reject) => {
    const giveUp = (): void => reject(stuckProblem(argv, machine.name));
    let patience: AbortController | undefined;
    const onStall = (): void => {
      if (patience !== undefined) return;
      patience = new AbortController();
      if (signal?.aborted === true) giveUp();
      signal?.addEventListener('abort', giveUp, { once: true, signal: patience.signal });
      clock?.sleep(deadlineMs, patience.signal).then(giveUp, () => undefined);
    };
    work({ world, machine, boots: machine.boots, onEffect: settings.onEffect ?? null, signal, onStall })
      .then(resolve, reject)
      .finally(() => patience?.abort());
  });
}

/** Lets a command begin where the pool it is about lets it, and counts it while it changes that pool. */
async function admitted<T>(
  { plugs }: SimHostOptions,
  argv: Argv,
  call: Call,
  instead: (answer: Output) => T,
  work: () => Promise<T>,
): Promise<T> {
  const about = plugs === undefined ? null : poolCommandOf(argv);
  if (plugs === undefined || about === null) return work();
  const gate = plugs.admit(about.isCure ? '' : about.pool, about.isChange);
  if (gate !== undefined) {
    call.onStall();
    const answer = await gate;
    checkNotRebooted(call);
    if (answer !== null) return instead(answer);
  }
  return about.isChange ? plugs.changing(about.pool, work) : work();
}

/** `zpool`: only where drives are plugged in more than one question. */
async function zpool({ plugs, machine, onMiddle }: SimHostOptions, argv: Argv, call: Call): Promise<Output> {
  const middle: Middle = async (command) => onMiddle?.(command);
  const answer = plugs === undefined ? null : zpoolCommand(plugs, argv, middle);
  if (answer === null) return zpoolGetCommand(machine, argv.at(-1) ?? '');
  call.onStall();
  const output = await answer;
  checkNotRebooted(call);
  return output;
}

export function createSimHost(settings: SimHostOptions): SimHost {
  const { machine, plugs } = settings;
  const run = async (argv: Argv, options: RunOptions): Promise<CommandResult> => {
    const { signal, deadlineMs } = options;
    if (signal?.aborted === true) throw new ProblemError('command-aborted', { host: machine.name });
    const asked = settings.onCommand?.(argv);
    if (asked !== undefined) await asked;
    const [program, ...args] = argv;
    const isPool = program.endsWith('zpool');
    const begin = (call: Call) => (isPool ? zpool(settings, argv, call) : zfs(call, args));
    const output =
      isPool && plugs === undefined
        ? zpoolGetCommand(machine, args.at(-1) ?? '')
        : await patiently(settings, argv, { signal, deadlineMs }, (call) =>
            plugs === undefined
              ? begin(call)
              : admitted(
                  settings,
                  argv,
                  call,
                  (answer) => answer,
                  () => begin(call),
                ),
          );
    const { code, stdout, stderr } = output;
    if (stderr !== '') settings.onComplaint?.(stderr);
    return { exit: { code, signal: null }, stdout, stderr, durationMs: 0 };
  };
  const host: SimHost = {
    settings,
    label: machine.name,
    kind: 'local',
    run,
    start: () => Promise.reject(new Error('a simulated command cannot be started by itself')),
    ping: async () => undefined,
    close: async () => undefined,
  };
  hosts.set(host, host);
  return host;
}

/** Joins a send and a receive of simulated hosts, in place of the `pipe` of core/host. */
export const simPipe: Pipe = async (sourceEnd, sinkEnd, options): Promise<PipeResult> => {
  const source = simHostOf(sourceEnd.host).settings;
  const sink = simHostOf(sinkEnd.host).settings;
  const { signal, stallMs } = options;
  const asked = sink.onCommand?.(sinkEnd.argv);
  if (asked !== undefined) await asked;
  if (signal?.aborted === true) throw new ProblemError('command-aborted', { host: sourceEnd.host.label });
  const transfer = (call: Call) =>
    sendAndReceive(
      {
        call: { ...call, world: source.world, machine: source.machine, boots: source.machine.boots },
        args: sourceEnd.argv.slice(2),
        cutAfterBlocks: source.cutSendsAfterBlocks ?? null,
        onStderrLine: (line) => options.onSourceStderrLine?.(line),
      },
      { call, args: sinkEnd.argv.slice(2) },
    );
  const instead = ({ code, stdout, stderr }: Output): Awaited<ReturnType<typeof transfer>> => ({
    source: { exit: { code: null, signal: 'SIGPIPE' }, stderr: '' },
    sink: { exit: { code, signal: null }, stdout, stderr },
  });
  const ends = await patiently(sink, sinkEnd.argv, { signal, deadlineMs: stallMs }, (call) =>
    sink.plugs === undefined ? transfer(call) : admitted(sink, sinkEnd.argv, call, instead, () => transfer(call)),
  );
  for (const { stderr } of [ends.source, ends.sink]) if (stderr !== '') sink.onComplaint?.(stderr);
  return { ...ends, bytes: null, durationMs: 0 };
};
