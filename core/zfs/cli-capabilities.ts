/** What the installation on a host can do: asked once, kept; failures are asked again. */
import type { Clock } from '../api/clock.ts';
import { type CliRunner, succeeded } from './cli-runner.ts';
import { checkDataset, poolOf } from './names.ts';
import {
  featureUsable,
  hasNoVersionCommand,
  OLD_VERSIONS,
  parseZfsVersions,
  readCapabilities,
  type ZfsVersions,
} from './parse-capabilities.ts';
import { askOnce } from './single-flight.ts';
import type { Capabilities, Ctx, Zfs } from './types.ts';

/** A pool that cannot keep partial state may be upgraded; one that can will not lose that. */
export const POOL_RECHECK_MS = 30_000;

/** The usage text of a command. zfs prints it on its standard error and fails. */
async function usageOf(runner: CliRunner, command: string): Promise<string> {
  const invocation = { operation: 'probe', names: [], args: [command], deadlineMs: runner.deadlines.probeMs } as const;
  const result = await runner.run(invocation);
  const { code } = result.exit;
  if (code === null || code === 0 || code >= 126) throw runner.problem(invocation, result);
  return result.stderr + result.stdout;
}

async function versionsOf(runner: CliRunner): Promise<ZfsVersions> {
  const invocation = {
    operation: 'version',
    names: [],
    args: ['version'],
    deadlineMs: runner.deadlines.probeMs,
  } as const;
  const result = await runner.run(invocation);
  if (succeeded(result)) return parseZfsVersions(result.stdout);
  if (hasNoVersionCommand(result.stderr)) return OLD_VERSIONS;
  throw runner.problem(invocation, result);
}

async function ask(runner: CliRunner): Promise<Capabilities> {
  const [versions, send, receive, destroy, loadKey] = await Promise.all([
    versionsOf(runner),
    usageOf(runner, 'send'),
    usageOf(runner, 'receive'),
    usageOf(runner, 'destroy'),
    usageOf(runner, 'load-key'),
  ]);
  return readCapabilities(versions, { send, receive, destroy, loadKey });
}

export function createCapabilities(
  runner: CliRunner,
  clock: Pick<Clock, 'monotonicMs'>,
): Pick<Zfs, 'capabilities' | 'poolResumable'> {
  const capabilities = askOnce(() => ask(runner), runner.host.label);
  const resumable = new Set<string>();
  const notResumableAtMs = new Map<string, number>();

  const poolResumable = async (pool: string, ctx?: Ctx): Promise<boolean> => {
    checkDataset(pool);
    const name = poolOf(pool);
    if (!(await capabilities(ctx)).resumableReceive) return false;
    if (resumable.has(name)) return true;
    const askedAtMs = notResumableAtMs.get(name);
    if (askedAtMs !== undefined && clock.monotonicMs() - askedAtMs < POOL_RECHECK_MS) return false;
    const invocation = {
      operation: 'get',
      names: [name],
      args: ['get', '-H', '-p', '-o', 'value', 'feature@extensible_dataset', name],
      deadlineMs: runner.deadlines.probeMs,
      ctx,
    } as const;
    const result = await runner.runZpool(invocation);
    if (!succeeded(result)) throw runner.problem(invocation, result);
    if (featureUsable(result.stdout)) {
      resumable.add(name);
      return true;
    }
    notResumableAtMs.set(name, clock.monotonicMs());
    return false;
  };
  return { capabilities, poolResumable };
}
