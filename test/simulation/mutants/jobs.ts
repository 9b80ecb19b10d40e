/** Defects of whole jobs: what pruning is told, what is swept, what a person is told. */
import { at, type Mutant } from './mutant.ts';

export const JOBS: readonly Mutant[] = [
  ...at('job/prune-input.ts', [
    [
      'unfinished transfers are not looked for',
      "mark?.kind === 'tentative-cursor' ? [mark.jobId] : []",
      "mark?.kind === 'tentative-cursor' && mark.jobId === '' ? [mark.jobId] : []",
      1,
      1246,
    ],
    [
      'an unfinished range has no middle',
      'version.createtxg >= low && version.createtxg <= high',
      'version.createtxg === low || version.createtxg === high',
      1,
      1246,
    ],
  ]),
  ...at('endpoint/staleness.ts', [
    [
      'the newest hold of the receiver is stale',
      'if (mark.version.createtxg !== newestReceived) stale.add(mark);',
      'if (newestReceived !== null) stale.add(mark);',
      2,
    ],
    [
      'the newest cursor is stale',
      'if (mark.version.createtxg !== newestCursor) stale.add(mark);',
      'if (newestCursor !== null) stale.add(mark);',
      2,
    ],
  ]),
  ...at('job/status-parts.ts', [
    [
      'a run with problems is ok',
      "const ok = !cancelled && problems.every((problem) => problem.code === 'received-unprotected');",
      'const ok = !cancelled;',
      4,
    ],
  ]),
  ...at('job/safety.ts', [
    [
      'safe is what is newest here',
      'const common = newest(source.versions.filter((version) => there.has(version.guid)));',
      'const common = newest(source.versions);',
      4,
    ],
  ]),
];
