/** Defects that the engine could have, each as a change of one place of one file, and how soon the simulation notices. */

export interface Mutant {
  readonly name: string;
  /** Below core/. */
  readonly file: string;
  /** What must stand there exactly once. */
  readonly find: string;
  readonly put: string;
  /** Seeds, from the first, within which it is found; null: it is not found, see `survives`. */
  readonly seeds: number | null;
  /** Why nothing notices it. */
  readonly survives?: string;
  /** The first seed that is tried; 1 unless what it takes is too rare. */
  readonly from?: number;
}

type Place = readonly [name: string, find: string, put: string, seeds: number | null, more?: string | number];

/** After the seeds: why it survives, or the seed to begin with. */
const at = (file: string, places: readonly Place[]): readonly Mutant[] =>
  places.map(([name, find, put, seeds, more]) => ({
    name,
    file,
    find,
    put,
    seeds,
    ...(typeof more === 'string' ? { survives: more } : {}),
    ...(typeof more === 'number' ? { from: more } : {}),
  }));

export const MUTANTS: readonly Mutant[] = [
  ...at('endpoint/sender-marks.ts', [
    ['no step holds', 'if (wanted.hold.length > 0) {', 'if (wanted.hold.length > 999) {', 3],
    [
      'no tentative cursors',
      'for (const version of wanted.tentative) {',
      'for (const version of wanted.tentative.slice(9)) {',
      1,
    ],
    ['holds released before the send', "guarantee === 'guarantee_resumability' ? guids : new Set()", 'new Set()', 3],
    [
      'cursor never set',
      "const stands = guarantee !== 'guarantee_nothing' &&",
      "const stands = guarantee === 'guarantee_nothing' &&",
      1,
    ],
    [
      'old cursors pile up',
      "if (guarantee !== 'guarantee_nothing') await this.#dropOldCursors(dataset, cursor, ctx);",
      '',
      401,
    ],
    ['all cursors go before the new one', 'cursors.slice(0, -1)', 'cursors', 1],
    ['step holds stay after completion', 'await this.#releaseSteps(dataset, keepGuids, ctx);', '', 3],
    [
      'tentative cursors stay after completion',
      'await this.#releaseSteps(dataset, keepGuids, ctx);\n    await this.#destroyMarks(dataset, doomed, ctx);',
      'await this.#releaseSteps(dataset, keepGuids, ctx);',
      1,
    ],
  ]),
  ...at('endpoint/protection.ts', [
    [
      'stale means every tentative cursor',
      "kind === 'tentative-cursor' && !bases.has(version.name) && !ends.has(version.guid)",
      "kind === 'tentative-cursor'",
      1,
    ],
    ['marks of other jobs are own', 'mark !== null && mark.jobId === jobId', 'mark !== null', 4],
    [
      'only the target is protected',
      'const ends = [...(step.from === null ? [] : [step.from]), step.to];',
      'const ends = [step.to];',
      8,
    ],
    [
      'only the base is protected',
      'const ends = [...(step.from === null ? [] : [step.from]), step.to];',
      'const ends = [...(step.from === null ? [] : [step.from])];',
      1,
    ],
  ]),
  ...at('endpoint/sender.ts', [
    ['guids not read again', 'await this.#verifyUnchanged(source, step, marked, ctx);', '', 351],
    [
      'mistaken marks not taken back',
      'await this.#marks.takeBack(step.dataset, mistaken, ctx);',
      '',
      null,
      'not within 1000 seeds; a snapshot would have to be swapped between planning and marking',
    ],
    [
      'cleaning before protecting',
      'const marked = await this.#marks.protect(step, guarantee, ctx);',
      'await this.#marks.dropStale(step.dataset, [], guarantee, ctx);\n    const marked = await this.#marks.protect(step, guarantee, ctx);',
      21,
    ],
  ]),
  ...at('endpoint/receiver.ts', [
    ['always -F', 'const force = await this.#mayForce(step, ctx);', 'const force = true;', 1],
    ['never -F', 'const force = await this.#mayForce(step, ctx);', 'const force = false;', 12],
    ['what arrived is not held', 'await this.confirmed(step.dataset, step.to, options.guarantee, ctx);', '', 1],
    [
      'partial state is not kept',
      'const savePartial = await zfs.poolResumable(poolOf(local), ctx);',
      'const savePartial = false;',
      1,
    ],
    ['a pool that comes back is an empty destination', 'return found.has(local);', 'return false;', 1, 7880],
    [
      'a pool that is away takes its copies with it',
      'await this.#requireRoot(ctx);\n      this.#datasets.delete',
      'this.#datasets.delete',
      null,
      'not within 1500 seeds; without a guarantee only, where a drive goes in the middle of a run',
    ],
  ]),
  ...at('endpoint/received-hold.ts', [
    ['old holds go before the new one', 'await release(keeps ? old.slice(0, -1) : old);', 'await release(old);', 1],
    ['the old hold stays', 'await release(old.slice(-1));', '', 1],
    ['the wrong hold goes', 'await release(old.slice(-1));', 'await release([newest]);', 1],
    [
      'a release that failed is forgotten',
      'const released = new Set<bigint>();',
      'const released = new Set<bigint>(old.map((one) => one.guid));',
      null,
      'not within 250 seeds',
    ],
  ]),
  ...at('endpoint/received.ts', [
    [
      'what arrived is not verified',
      "if (seen.get(snapshot)?.get('guid')?.value !== step.to.guid.toString()) {",
      'if (seen.size > 999) {',
      null,
      'not within 250 seeds; the sender has read the guid again right before',
    ],
  ]),
  ...at('replication/token-verdict.ts', [
    [
      'every partial state is discarded',
      'if (to === undefined) return abandon(',
      'if (source.dataset !== "") return abandon(',
      6,
    ],
    [
      'a token whose target is gone blocks',
      'if (to === undefined) return abandon(',
      'if (to === undefined) return mismatch(',
      210,
    ],
    [
      'a token of a base that is past is resumed',
      'if (from !== null && newest?.guid !== from.guid)',
      'if (from !== null && newest === undefined)',
      null,
      'not within 1500 seeds; partial state would have to be overtaken by a snapshot',
    ],
  ]),
  ...at('replication/diff.ts', [
    [
      'snapshots are the same by name',
      '(version) => version.guid === newest.guid',
      '(version) => version.name === newest.name',
      383,
    ],
    ['a divergence is overlooked', 'if (theirIndex !== theirs.length - 1) {', 'if (theirIndex > theirs.length) {', 21],
    [
      'the first missing snapshot is skipped',
      '.slice(ourIndex + 1)\n    .filter',
      '.slice(ourIndex + 2)\n    .filter',
      1,
    ],
  ]),
  ...at('replication/attempt.ts', [
    ['a lost completion stays lost', 'await completeAgain(context, work, plan.common, ctx);', '', 12],
    [
      'children do not wait for parents',
      'if (context.receiver.dataset(work.dataset) === undefined) await waitForParents',
      'if (work.dataset === "") await waitForParents',
      1,
    ],
  ]),
  ...at('replication/step.ts', [
    [
      'the cursor moves before the receive',
      'const outcome = await located(',
      "await located(sender.completed(dataset, step.to, later, guarantee, ctx), 'sender', 'step');\n    const outcome = await located(",
      1,
    ],
    [
      'a step is not completed',
      "await located(sender.completed(dataset, step.to, later, guarantee, ctx), 'sender', 'step');",
      '',
      1,
    ],
  ]),
  ...at('replication/run.ts', [
    [
      'children go again without their parent',
      'above.every((parent) => parents.has(parent))',
      'above.some((parent) => parents.has(parent))',
      null,
      'not within 250 seeds',
    ],
    ['a failed run is done', "over() ? 'cancelled' : failed ?", "over() ? 'cancelled' : failed && over() ?", 11],
  ]),
  ...at('pruning/guards.ts', [
    ['the newest may go', 'if (snapshot.createtxg === newestTxg) {', 'if (newestTxg === undefined) {', 14],
    ['the base may go', 'if (!guids.has(snapshot.guid)) continue;', 'if (guids.size < 999) continue;', 18],
  ]),
  ...at('pruning/plan.ts', [
    [
      'what an unfinished range needs is not marked first',
      'needsTentativeFirst: tentativeJobs(dataset, snapshot),',
      'needsTentativeFirst: NONE,',
      161,
    ],
  ]),
  ...at('pruning/replicated.ts', [
    [
      'a cursor is believed where nothing has arrived',
      'if (target.otherSide?.size === 0) return new Set();',
      '',
      1,
      2083,
    ],
  ]),
  ...at('pruning/rules.ts', [
    ['last_n keeps one too few', '.slice(0, rule.count)', '.slice(0, rule.count - 1)', 2],
    [
      'not_replicated keeps nothing',
      'snapshots.filter((snapshot) => !snapshot.replicated)',
      'snapshots.filter((snapshot) => !snapshot.replicated && snapshot.name === "")',
      11,
    ],
  ]),
  ...at('pruning/confirm.ts', [
    [
      'what is remembered is enough to destroy by',
      'remembered.has(entry.dataset) &&',
      'remembered.has(`${entry.dataset} `) &&',
      null,
      'not within 250 seeds',
    ],
  ]),
  ...at('job/prune-input.ts', [
    [
      'a receiver that is away has nothing',
      'otherSide: sides.receiverKnown ?',
      'otherSide: sides.receiverKnown || sides.senderLabel !== "" ?',
      null,
      'not within 250 seeds',
    ],
  ]),
  ...at('zfs/cli-destroy.ts', [
    [
      'destroyed by name',
      'const matching = refs.filter((ref) => ref.guid === guid);',
      'const matching = refs.filter(() => guid !== undefined);',
      null,
      'not within 250 seeds',
    ],
  ]),
  ...at('job/sweep.ts', [
    [
      'the sweep takes what unfinished transfers need',
      "mark.type === 'step-hold' && unsettled.has(mark.dataset)",
      "mark.type === 'step-hold' && unsettled.has('')",
      241,
    ],
  ]),
  ...at('job/status-parts.ts', [
    [
      'a run with problems is ok',
      "const ok = !cancelled && problems.every((problem) => problem.code === 'received-unprotected');",
      'const ok = !cancelled;',
      11,
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
