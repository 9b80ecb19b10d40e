/** Defects of the sending end: what protects a step, and what is checked before anything leaves. */
import { at, type Mutant } from './mutant.ts';

export const SENDING: readonly Mutant[] = [
  ...at('endpoint/sender-marks.ts', [
    ['tentative cursors pile up', 'await this.#dropOldTentative(step, guarantee, ctx);', '', 1, 1611],
    [
      'a cursor is not looked at',
      'if (stands && this.#mayMarkAnother(dataset, to, before)) await',
      'if (stands && before.length < 0) await',
      1,
      22995,
    ],
    ['no step holds', 'if (wanted.hold.length > 0) {', 'if (wanted.hold.length > 999) {', 2],
    [
      'no tentative cursors',
      'for (const version of wanted.tentative) {',
      'for (const version of wanted.tentative.slice(9)) {',
      3,
    ],
    ['holds released before the send', "guarantee === 'guarantee_resumability' ? guids : new Set()", 'new Set()', 2],
    [
      'cursor never set',
      "const stands = guarantee !== 'guarantee_nothing' &&",
      "const stands = guarantee === 'guarantee_nothing' &&",
      2,
    ],
    ['all cursors go before the new one', 'cursors.slice(0, -1)', 'cursors', 2],
    ['step holds stay after completion', 'await this.#releaseSteps(dataset, keepGuids, ctx);', '', 2],
    [
      'tentative cursors stay after completion',
      'await this.#releaseSteps(dataset, keepGuids, ctx);\n    await this.#destroyMarks(dataset, doomed, ctx);',
      'await this.#releaseSteps(dataset, keepGuids, ctx);',
      2,
    ],
    ['the cursor goes where no new one stands', 'stands && version.name !== cursor', 'version.name !== cursor', 1, 412],
    [
      'a failed clean-up fails the step',
      "if (problem.code === 'command-aborted') throw problem;",
      'throw problem;',
      1,
      235,
    ],
  ]),
  ...at('endpoint/protection.ts', [
    [
      'stale means every tentative cursor',
      "kind === 'tentative-cursor' && !bases.has(version.name) && !ends.has(version.guid)",
      "kind === 'tentative-cursor'",
      3,
    ],
    ['marks of other jobs are own', 'mark !== null && mark.jobId === jobId', 'mark !== null', 3],
    [
      'only the target is marked',
      'const ends = [...(step.from === null ? [] : [step.from]), step.to];',
      'const ends = [step.to];',
      3,
    ],
    [
      'only the base is marked',
      'const ends = [...(step.from === null ? [] : [step.from]), step.to];',
      'const ends = [...(step.from === null ? [] : [step.from])];',
      3,
    ],
    ['only the target is held', 'return { hold: neededVersions(step).filter(', 'return { hold: [step.to].filter(', 2],
  ]),
  ...at('endpoint/sender.ts', [
    ['guids not read again', 'await this.#verifyUnchanged(source, step, marked, ctx);', '', 1, 10],
    ['mistaken marks not taken back', 'await this.#marks.takeBack(step.dataset, mistaken, ctx);', '', 1, 10],
    [
      'cleaning before protecting',
      'const marked = await this.#marks.protect(step, guarantee, ctx);',
      'await this.#marks.dropStale(step.dataset, [], guarantee, ctx);\n    const marked = await this.#marks.protect(step, guarantee, ctx);',
      2,
    ],
    [
      'marks of later steps are stale',
      'await this.#marks.dropStale(step.dataset, [step, ...later], guarantee, ctx);',
      'await this.#marks.dropStale(step.dataset, later, guarantee, ctx);',
      2,
    ],
  ]),
  ...at('endpoint/requests.ts', [
    ['what is resumed is sent anew', '...(step.resume === null ? {} : { resumeToken: step.resume.text }),', '', 15],
  ]),
];
