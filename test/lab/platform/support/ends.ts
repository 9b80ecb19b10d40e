/** Ends of a replication with something in between. */
import { ProblemError } from '../../../../core/api/problem.ts';
import type { Sender } from '../../../../core/endpoint/types.ts';

/** The same end with some methods replaced. Its own state is private, so it is wrapped and not copied. */
export function senderWith(sender: Sender, replaced: Partial<Sender>): Sender {
  return {
    label: sender.label,
    survey: (ctx) => sender.survey(ctx),
    refine: (datasets, ctx) => sender.refine(datasets, ctx),
    distrust: (dataset) => sender.distrust(dataset),
    dataset: (name) => sender.dataset(name),
    prepare: (...args) => sender.prepare(...args),
    completed: (...args) => sender.completed(...args),
    ping: (ctx) => sender.ping(ctx),
    ...replaced,
  };
}

/** A sender that never hears that something arrived. */
export function losingCompletion(sender: Sender): Sender {
  return senderWith(sender, {
    completed: async () => {
      throw new ProblemError('connection-lost', { host: sender.label });
    },
  });
}
