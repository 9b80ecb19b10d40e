/** `snapferry plan JOB`: what a run would do now, and why. Changes nothing. */
import type { JobPlan } from '../api/status.ts';
import type { CliContext } from './context.ts';
import { EXIT, type ExitCode } from './exit.ts';
import { printJson, printLines, wantsColour, widthOf } from './io.ts';
import { type AccessPaths, withJobs } from './job-access.ts';
import { renderPlan } from './view/plan.ts';

export interface PlanOptions extends AccessPaths {
  readonly job: string;
  readonly json: boolean;
}

export async function planCommand(ctx: CliContext, options: PlanOptions): Promise<ExitCode> {
  const { io } = ctx;
  const plan = await withJobs(ctx, options, (jobs) => jobs.plan(options.job));
  if (options.json) printJson(io.stdout, plan);
  else printLines(io.stdout, renderPlan(plan, widthOf(io.stdout), wantsColour(io, io.stdout)));
  return hasProblems(plan) ? EXIT.problems : EXIT.ok;
}

function hasProblems(plan: JobPlan): boolean {
  const pruning = plan.pruning.flatMap((side) => [side.problem, ...side.datasets.map((dataset) => dataset.problem)]);
  return [...plan.replication.map((dataset) => dataset.problem), ...pruning].some((problem) => problem !== null);
}
