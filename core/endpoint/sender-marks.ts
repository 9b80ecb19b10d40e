/**
 * The marks that one job sets on the datasets it sends: step holds, tentative cursors, cursors. Marks are always set before the
 * marks they replace are removed.
 */
import { asProblemError, invariant, ProblemError } from '../api/problem.ts';
import type { Guarantee } from '../api/status.ts';
import { bookmarkMarkOf, cursorName, stepHoldTag, tentativeCursorName } from '../zfs/marks.ts';
import { bookmarkName, versionName } from '../zfs/names.ts';
import type { Ctx, Version, Zfs } from '../zfs/types.ts';
import { neededVersions, type OwnMark, ownBookmarks, protectionFor, staleBookmarks } from './protection.ts';
import type { TransferStep } from './types.ts';

export interface SenderMarksOptions {
  readonly zfs: Zfs;
  readonly jobId: string;
  readonly onCleanupProblem: (problem: ProblemError) => void;
  /** Versions of a dataset as last seen, own effects included. Throws where the job may not touch it. */
  readonly known: (dataset: string) => readonly Version[];
  /** Told of every own effect. */
  readonly changed: (dataset: string, versions: readonly Version[]) => void;
}

export class SenderMarks {
  readonly #options: SenderMarksOptions;

  constructor(options: SenderMarksOptions) {
    this.#options = options;
  }

  /**
   * Sets what must stand before the first byte. A failure leaves what was set: the next step cleans it.
   * @returns the bookmarks that were set now. They were made by the name of the snapshot, so they may mark another one
   */
  async protect(step: TransferStep, guarantee: Guarantee, ctx: Ctx): Promise<readonly OwnMark[]> {
    const { zfs, jobId, known } = this.#options;
    const capabilities = await zfs.capabilities(ctx);
    await this.#dropOldTentative(step, guarantee, ctx);
    const before = ownBookmarks(step.dataset, known(step.dataset), jobId);
    const wanted = protectionFor(step, guarantee, before, capabilities.bookmarkCopy);
    if (wanted.hold.length > 0) {
      await this.#sourceGone(step.dataset, () =>
        zfs.hold(
          stepHoldTag(jobId),
          wanted.hold.map((version) => ({ dataset: step.dataset, name: version.name })),
          ctx,
        ),
      );
      this.#noteHolds(step.dataset, wanted.hold, 1);
    }
    for (const version of wanted.tentative) {
      await this.#setMark(step.dataset, version, tentativeCursorName(version.guid, jobId), ctx);
    }
    const stood = new Set(before.map((mark) => mark.version.name));
    return ownBookmarks(step.dataset, known(step.dataset), jobId).filter((mark) => !stood.has(mark.version.name));
  }

  /** Takes back bookmarks that mark something else than their name says: nobody would know them as ours any more. */
  async takeBack(dataset: string, marks: readonly OwnMark[], ctx: Ctx): Promise<void> {
    await this.#destroyMarks(dataset, marks, ctx);
  }

  /** Removes marks of earlier attempts that neither this step nor the ones after it need. */
  async dropStale(dataset: string, steps: readonly TransferStep[], guarantee: Guarantee, ctx: Ctx): Promise<void> {
    const { known, jobId } = this.#options;
    const needed = steps.flatMap((step) => neededVersions(step));
    const guids = new Set(needed.map((version) => version.guid));
    const doomed = staleBookmarks(ownBookmarks(dataset, known(dataset), jobId), steps, guarantee);
    const used = new Set(needed.map((version) => versionName(dataset, version)));
    invariant(
      doomed.every((mark) => !used.has(versionName(dataset, mark.version))),
      `a mark of ${dataset} that is in use was about to be removed`,
    );
    await this.#releaseSteps(dataset, guarantee === 'guarantee_resumability' ? guids : new Set(), ctx);
    await this.#destroyMarks(dataset, doomed, ctx);
  }

  /** The receiver has `to`: the cursor moves there, then goes what only protected the step. Idempotent. */
  async complete(
    dataset: string,
    to: Version,
    later: readonly TransferStep[],
    guarantee: Guarantee,
    ctx: Ctx,
  ): Promise<void> {
    const { jobId, known } = this.#options;
    const cursor = cursorName(to.guid, jobId);
    const before = known(dataset);
    if (guarantee !== 'guarantee_nothing') await this.#dropOldCursors(dataset, cursor, ctx);
    // Where no cursor can be set, whatever else marks the same version stays in its place.
    const stands = guarantee !== 'guarantee_nothing' && (await this.#setMark(dataset, to, cursor, ctx));
    if (stands && this.#mayMarkAnother(dataset, to, before)) await this.#checkCursor(dataset, to, cursor, ctx);
    const keepGuids = new Set(later.flatMap((step) => neededVersions(step)).map((version) => version.guid));
    const onlyMark = guarantee !== 'guarantee_nothing' && !stands ? to.guid : null;
    const doomed = ownBookmarks(dataset, known(dataset), jobId).filter(({ kind, version }) =>
      kind === 'tentative-cursor'
        ? !keepGuids.has(version.guid) && version.guid !== onlyMark
        : // An old cursor stays while no new one stands: without any, rules that ask what is replicated would know nothing.
          stands && version.name !== cursor,
    );
    await this.#releaseSteps(dataset, keepGuids, ctx);
    await this.#destroyMarks(dataset, doomed, ctx);
  }

  /**
   * A mark is made by the name of what it marks. What is held, and what marks of ours are copied from, cannot have been replaced
   * under that name; the rest may have been since it was listed.
   */
  #mayMarkAnother(dataset: string, { guid }: Version, before: readonly Version[]): boolean {
    const isMarked = ownBookmarks(dataset, before, this.#options.jobId).some((mark) => mark.version.guid === guid);
    const isHeld = before.some(
      (version) => version.type === 'snapshot' && version.guid === guid && (version.userrefs ?? 0) > 0,
    );
    return !isMarked && !isHeld;
  }

  /** Before older cursors go for this one. Throws `send-source-gone` where the snapshot is not what it was. */
  async #checkCursor(dataset: string, { guid }: Version, cursor: string, ctx: Ctx): Promise<void> {
    const name = bookmarkName(dataset, cursor);
    const found = (await this.#options.zfs.readBack([name], ['guid'], ctx)).get(name)?.get('guid');
    if (found?.value === guid.toString()) return;
    await this.#destroyMarks(
      dataset,
      ownBookmarks(dataset, this.#options.known(dataset), this.#options.jobId).filter(
        ({ version }) => version.name === cursor,
      ),
      ctx,
    );
    throw new ProblemError('send-source-gone', { name: dataset });
  }

  /**
   * All cursors but the newest, which stands until another one does. Each interruption between setting a cursor and removing
   * the one before leaves one more; if they went only afterwards, there could be any number.
   */
  async #dropOldCursors(dataset: string, wanted: string, ctx: Ctx): Promise<void> {
    const cursors = ownBookmarks(dataset, this.#options.known(dataset), this.#options.jobId)
      .filter(({ kind, version }) => kind === 'cursor' && version.name !== wanted)
      .toSorted((a, b) => (a.version.createtxg < b.version.createtxg ? -1 : 1));
    await this.#destroyMarks(dataset, cursors.slice(0, -1), ctx);
  }

  /**
   * Of what earlier attempts have left all but the last two, which stand until the new ones do. Whoever is interrupted right
   * after setting a mark, and finds a newer snapshot the next time, leaves one more each time.
   */
  async #dropOldTentative(step: TransferStep, guarantee: Guarantee, ctx: Ctx): Promise<void> {
    const own = ownBookmarks(step.dataset, this.#options.known(step.dataset), this.#options.jobId);
    const oldestFirst = staleBookmarks(own, [step], guarantee).toSorted((a, b) =>
      a.version.createtxg < b.version.createtxg ? -1 : 1,
    );
    await this.#destroyMarks(step.dataset, oldestFirst.slice(0, -2), ctx);
  }

  /** Marks the version. False where this version of ZFS cannot: then it goes on without, as it always did. */
  async #setMark(dataset: string, version: Version, name: string, ctx: Ctx): Promise<boolean> {
    const { zfs, jobId } = this.#options;
    const known = this.#options.known(dataset);
    if (known.some((entry) => entry.type === 'bookmark' && entry.name === name && entry.guid === version.guid)) {
      return true;
    }
    const { bookmarkCopy } = await zfs.capabilities(ctx);
    const own = ownBookmarks(dataset, known, jobId).find((mark) => mark.version.guid === version.guid)?.version;
    // A mark of ours carries its guid in its name; a snapshot of the same name may be another one by now, or gone.
    const origins = [...(own === undefined ? [] : [own]), version].filter(
      ({ type }) => type === 'snapshot' || bookmarkCopy,
    );
    for (const [index, origin] of origins.entries()) {
      try {
        await this.#sourceGone(dataset, () => zfs.bookmark(dataset, origin, name, ctx));
        this.#update(dataset, (versions) => [...versions, { ...bookmarkOf(version), name }]);
        return true;
      } catch (error) {
        const code = error instanceof ProblemError ? error.code : null;
        // One origin failing says nothing of the next; a mark that cannot be copied may stay the only one.
        const hasOther = index < origins.length - 1 || (own !== undefined && !bookmarkCopy);
        if (code !== 'bookmark-copy-unsupported' && !(code === 'send-source-gone' && hasOther)) throw error;
      }
    }
    return false;
  }

  async #releaseSteps(dataset: string, keep: ReadonlySet<bigint>, ctx: Ctx): Promise<void> {
    const { zfs, jobId } = this.#options;
    const held = this.#options
      .known(dataset)
      .filter((version) => version.type === 'snapshot' && (version.userrefs ?? 0) > 0 && !keep.has(version.guid));
    if (held.length === 0) return;
    await this.#tolerate(dataset, async () => {
      await zfs.release(
        stepHoldTag(jobId),
        held.map((version) => ({ dataset, name: version.name })),
        ctx,
      );
      this.#noteHolds(dataset, held, -1);
    });
  }

  async #destroyMarks(dataset: string, marks: readonly OwnMark[], ctx: Ctx): Promise<void> {
    for (const { version } of marks) {
      await this.#tolerate(dataset, async () => {
        // Own names only: whatever else is in the list, a foreign bookmark is never destroyed here.
        invariant(bookmarkMarkOf(dataset, version)?.jobId === this.#options.jobId, `${version.name} is not ours`);
        await this.#options.zfs.destroyBookmark(dataset, version.name, ctx);
        this.#update(dataset, (versions) =>
          versions.filter((known) => known.type !== 'bookmark' || known.name !== version.name),
        );
      });
    }
  }

  async #tolerate(dataset: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      const problem = asProblemError(error, { phase: 'cleanup', side: 'sender', dataset });
      if (problem.code === 'command-aborted') throw problem;
      this.#options.onCleanupProblem(problem);
    }
  }

  async #sourceGone<T>(dataset: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof ProblemError && error.code === 'not-found') {
        throw new ProblemError('send-source-gone', { name: dataset }, { detail: error.detail, cause: error });
      }
      throw error;
    }
  }

  #noteHolds(dataset: string, versions: readonly Version[], change: 1 | -1): void {
    const guids = new Set(versions.map((version) => version.guid));
    this.#update(dataset, (known) =>
      known.map((version) =>
        version.type === 'snapshot' && guids.has(version.guid)
          ? { ...version, userrefs: Math.max(0, (version.userrefs ?? 0) + change) }
          : version,
      ),
    );
  }

  #update(dataset: string, change: (versions: readonly Version[]) => readonly Version[]): void {
    const { known, changed } = this.#options;
    changed(dataset, change(known(dataset)));
  }
}

function bookmarkOf(version: Version): Version {
  return {
    type: 'bookmark',
    name: version.name,
    guid: version.guid,
    createtxg: version.createtxg,
    ...(version.creationS === undefined ? {} : { creationS: version.creationS }),
  };
}
