/** Defects of pruning: what stays, what goes, and what is looked at before it goes. */
import { at, type Mutant } from './mutant.ts';

export const PRUNING: readonly Mutant[] = [
  ...at('pruning/guards.ts', [
    ['the newest may go', 'if (snapshot.createtxg === newestTxg) {', 'if (newestTxg === undefined) {', 15],
    ['the base may go', 'if (!guids.has(snapshot.guid)) continue;', 'if (guids.size < 999) continue;', 13],
  ]),
  ...at('pruning/plan.ts', [
    [
      'what an unfinished range needs is not marked first',
      'needsTentativeFirst: tentativeJobs(dataset, snapshot),',
      'needsTentativeFirst: NONE,',
      1,
      1246,
    ],
  ]),
  ...at('pruning/rules.ts', [
    ['last_n keeps one too few', '.slice(0, rule.count)', '.slice(0, rule.count - 1)', 2],
    [
      'not_replicated keeps nothing',
      'snapshots.filter((snapshot) => !snapshot.replicated)',
      'snapshots.filter((snapshot) => !snapshot.replicated && snapshot.name === "")',
      3,
    ],
    [
      'a regex keeps what it does not find',
      'search(snapshot.name) !== rule.negate',
      'search(snapshot.name) === rule.negate',
      2,
    ],
    ['last_n keeps the oldest', 'b.creationS - a.creationS', 'a.creationS - b.creationS', 2],
  ]),
  ...at('pruning/grid.ts', [
    [
      'a bucket keeps its youngest',
      'youngestFirst.slice(Math.max(0, youngestFirst.length - keep))',
      'youngestFirst.slice(0, keep)',
      15,
    ],
    ['all buckets begin now', 'startS -= lengthS;', '', 16],
  ]),
  ...at('pruning/confirm.ts', [
    [
      'what is remembered is enough to destroy by',
      'remembered.has(entry.dataset) &&',
      'remembered.has(`${entry.dataset} `) &&',
      1,
      1246,
    ],
  ]),
  ...at('pruning/execute.ts', [
    [
      'what cannot be marked goes all the same',
      'progress.kept(snapshot.name, refusal);',
      'progress.kept(snapshot.name, refusal);\n        ready.push(item);',
      1,
      1246,
    ],
  ]),
];
