/** Defects of drives that come and go: what is begun without them, who waits for them, and what is told of them. */
import { at, type Mutant } from './mutant.ts';

export const DRIVES: readonly Mutant[] = [
  ...at(
    'drives/fence.ts',
    [
      ['the fence lets everything through', 'if (this.#closedBy !== null) throw this.#closedBy;', '', 2],
      ['a run waits for a drive for ever', '() => given.abort(),', '() => given,', 200],
      ['the fence stays closed', 'this.#closedBy = null;\n    this.#waiting.abort();', 'this.#waiting.abort();', 2],
      [
        'an error of a receive is not blamed on the drive that was pulled',
        'if (result.sink.exit.code !== 0) await blameDrive(fence, why, result.sink.stderr);',
        '',
        53,
      ],
      ['nobody looks whether a drive is gone that gives errors', 'this.#lookNow();', '', 53],
    ],
    'drives',
  ),
  ...at(
    'drives/follower.ts',
    [
      [
        'a drive that was away between two services is taken for connected',
        'record.parts = opened;',
        'return false;',
        23,
      ],
      [
        'a loss is learnt from what fails alone',
        'const { hasLooked, present, state } = this.#record;',
        'const { hasLooked, present, state } = this.#record;\n    if (isOnTheWay(state) && !present) return;',
        2,
      ],
      ['a drive that is back is left alone', 'await this.#bringBack();', '', 2],
      ['a restart is asked for again and again', 'this.#record.isStuck = true;', '', 5],
    ],
    'drives',
  ),
  ...at(
    'drives/pool-mover.ts',
    [
      [
        'others wait for an import that hangs',
        'await this.#grip(commands.import(target, `${ALTROOT}/${target.poolGuid}`, signal));',
        'await commands.import(target, `${ALTROOT}/${target.poolGuid}`, signal);',
        200,
      ],
      [
        'others wait for a sync that hangs',
        '// One that hangs is a write that has not ended.\n    fence.count(work);\n    await fence.unlessClosed(work);',
        'fence.count(work);\n    await work;',
        200,
      ],
      [
        'a drive stays connected because somebody asked for its status',
        '|| tries === EXPORT_TRIES) throw thrown;',
        '|| tries > 0) throw thrown;',
        57,
      ],
      [
        'an idle pool is not opened anew',
        'if (answers(state) && !this.grips && (await this.#isAtRest(isQuiet || tries >= TRIES_UNTIL_WRITTEN))) {',
        'if (target === undefined) {',
        2,
      ],
      [
        'opened anew while something waits to be written',
        'isWritten && (await ports.isAtRest(this.#parts.target().pool))',
        'isWritten',
        12,
      ],
      [
        'a pool that is suspended is not cleared',
        'if (await this.#wasTold(commands.clear(target, signal))) return this.#isBack();',
        'return this.#isBack();',
        13,
      ],
      ['cleared whatever ZFS has noticed', 'if (state !== null && !answers(state)) {', 'if (state !== null) {', 6],
      ['safe without an export', 'await this.#grip(commands.export(target, signal));', '', 1],
      [
        'a pool of that name is taken for the own one',
        'const isMine = pool?.guid === String(target.poolGuid);',
        'const isMine = pool !== null;',
        200,
      ],
    ],
    'drives',
  ),
  ...at(
    'drives/judge.ts',
    [['a copied drive is imported', 'if (isTwice(mine) || another !== undefined)', 'if (another !== undefined)', 2]],
    'drives',
  ),
  ...at(
    'drives/watch.ts',
    [
      [
        'a drive that has just gone is taken for back',
        'const members = seen.filter(({ device }) => !this.#gone.has(device));',
        'const members = seen;',
        2,
      ],
      ['what udev tells is not heard', "if (event?.action === 'remove') {", "if (event?.action === 'other') {", 2],
    ],
    'drives',
  ),
  ...at(
    'drives/drive.ts',
    [
      [
        'errors of the drive are not looked at',
        'return seen !== null && hasErrors(seen.errors) ? this.#record.failing : null;',
        'return seen === null ? null : null;',
        200,
      ],
      ['never ejected', 'if (eject) await this.eject(signal).catch(() => undefined);', '', 1],
    ],
    'drives',
  ),
  ...at(
    'job/drive-gate.ts',
    [
      [
        'a run that nobody asked for fails by the restart that is needed',
        'if (problem !== null && NEEDS_SOMEBODY.has(problem.code)) return false;',
        '',
        200,
      ],
      [
        'a drive that comes starts nothing',
        "return hasCome && state !== 'busy' && this.wants('plugged');",
        'return false;',
        2,
      ],
    ],
    'drives',
  ),
  ...at(
    'job/push.ts',
    [
      [
        'absence is a failure',
        'const absences = isAutomatic(reason) ? [] : this',
        'const absences = isAutomatic(reason) && this.name === "" ? [] : this',
        3,
      ],
    ],
    'drives',
  ),
  ...at(
    'job/prune-input.ts',
    [
      [
        'a drive in a drawer is a receiver that is missed',
        '...(sides.isDrive === true && !sides.receiverKnown ? { isAway: true } : {}),',
        '',
        3,
      ],
    ],
    'drives',
  ),
  ...at(
    'job/factory.ts',
    [
      [
        'marks without the guid of the drive',
        'const jobId = driveJobId(config.name, one.poolGuid);',
        'const jobId = config.name;',
        1,
      ],
    ],
    'drives',
  ),
  ...at(
    'endpoint/protection.ts',
    [
      [
        'the marks of another drive are replaced, too',
        'if (mark !== null && mark.jobId === jobId) marks.push({ kind: mark.kind, version });',
        "if (mark !== null && mark.jobId.split(':')[0] === jobId.split(':')[0]) marks.push({ kind: mark.kind, version });",
        1,
      ],
    ],
    'drives',
  ),
  ...at(
    'endpoint/abstractions.ts',
    [
      [
        'the marks of another drive are swept, too',
        'query.jobId === undefined || jobId === null || jobId === query.jobId;',
        "query.jobId === undefined || jobId === null || jobId.split(':')[0] === query.jobId.split(':')[0];",
        200,
      ],
    ],
    'drives',
  ),
];
