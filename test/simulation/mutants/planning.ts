/** Defects of planning, of the steps, and of trying again. */
import { at, type Mutant } from './mutant.ts';

export const PLANNING: readonly Mutant[] = [
  ...at('replication/token-verdict.ts', [
    [
      'every partial state is discarded',
      'if (to === undefined) return abandon(',
      'if (source.dataset !== "") return abandon(',
      15,
    ],
    [
      'a token whose target is gone blocks',
      'if (to === undefined) return abandon(',
      'if (to === undefined) return mismatch(',
      1,
      17,
    ],
    [
      'a token whose base is gone blocks',
      'if (from === undefined) return abandon(',
      'if (from === undefined) return mismatch(',
      1,
      40,
    ],
    [
      'a token of a base that is past is resumed',
      'if (from !== null && newest?.guid !== from.guid)',
      'if (from !== null && newest === undefined)',
      1,
      492,
    ],
    [
      'a first copy is resumed where there are snapshots',
      'if (from === null && newest !== undefined) return abandon(',
      'if (from === null && newest === null) return abandon(',
      1,
      98,
    ],
  ]),
  ...at('replication/diff.ts', [
    [
      'snapshots are the same by name',
      '(version) => version.guid === newest.guid',
      '(version) => version.name === newest.name',
      1,
      10,
    ],
    [
      'the first missing snapshot is skipped',
      '.slice(ourIndex + 1)\n    .filter',
      '.slice(ourIndex + 2)\n    .filter',
      2,
    ],
    [
      'bookmarks are no base',
      'const ours = sortVersions(sender, rank);',
      "const ours = sortVersions(sender.filter((version) => version.type === 'snapshot'), rank);",
      13,
    ],
    ['the order of names decides', 'compareBigint(a.createtxg, b.createtxg) ||', 'compareText(a.name, b.name) ||', 2],
  ]),
  ...at('replication/plan.ts', [
    ['a dataset whose key was changed goes on', 'if (chained !== null) return problem(chained);', '', 1, 77],
    [
      'the first copy begins with the newest of all',
      "const start = policy.initial === 'all' ? oldest : newest;",
      'const start = newest;',
      6,
    ],
    [
      'what the filter leaves out is sent',
      'difference.missing.filter((version) => policy.wants(version.name)),',
      'difference.missing,',
      8,
    ],
  ]),
  ...at('replication/attempt.ts', [
    ['a lost completion stays lost', 'await completeAgain(context, work, plan.common, ctx);', '', 2],
    [
      'children do not wait for parents',
      'if (context.receiver.dataset(work.dataset) === undefined) await waitForParents',
      'if (work.dataset === "") await waitForParents',
      2,
    ],
    ['partial state that is of no use stays', 'await receiver.abandonPartial(dataset, plan.token, ctx);', '', 1, 17],
  ]),
  ...at('replication/step.ts', [
    [
      'a hold that was lost with the drive is not missed',
      "if (isUnsure || confirmation === 'certain' ||",
      "if (confirmation === 'certain' ||",
      1,
      3153,
    ],
    [
      'the cursor moves before the receive',
      'const outcome = await located(',
      "await located(sender.completed(dataset, step.to, later, guarantee, ctx), 'sender', 'step');\n    const outcome = await located(",
      2,
    ],
    [
      'a step is not completed',
      "await located(sender.completed(dataset, step.to, later, guarantee, ctx), 'sender', 'step');",
      '',
      2,
    ],
  ]),
  ...at('replication/policy.ts', [
    ['a first copy is protected as an increment', 'protection.initial', 'protection.incremental', 4],
  ]),
  ...at('replication/run.ts', [
    [
      'children go again without their parent',
      'above.every((parent) => parents.has(parent))',
      'above.some((parent) => parents.has(parent))',
      1,
      128,
    ],
    ['a failed run is done', "over() ? 'cancelled' : failed ?", "over() ? 'cancelled' : failed && over() ?", 4],
    ['nothing is tried again', "if (next.kind === 'end') break;", 'break;', 4],
  ]),
  ...at('replication/queue.ts', [['a turn is never given back', 'this.#active -= 1;', '', 3]]),
];
