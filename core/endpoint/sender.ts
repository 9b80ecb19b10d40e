/**
 * The sending end on top of `Zfs`. One instance serves one run: what it knows it has read at the start of the run, and what it
 * did itself since.
 */
import { ProblemError } from '../api/problem.ts';
import type { Guarantee } from '../api/status.ts';
import { isAtOrBelow, versionName } from '../zfs/names.ts';
import { checkTokenFits } from '../zfs/token-fit.ts';
import type { Ctx, DatasetFacts, OutgoingStream, SendFlags, Version, Zfs } from '../zfs/types.ts';
import { refuseByEncryption } from './encryption-policy.ts';
import type { FilesystemFilter } from './filter.ts';
import { KEY_FACT_PROPERTIES, type KeyFacts, keyFingerprints, outsideRoots } from './key.ts';
import { isPlaceholderFlag, PLACEHOLDER_PROPERTY } from './placeholder.ts';
import type { OwnMark } from './protection.ts';
import { sendRequestOf } from './requests.ts';
import { SenderMarks } from './sender-marks.ts';
import type { SideCache } from './side-cache.ts';
import { type ListingRoot, lacksDetails, listSide, refineVersions, withVersions } from './survey.ts';
import type { OwnTransfers, Sender, SenderDataset, SenderSurvey, TransferStep } from './types.ts';

export interface SenderOptions {
  readonly zfs: Zfs;
  readonly jobId: string;
  readonly filter: FilesystemFilter;
  /** Where to list for that filter, see roots.ts. */
  readonly roots: readonly ListingRoot[] | null;
  readonly flags: SendFlags;
  /** Only encrypted data may leave. */
  readonly encryptedOnly: boolean;
  /** What earlier runs of the job have listed; without it everything is listed. */
  readonly cache?: SideCache;
  /** Tells the other jobs of this process what is being sent. */
  readonly transfers?: OwnTransfers;
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
  readonly #marks: SenderMarks;
  #surveyed = false;

  constructor(options: SenderOptions) {
    this.label = options.zfs.label;
    this.#options = options;
    this.#marks = new SenderMarks({
      zfs: options.zfs,
      jobId: options.jobId,
      onCleanupProblem: options.onCleanupProblem,
      known: (dataset) => this.#access(dataset).versions,
      changed: (dataset, versions) => {
        const known = this.#datasets.get(dataset);
        if (known !== undefined) this.#datasets.set(dataset, { ...known, versions });
      },
    });
  }

  async survey(ctx: Ctx): Promise<SenderSurvey> {
    const { zfs, filter, roots, cache } = this.#options;
    const memory = cache === undefined ? undefined : { cache, wants: (name: string) => filter.matches(name) };
    const properties = [PLACEHOLDER_PROPERTY, ...KEY_FACT_PROPERTIES];
    const { facts, versions, remembered } = await listSide(zfs, roots, properties, ctx, memory);
    const fingerprints = keyFingerprints(facts, await this.#outsideKeys(facts, ctx));
    this.#surveyed = false;
    this.#datasets.clear();
    for (const fact of facts) {
      if (!filter.matches(fact.dataset)) continue;
      // A dataset that appeared between the two listings has no versions yet, one that vanished is not planned.
      const listed = versions.get(fact.dataset);
      if (listed === undefined || listed.guid !== fact.guid) continue;
      this.#datasets.set(fact.dataset, {
        ...describe(fact, fingerprints.get(fact.dataset) ?? null, listed.versions),
        ...(remembered.has(fact.dataset) ? { remembered: true } : {}),
      });
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
    const lacking = datasets.filter((name) => {
      const known = this.#datasets.get(name);
      return known !== undefined && lacksDetails(known);
    });
    for (const name of lacking) this.distrust(name);
    for (const [name, { guid, versions }] of await refineVersions(this.#options.zfs, lacking, ctx)) {
      const known = this.#datasets.get(name);
      if (known?.guid === guid) this.#datasets.set(name, withVersions(known, versions));
    }
  }

  distrust(dataset: string): void {
    const known = this.#datasets.get(dataset);
    if (known !== undefined) this.#options.cache?.distrust(known);
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
    this.distrust(step.dataset);
    const begun = await this.#begin(step, guarantee, ctx);
    try {
      const marked = await this.#marks.protect(step, guarantee, ctx);
      await this.#verifyUnchanged(source, step, marked, ctx);
      await this.#marks.dropStale(step.dataset, [step, ...later], guarantee, ctx);
    } catch (error) {
      begun?.undo();
      throw error;
    }
    return zfs.prepareSend(sendRequestOf(step, flags));
  }

  async completed(
    dataset: string,
    to: Version,
    later: readonly TransferStep[],
    guarantee: Guarantee,
    ctx: Ctx,
  ): Promise<void> {
    this.#access(dataset);
    this.distrust(dataset);
    await this.#marks.complete(dataset, to, later, guarantee, ctx);
    this.#options.transfers?.end(dataset);
  }

  /** Before the first mark: what prunes by an older listing does not see marks. Null where nothing is promised. */
  async #begin(step: TransferStep, guarantee: Guarantee, ctx: Ctx): Promise<{ undo(): void } | null> {
    const { transfers } = this.#options;
    if (transfers === undefined || guarantee === 'guarantee_nothing') return null;
    const needed = [...(step.from === null ? [] : [step.from]), ...step.between, step.to];
    return transfers.begin(step.dataset, new Set(needed.map(({ guid }) => guid)), ctx.signal);
  }

  /** The dataset as known, if the job may touch it. A filtered and a missing dataset look the same. */
  #access(dataset: string): SenderDataset {
    const source = this.#options.filter.matches(dataset) ? this.#datasets.get(dataset) : undefined;
    if (source === undefined) throw new ProblemError('no-access', { name: dataset });
    return source;
  }

  /** Names were checked when planned; here the guids behind them are read again, after the protection stands. */
  async #verifyUnchanged(
    source: SenderDataset,
    step: TransferStep,
    marked: readonly OwnMark[],
    ctx: Ctx,
  ): Promise<void> {
    const ends = [...(step.from === null ? [] : [step.from]), step.to];
    const nameOf = (version: Version) => versionName(step.dataset, version);
    const names = ends.map(nameOf);
    const marks = marked.map(({ version }) => nameOf(version));
    const seen = await this.#options.zfs.readBack([step.dataset, ...names, ...marks], ['guid'], ctx);
    const guidOf = (name: string) => seen.get(name)?.get('guid')?.value;
    const mistaken = marked.filter(({ version }) => {
      const guid = guidOf(nameOf(version));
      return guid !== undefined && guid !== version.guid.toString();
    });
    await this.#marks.takeBack(step.dataset, mistaken, ctx);
    for (const [index, version] of ends.entries()) {
      const name = names[index] ?? '';
      const guid = guidOf(name);
      if (guid === undefined) throw new ProblemError('send-source-gone', { name: step.dataset }, { detail: name });
      if (guid !== version.guid.toString()) throw new ProblemError('guid-changed', { name });
    }
    if (mistaken.length > 0) throw new ProblemError('guid-changed', { name: nameOf(step.to) });
    // The same name with another guid is another dataset, with encryption of its own.
    if (guidOf(step.dataset) !== source.guid.toString()) {
      throw new ProblemError('guid-changed', { name: step.dataset });
    }
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
}

/** Whether the listing of these roots shows everything that the pattern can mean. */
function isListed(pattern: string, roots: readonly ListingRoot[]): boolean {
  const path = pattern.endsWith('<') ? pattern.slice(0, -1) : pattern;
  return roots.some(({ dataset, recursive }) => (recursive ? isAtOrBelow(path, dataset) : path === dataset));
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
