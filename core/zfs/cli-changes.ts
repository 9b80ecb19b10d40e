/** Changes that make or set something: snapshots, placeholders, properties. See zfs-snapshot(8), zfs-create(8), zfs-set(8). */
import { ProblemError } from '../api/problem.ts';
import { placeholderArgs, snapshotArgs } from './change-args.ts';
import { type CliRunner, type Invocation, succeeded } from './cli-runner.ts';
import { checkDataset, datasetOf, parentOf, poolOf, propertyAssignment, showName, snapshotName } from './names.ts';
import type { Capabilities, Ctx, Zfs } from './types.ts';

/** Said, with exit status 1, to those who may create but not mount; the dataset is there. */
const CREATED_UNMOUNTED = 'filesystem successfully created, but it may only be mounted by root';

function refuse(name: string, reason: string): ProblemError {
  return new ProblemError('name-invalid', { name: showName(name), reason });
}

/** The full names for one atomic command. @throws ProblemError `name-invalid` for what zfs would refuse as a whole */
export function snapshotTargets(
  targets: readonly { readonly dataset: string; readonly name: string }[],
): readonly string[] {
  const datasets = new Set<string>();
  const names = targets.map(({ dataset, name }) => {
    const fullName = snapshotName(dataset, name);
    if (datasets.has(dataset)) throw refuse(fullName, 'one command takes one snapshot of a dataset');
    datasets.add(dataset);
    return fullName;
  });
  const pools = new Set(names.map(poolOf));
  if (pools.size > 1) throw refuse([...pools].join(', '), 'one command takes snapshots of one pool');
  return names;
}

export function createChanges(
  runner: CliRunner,
  capabilities: (ctx?: Ctx) => Promise<Capabilities>,
): Pick<Zfs, 'snapshot' | 'createPlaceholder' | 'setProperties'> {
  const { changeMs } = runner.deadlines;
  return {
    snapshot: async (targets, ctx) => {
      const names = snapshotTargets(targets);
      if (names.length === 0) return;
      await runner.succeed({
        operation: 'snapshot',
        // A missing dataset is reported by its own name.
        names: [...names, ...names.map(datasetOf)],
        args: snapshotArgs(names),
        deadlineMs: changeMs,
        ctx,
      });
    },

    createPlaceholder: async (dataset, { encryption }, ctx) => {
      checkDataset(dataset);
      if (parentOf(dataset) === null) throw refuse(dataset, 'a pool is never created');
      const args = placeholderArgs(dataset, encryption, await capabilities(ctx));
      const invocation: Invocation = { operation: 'create', names: [dataset], args, deadlineMs: changeMs, ctx };
      const result = await runner.run(invocation);
      const created = result.stderr.split('\n').some((line) => line === CREATED_UNMOUNTED);
      if (!succeeded(result) && !created) throw runner.problem(invocation, result);
    },

    setProperties: async (dataset, properties, ctx) => {
      checkDataset(dataset);
      const assignments = properties.map(([name, value]) => propertyAssignment(name, value));
      if (assignments.length === 0) return;
      const args = ['set', ...assignments, dataset];
      await runner.succeed({ operation: 'set', names: [dataset], args, deadlineMs: changeMs, ctx });
    },
  };
}
