/**
 * The receiving end on top of `Zfs`, below one root. One instance serves one run. Nothing is overwritten: -F is used only onto
 * an empty stand-in, after its facts were read again. A receive counts only after the guid was read back.
 */
import { asProblemError, ProblemError } from '../api/problem.ts';
import type { Guarantee } from '../api/status.ts';
import { lastReceivedHoldTag } from '../zfs/marks.ts';
import { checkComponent, poolOf } from '../zfs/names.ts';
import { failureReach } from '../zfs/reach.ts';
import { decodeResumeToken } from '../zfs/token.ts';
import type {
  Ctx,
  DatasetFacts,
  OutgoingStream,
  PropertyValue,
  ReceiveRequest,
  SendFlags,
  TransferOptions,
  TransferResult,
  Version,
  Zfs,
} from '../zfs/types.ts';
import { CHAIN_PROPERTY, KEY_PROPERTY } from './chain.ts';
import { clientRoot, type ReceivingRoot, toLocalName, toSenderName } from './mapping.ts';
import { isEmpty, isPlaceholderFlag, judgeForce, PLACEHOLDER_PROPERTY } from './placeholder.ts';
import { neededVersions } from './protection.ts';
import { type ReceiveProperties, unmetOverrides } from './receive-properties.ts';
import { isEncrypted, readReceived, receivedFirst, withArrived } from './received.ts';
import { moveReceivedHold } from './received-hold.ts';
import { type PlaceholderEncryption, ReceivingTree } from './receiving-tree.ts';
import { receiveRequestOf } from './requests.ts';
import type { SideCache } from './side-cache.ts';
import { endStalledReceive, type StalledReceiveOptions } from './stalled-receive.ts';
import { lacksDetails, listFacts, listSide, refineVersions, withVersions } from './survey.ts';
import type {
  ReceiveOptions,
  ReceiveOutcome,
  Receiver,
  ReceiverDataset,
  SenderDataset,
  TransferStep,
} from './types.ts';

export interface ReceiverOptions {
  readonly zfs: Zfs;
  /** Job whose last-received holds these are: the sink's, or the push job's own where the receiver is agentless. */
  readonly jobId: string;
  readonly root: ReceivingRoot;
  readonly placeholderEncryption: PlaceholderEncryption;
  readonly properties: ReceiveProperties;
  /** Flags that the sender uses: remembered on every copy. */
  readonly flags: SendFlags;
  /** The plan promises that what lies there is encrypted. */
  readonly mustBeEncrypted: boolean;
  /** Asked again and again while a stream arrives; null is no limit for now. */
  readonly currentLimit?: () => number | null;
  /** What earlier runs of the job have listed; without it everything is listed. */
  readonly cache?: SideCache;
  /** Of another machine, where a receive may have outlived its sender. */
  readonly stalled?: Omit<StalledReceiveOptions, 'zfs'>;
  readonly ping: (ctx: Ctx) => Promise<void>;
  readonly onCleanupProblem: (problem: ProblemError) => void;
}

const ASKED = [PLACEHOLDER_PROPERTY, CHAIN_PROPERTY, KEY_PROPERTY];

/** Receiver over a local or remote `Zfs`. */
export class ZfsReceiver implements Receiver {
  readonly label: string;
  readonly #options: ReceiverOptions;
  readonly #datasets = new Map<string, ReceiverDataset>();
  #surveyed = false;
  readonly #tree: ReceivingTree;

  constructor(options: ReceiverOptions) {
    this.label = options.zfs.label;
    this.#options = options;
    this.#tree = new ReceivingTree(options.zfs, options.root, options.placeholderEncryption);
  }

  async survey(ctx: Ctx): Promise<ReadonlyMap<string, ReceiverDataset>> {
    const { zfs, root, cache } = this.#options;
    const base = clientRoot(root);
    const wants = (local: string) => toSenderName(root, local) !== null;
    const memory = cache === undefined ? undefined : { cache, wants };
    const side = await listSide(zfs, [{ dataset: base, recursive: true }], ASKED, ctx, memory);
    this.#surveyed = false;
    this.#datasets.clear();
    this.#tree.reset();
    if (side.missingRoots.length > 0) {
      // Below an existing root the client's own dataset may be missing; a missing root means that a pool is not there.
      if (base === root.rootFs) throw this.#rootMissing();
      if (await this.#isBack(base, ctx)) return this.survey(ctx);
      this.#surveyed = true;
      return new Map();
    }
    for (const fact of side.facts) this.#tree.note(fact.dataset);
    for (const fact of side.facts) {
      const listed = side.versions.get(fact.dataset);
      const name = toSenderName(root, fact.dataset);
      if (name === null || listed === undefined || listed.guid !== fact.guid) continue;
      const described = this.#describe(name, fact, listed.versions);
      this.#datasets.set(name, side.remembered.has(fact.dataset) ? { ...described, remembered: true } : described);
    }
    this.#surveyed = true;
    return new Map(this.#datasets);
  }

  async resurvey(dataset: string, ctx: Ctx): Promise<ReceiverDataset | undefined> {
    const local = toLocalName(this.#options.root, dataset);
    const { zfs } = this.#options;
    const roots = [{ dataset: local, recursive: false }];
    // With holds: what follows a receive has to know which ones to release.
    const [[fact], versions] = await Promise.all([
      listFacts(zfs, roots, ASKED, ctx),
      refineVersions(zfs, [local], ctx),
    ]);
    const listed = versions.get(local);
    if (fact === undefined || listed?.guid !== fact.guid) {
      // Gone with its whole pool is not gone: whoever took it for that would let go of what the next increment starts from.
      if (await this.#isBack(local, ctx)) return this.resurvey(dataset, ctx);
      this.#datasets.delete(dataset);
      this.#tree.forget(local);
      return undefined;
    }
    this.#tree.note(local);
    const described = this.#describe(dataset, fact, listed.versions);
    this.#datasets.set(dataset, described);
    return described;
  }

  async refine(datasets: readonly string[], ctx: Ctx): Promise<void> {
    const lacking = datasets.flatMap((name) => {
      const known = this.#datasets.get(name);
      return known !== undefined && lacksDetails(known) ? [known] : [];
    });
    for (const { dataset } of lacking) this.distrust(dataset);
    const refined = await refineVersions(
      this.#options.zfs,
      lacking.map((known) => known.localName),
      ctx,
    );
    for (const known of lacking) {
      const listed = refined.get(known.localName);
      if (listed?.guid === known.guid) this.#datasets.set(known.dataset, withVersions(known, listed.versions));
    }
  }

  distrust(dataset: string): void {
    const known = this.#datasets.get(dataset);
    if (known !== undefined) this.#options.cache?.distrust({ dataset: known.localName, guid: known.guid });
  }

  /** Everything as last seen, own effects included; null when no survey has succeeded. */
  known(): ReadonlyMap<string, ReceiverDataset> | null {
    return this.#surveyed ? this.#datasets : null;
  }

  dataset(name: string): ReceiverDataset | undefined {
    return this.#datasets.get(name);
  }

  ping(ctx: Ctx): Promise<void> {
    return this.#options.ping(ctx);
  }

  async receive(
    step: TransferStep,
    source: SenderDataset,
    stream: OutgoingStream,
    options: ReceiveOptions,
  ): Promise<ReceiveOutcome> {
    const { zfs, root, properties, flags } = this.#options;
    const ctx: Ctx = options.signal === undefined ? {} : { signal: options.signal };
    for (const version of neededVersions(step)) {
      checkComponent(version.name);
    }
    const local = toLocalName(root, step.dataset);
    this.distrust(step.dataset);
    this.#refuseUnencrypted(step.dataset);
    await this.#tree.createAncestors(local, ctx);
    const force = await this.#mayForce(step, ctx);
    const savePartial = await zfs.poolResumable(poolOf(local), ctx);
    const request = receiveRequestOf(step, source, { local, properties, flags, force, savePartial });
    const { override } = request;
    const result = await this.#receiveStream(step, request, stream, {
      ...ctx,
      ...(options.onProgress === undefined ? {} : { onProgress: options.onProgress }),
      ...limited(this.#options.currentLimit),
    });
    this.#tree.note(local);
    const found = await this.#verifyReceived(step, local, override, ctx);
    await this.#noteReceived(step, local, found, ctx);
    await this.confirmed(step.dataset, step.to, options.guarantee, ctx);
    const problems = unmetOverrides(override, found).map(
      (property) => new ProblemError('received-unprotected', { ...this.#facts(local), property }),
    );
    return { bytes: result.bytes, problems };
  }

  async confirmed(dataset: string, version: Version, guarantee: Guarantee, ctx: Ctx): Promise<void> {
    const { zfs, jobId } = this.#options;
    const known = this.#datasets.get(dataset);
    if (known === undefined) throw new ProblemError('not-found', { name: dataset, host: this.label });
    this.distrust(dataset);
    this.#refuseUnencrypted(dataset);
    const keeps = guarantee !== 'guarantee_nothing';
    const versions = await moveReceivedHold({
      zfs,
      tag: lastReceivedHoldTag(jobId),
      known,
      guid: version.guid,
      keeps,
      tolerate: (work) => this.#tolerate(dataset, work),
      ctx,
    });
    this.#datasets.set(dataset, { ...known, versions });
    if (known.placeholderFlag) {
      // Real snapshots are there now: the mark must go, or an older program might take the dataset for empty.
      await this.#tolerate(dataset, async () => {
        await zfs.setProperties(known.localName, [[PLACEHOLDER_PROPERTY, 'off']], ctx);
        const marked = this.#datasets.get(dataset);
        if (marked !== undefined) this.#datasets.set(dataset, { ...marked, placeholderFlag: false });
      });
    }
  }

  async abandonPartial(dataset: string, expectedToken: string, ctx: Ctx): Promise<void> {
    const now = await this.resurvey(dataset, ctx);
    if (now === undefined || now.resumeToken === null) return;
    if (now.resumeToken !== expectedToken) throw new ProblemError('partial-state-present', this.#facts(now.localName));
    // Defence against a planner that gives up too early: a token must at least be readable to be thrown away.
    decodeResumeToken(now.resumeToken);
    this.distrust(dataset);
    await this.#options.zfs.abortReceive(now.localName, ctx);
  }

  /** A copy that lies there in clear text although the plan promises otherwise stays an alarm, and gets nothing more. */
  #refuseUnencrypted(dataset: string): void {
    const known = this.#datasets.get(dataset);
    if (!this.#options.mustBeEncrypted || known === undefined || known.encrypted || isEmpty(known)) return;
    throw new ProblemError('received-unencrypted', this.#facts(known.localName));
  }

  /** Receives, and looks at the dataset again when that failed. */
  async #receiveStream(
    step: TransferStep,
    request: ReceiveRequest,
    stream: OutgoingStream,
    options: TransferOptions,
  ): Promise<TransferResult> {
    const { zfs } = this.#options;
    try {
      return await zfs.receive(request, stream, options);
    } catch (error) {
      const problem = asProblemError(error);
      // Snapshots of a range land one by one: whoever asks what the receiver has must not be told what it had.
      if (failureReach(problem.code) === 'host') throw problem;
      // The next attempt goes on from what it has kept.
      if (problem.code === 'busy') await this.#endStalled(request.dataset, options);
      await this.resurvey(step.dataset, options).catch(() => undefined);
      throw problem;
    }
  }

  async #endStalled(local: string, { signal }: TransferOptions): Promise<void> {
    const { zfs, stalled } = this.#options;
    if (stalled === undefined) return;
    const ctx: Ctx = signal === undefined ? {} : { signal };
    try {
      await endStalledReceive(local, { ...stalled, zfs }, ctx);
    } catch (error) {
      // Whoever may not look stays with what is told already: it is busy.
      if (asProblemError(error).code === 'command-aborted') throw error;
    }
  }

  #facts(local: string): { readonly name: string; readonly host: string } {
    return { name: local, host: this.label };
  }

  #rootMissing(): ProblemError {
    return new ProblemError('root-missing', this.#facts(this.#options.root.rootFs));
  }

  /**
   * Whether what was not found is there after all: its pool may have come back since. False only where root and absence were seen
   * by one command. Throws `root-missing`.
   */
  async #isBack(local: string, ctx: Ctx): Promise<boolean> {
    const { zfs, root } = this.#options;
    const found = await zfs.readBack([root.rootFs, local], ['guid'], ctx);
    if (!found.has(root.rootFs)) throw this.#rootMissing();
    return found.has(local);
  }

  async #mayForce(step: TransferStep, ctx: Ctx): Promise<boolean> {
    const planned = judgeForce(this.#datasets.get(step.dataset), step);
    if (planned.kind === 'no') return false;
    // -F destroys what it replaces: decide again from facts read this moment.
    const fresh = judgeForce(await this.resurvey(step.dataset, ctx), step);
    if (fresh.kind === 'refuse') {
      throw new ProblemError(fresh.code, this.#facts(toLocalName(this.#options.root, step.dataset)));
    }
    return fresh.kind === 'force';
  }

  async #verifyReceived(
    step: TransferStep,
    local: string,
    override: readonly (readonly [string, string])[],
    ctx: Ctx,
  ): Promise<ReadonlyMap<string, PropertyValue>> {
    const found = await readReceived(this.#options.zfs, step, local, override, ctx);
    if (this.#options.mustBeEncrypted && !isEncrypted(found)) {
      throw new ProblemError('received-unencrypted', this.#facts(local));
    }
    return found;
  }

  /** What is known of the dataset after a receive, without listing it again. */
  async #noteReceived(
    step: TransferStep,
    local: string,
    found: ReadonlyMap<string, PropertyValue>,
    ctx: Ctx,
  ): Promise<void> {
    const known = this.#datasets.get(step.dataset) ?? receivedFirst(step, local, found);
    if (known === null) {
      await this.resurvey(step.dataset, ctx);
      return;
    }
    this.#datasets.set(step.dataset, withArrived(known, step));
  }

  async #tolerate(dataset: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      const problem = asProblemError(error, { phase: 'cleanup', side: 'receiver', dataset });
      if (problem.code === 'command-aborted') throw problem;
      this.#options.onCleanupProblem(problem);
    }
  }

  #describe(name: string, fact: DatasetFacts, versions: readonly Version[]): ReceiverDataset {
    const local = (property: string) => {
      const entry = fact.properties.get(property);
      return entry !== undefined && entry.source === 'local' ? entry.value : null;
    };
    return {
      dataset: name,
      localName: fact.dataset,
      guid: fact.guid,
      placeholderFlag: isPlaceholderFlag(fact.dataset, fact.properties.get(PLACEHOLDER_PROPERTY)),
      hasChildren: this.#tree.hasChildren(fact.dataset),
      ours: local(CHAIN_PROPERTY) !== null,
      chain: local(CHAIN_PROPERTY),
      key: local(KEY_PROPERTY),
      encrypted: fact.encrypted,
      resumeToken: fact.resumeToken,
      versions,
    };
  }
}

/** The limit at the start decides which way the bytes take; the one of each moment, how fast. */
function limited(currentLimit: (() => number | null) | undefined) {
  if (currentLimit === undefined) return {};
  const limitBytesPerSecond = currentLimit();
  return { currentLimit, ...(limitBytesPerSecond === null ? {} : { limitBytesPerSecond }) };
}
