/** The engine's commands in a guest, started by the helper there instead of by a session each. */
import { ProblemError } from '../../../../core/api/problem.ts';
import type { CommandResult, ExitStatus, Host } from '../../../../core/host/types.ts';
import type { Pipe } from '../../../../core/zfs/cli-transfer.ts';
import type { Agent } from './agent.ts';

const SIGNALS: Readonly<Record<string, string>> = { '9': 'SIGKILL', '13': 'SIGPIPE', '15': 'SIGTERM' };

function exitOf(code: string | undefined, signal: string | undefined): ExitStatus {
  if (signal === undefined || signal === '0') return { code: Number(code), signal: null };
  return { code: null, signal: SIGNALS[signal] ?? `signal ${signal}` };
}

function refuseAborted(signal: AbortSignal | undefined, host: Host): void {
  if (signal?.aborted === true) throw new ProblemError('command-aborted', { host: host.label });
}

interface AgentEnd {
  readonly agent: Agent;
  readonly cutAfterBlocks: number | null;
}

const ends = new WeakMap<Host, AgentEnd>();

/** What never changes while a guest is up: what its zfs is, and what a pool can do. */
function isProbe(argv: readonly string[]): boolean {
  return argv.length === 2 || argv.some((word) => word.startsWith('feature@'));
}

/** `cutAfterBlocks`: the streams of its sends end after so many. */
export function agentHost(
  label: string,
  agent: Agent,
  probes: Map<string, Promise<CommandResult>>,
  cutAfterBlocks: number | null = null,
): Host {
  const start = async (argv: readonly string[], stdin: string): Promise<CommandResult> => {
    const [code, signal, stdout = '', stderr = ''] = await agent.ask('run', stdin, ...argv);
    return { exit: exitOf(code, signal), stdout, stderr, durationMs: 0 };
  };
  const host: Host = {
    label,
    kind: 'local',
    run: async (argv, { signal, stdin }) => {
      refuseAborted(signal, host);
      if (!isProbe(argv)) return start(argv, stdin === undefined ? '' : Buffer.from(stdin).toString());
      const key = argv.join('\n');
      const answer = probes.get(key) ?? start(argv, '');
      probes.set(key, answer);
      return answer;
    },
    start: () => Promise.reject(new Error('no command is started by itself here')),
    ping: async () => undefined,
    close: async () => undefined,
  };
  ends.set(host, { agent, cutAfterBlocks });
  return host;
}

/** Joins two commands of one guest there; the bytes never leave it. */
export const agentPipe: Pipe = async (source, sink, { signal, onSourceStderrLine }) => {
  refuseAborted(signal, sink.host);
  const from = ends.get(source.host);
  const to = ends.get(sink.host);
  if (from === undefined || from.agent !== to?.agent) throw new Error('the ends are in different guests');
  const cut = from.cutAfterBlocks === null ? '' : String(from.cutAfterBlocks);
  const answer = await from.agent.ask('transfer', cut, String(source.argv.length), ...source.argv, ...sink.argv);
  const [sourceCode, sourceSignal, words = '', sinkCode, sinkSignal, stdout = '', stderr = ''] = answer;
  for (const line of words.split('\n')) if (line !== '') onSourceStderrLine?.(line);
  return {
    source: { exit: exitOf(sourceCode, sourceSignal), stderr: words },
    sink: { exit: exitOf(sinkCode, sinkSignal), stdout, stderr },
    bytes: null,
    durationMs: 0,
  };
};
