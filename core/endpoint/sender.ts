/**
 * The sending end on top of `Zfs`. One instance serves one run: what it knows it has read at the start of the run, and what it
 * did itself since. Marks are always set before the marks they replace are removed.
 */
import { asProblemError, invariant, ProblemError } from '../api/problem.ts';
import type { Guarantee } from '../api/status.ts';
import { bookmarkMarkOf, cursorName, stepHoldTag, tentativeCursorName } from '../zfs/marks.ts';
import { isAtOrBelow, versionName } from '../zfs/names.ts';
import { checkTokenFits } from '../zfs/token-fit.ts';
import type { Ctx, DatasetFacts, OutgoingStream, SendFlags, Version, Zfs } from '../zfs/types.ts';
import { refuseByEncryption } from './encryption-policy.ts';
import type { FilesystemFilter } from './filter.ts';
import { KEY_FACT_PROPERTIES, type KeyFacts, keyFingerprints, outsideRoots } from './key.ts';
import { isPlaceholderFlag, PLACEHOLDER_PROPERTY } from './placeholder.ts';
import { neededVersions, type OwnMark, ownBookmarks, protectionFor, staleBookmarks } from './protection.ts';
import { type ListingRoot, listSide, refineVersions } from './survey.ts';
import type { Sender, SenderDataset, SenderSurvey, TransferStep } from './types.ts';

export interface SenderOptions {
  readonly zfs: Zfs;
  readonly jobId: string;
  readonly filter: FilesystemFilter;
  /** Where to list for that filter, see roots.ts. */
  readonly roots: readonly ListingRoot[] | null;
  readonly flags: SendFlags;
  /** Only encrypted data may leave. */
  readonly encryptedOnly: boolean;
  /** Answers when the sending host can be reached. */
  readonly ping: (ctx: Ctx) => Promise<void>;
  /** Told of cleaning up that failed: never fails a step, is tried again at the next opportunity. */
  readonly onCleanupProblem: (problem: ProblemError) => void;
}

/** Sender over a local or remote `Zfs`. */
export class ZfsSender implements Sender {
  readonly label: string;
  readonly #options: SenderOptions;
  readonly #datasets = new Map<string, SenderDataset>();
  #surveyed = false;

  constructor(options: SenderOptions) {
    this.label = options.zfs.label;
    this.#options = options;
  }

  async survey(ctx: Ctx): Promise<SenderSurvey> {
    const { zfs, filter, roots } = this.#options;
    const { facts, versions } = await listSide(zfs, roots, [PLACEHOLDER_PROPERTY, ...KEY_FACT_PROPERTIES], ctx);
    const fingerprints = keyFingerprints(facts, await this.#outsideKeys(facts, ctx));
    this.#surveyed = false;
    this.#datasets.clear();
    for (const fact of facts) {
      if (!filter.matches(fact.dataset)) continue;
      // A dataset that appeared between the two listings has no versions yet, one that vanished is not planned.
      const listed = versions.get(fact.dataset);
      if (listed === undefined || listed.guid !== fact.guid) continue;
      this.#datasets.set(fact.dataset, describe(fact, fingerprints.get(fact.dataset) ?? null, listed.versions));
    }
    this.#surveyed = true;
    const existing = facts.map((fact) => fact.dataset);
    // Nothing is known of what was not listed: a pattern that only excludes there is no mistake.
    const unmatched = filter
      .unmatchedPatterns(existing)
      .filter((pattern) => roots === null || isListed(pattern, roots))
      .map((pattern) => ({ pattern }));
    return { datasets: new Map(this.#datasets), unmatched };
  }

  async refine(datasets: readonly string[], ctx: Ctx): Promise<void> {
    const lacking = datasets.filter((name) =>
      this.#datasets
        .get(name)
        ?.versions.some((version) => version.type === 'snapshot' && version.userrefs === undefined),
    );
    for (const [name, { guid, versions }] of await refineVersions(this.#options.zfs, lacking, ctx)) {
      const known = this.#datasets.get(name);
      if (known?.guid === guid) this.#datasets.set(name, { ...known, versions });
    }
  }

  /** Everything as last seen, own effects included; null when no survey has succeeded. */
  known(): ReadonlyMap<string, SenderDataset> | null {
    return this.#surveyed ? this.#datasets : null;
  }

  dataset(name: string): SenderDataset | undefined {
    return this.#datasets.get(name);
  }

  ping(ctx: Ctx): Promise<void> {
    return this.#options.ping(ctx);
  }

  async prepare(
    step: TransferStep,
    later: readonly TransferStep[],
    guarantee: Guarantee,
    ctx: Ctx,
  ): Promise<OutgoingStream> {
    const { zfs, flags, encryptedOnly } = this.#options;
    const source = this.#access(step.dataset);
    const refused = refuseByEncryption(source, { encryptedOnly, raw: flags.raw });
    if (refused !== null) throw refused;
    if (step.resume !== null) {
      checkTokenFits(step.resume.token, {
        dataset: step.dataset,
        ...(step.from === null ? {} : { from: step.from }),
        to: step.to,
        encryptedDataset: source.encrypted,
        encryptedPolicy: encryptedOnly,
      });
    }
    await this.#protect(source, step, guarantee, ctx);
    await this.#verifyUnchanged(source, step, ctx);
    await this.#dropStale(step.dataset, [step, ...later], guarantee, ctx);
    return zfs.prepareSend({
      dataset: step.dataset,
      ...(step.from === null ? {} : { from: step.from }),
      to: step.to,
      range: step.between.length > 0,
      flags,
      ...(step.resume === null ? {} : { resumeToken: step.resume.text }),
    });
  }

  async completed(
    dataset: string,
    to: Version,
    later: readonly TransferStep[],
    guarantee: Guarantee,
    ctx: Ctx,
  ): Promise<void> {
    const { jobId } = this.#options;
    this.#access(dataset);
    const cursor = cursorName(to.guid, jobId);
    // Where no cursor can be set, whatever else marks the same version stays in its place.
    const stands = guarantee !== 'guarantee_nothing' && (await this.#setMark(dataset, to, cursor, ctx));

    const source = this.#access(dataset);
    const marks = ownBookmarks(dataset, source.versions, jobId);
    const keepGuids = new Set(later.flatMap((step) => neededVersions(step)).map((version) => version.guid));
    const onlyMark = guarantee !== 'guarantee_nothing' && !stands ? to.guid : null;
    const doomed = marks.filter(({ kind, version }) =>
      kind === 'tentative-cursor'
        ? !keepGuids.has(version.guid) && version.guid !== onlyMark
        : // An old cursor stays while no new one stands: without any, rules that ask what is replicated would know nothing.
          stands && version.name !== cursor,
    );
    await this.#releaseSteps(dataset, keepGuids, ctx);
    await this.#destroyMarks(dataset, doomed, ctx);
  }

  /** The dataset as known, if the job may touch it. A filtered and a missing dataset look the same. */
  #access(dataset: string): SenderDataset {
    const source = this.#options.filter.matches(dataset) ? this.#datasets.get(dataset) : undefined;
    if (source === undefined) throw new ProblemError('no-access', { name: dataset });
    return source;
  }

  async #protect(source: SenderDataset, step: TransferStep, guarantee: Guarantee, ctx: Ctx): Promise<void> {
    const { zfs, jobId } = this.#options;
    const capabilities = await zfs.capabilities(ctx);
    const wanted = protectionFor(
      step,
      guarantee,
      ownBookmarks(step.dataset, source.versions, jobId),
      capabilities.bookmarkCopy,
    );
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
  }

  /** Names were checked when planned; here the guids behind them are read again, after the protection stands. */
  async #verifyUnchanged(source: SenderDataset, step: TransferStep, ctx: Ctx): Promise<void> {
    const ends = [...(step.from === null ? [] : [step.from]), step.to];
    const names = ends.map((version) => versionName(step.dataset, version));
    const seen = await this.#options.zfs.readBack([step.dataset, ...names], ['guid'], ctx);
    const guidOf = (name: string) => seen.get(name)?.get('guid')?.value;
    for (const [index, version] of ends.entries()) {
      const name = names[index] ?? '';
      const guid = guidOf(name);
      if (guid === undefined) throw new ProblemError('send-source-gone', { name: step.dataset }, { detail: name });
      if (guid !== version.guid.toString()) throw new ProblemError('guid-changed', { name });
    }
    // The same name with another guid is another dataset, with encryption of its own.
    if (guidOf(step.dataset) !== source.guid.toString()) {
      throw new ProblemError('guid-changed', { name: step.dataset });
    }
  }

  /** Removes marks of earlier attempts that neither this step nor the ones after it need. */
  async #dropStale(dataset: string, steps: readonly TransferStep[], guarantee: Guarantee, ctx: Ctx): Promise<void> {
    const source = this.#access(dataset);
    const needed = steps.flatMap((step) => neededVersions(step));
    const guids = new Set(needed.map((version) => version.guid));
    const doomed = staleBookmarks(ownBookmarks(dataset, source.versions, this.#options.jobId), steps, guarantee);
    const used = new Set(needed.map((version) => versionName(dataset, version)));
    invariant(
      doomed.every((mark) => !used.has(versionName(dataset, mark.version))),
      `a mark of ${dataset} that is in use was about to be removed`,
    );
    await this.#releaseSteps(dataset, guarantee === 'guarantee_resumability' ? guids : new Set(), ctx);
    await this.#destroyMarks(dataset, doomed, ctx);
  }

  /** Marks the version. False where this version of ZFS cannot: then it goes on without, as it always did. */
  async #setMark(dataset: string, version: Version, name: string, ctx: Ctx): Promise<boolean> {
    const { zfs, jobId } = this.#options;
    const known = this.#access(dataset).versions;
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

  /** Keys of encryption roots above what was listed: one process, and only where there are any. */
  async #outsideKeys(facts: readonly DatasetFacts[], ctx: Ctx): Promise<ReadonlyMap<string, KeyFacts>> {
    const roots = outsideRoots(facts);
    if (roots.length === 0) return new Map();
    const seen = await this.#options.zfs.readBack(roots, ['guid', ...KEY_FACT_PROPERTIES], ctx);
    return new Map(
      [...seen].flatMap(([name, properties]) => {
        const guid = properties.get('guid')?.value;
        return guid === undefined ? [] : [[name, { guid, properties }] as const];
      }),
    );
  }

  async #releaseSteps(dataset: string, keep: ReadonlySet<bigint>, ctx: Ctx): Promise<void> {
    const { zfs, jobId } = this.#options;
    const held = this.#access(dataset).versions.filter(
      (version) => version.type === 'snapshot' && (version.userrefs ?? 0) > 0 && !keep.has(version.guid),
    );
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
    const known = this.#datasets.get(dataset);
    if (known !== undefined) this.#datasets.set(dataset, { ...known, versions: change(known.versions) });
  }
}

/** Whether the listing of these roots shows everything that the pattern can mean. */
function isListed(pattern: string, roots: readonly ListingRoot[]): boolean {
  const path = pattern.endsWith('<') ? pattern.slice(0, -1) : pattern;
  return roots.some(({ dataset, recursive }) => (recursive ? isAtOrBelow(path, dataset) : path === dataset));
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

function describe(fact: DatasetFacts, keyFingerprint: string | null, versions: readonly Version[]): SenderDataset {
  return {
    dataset: fact.dataset,
    guid: fact.guid,
    kind: fact.kind,
    isPlaceholder: isPlaceholderFlag(fact.dataset, fact.properties.get(PLACEHOLDER_PROPERTY)),
    encrypted: fact.encrypted,
    keyLoaded: fact.keyLoaded,
    keyFingerprint,
    versions,
  };
}
