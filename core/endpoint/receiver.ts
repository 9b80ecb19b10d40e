/**
 * The receiving end on top of `Zfs`, below one root. One instance serves one run. Nothing is overwritten: -F is used only onto
 * an empty stand-in, after its facts were read again. A receive counts only after the guid was read back.
 */
import { asProblemError, ProblemError } from '../api/problem.ts';
import type { Guarantee } from '../api/status.ts';
import { lastReceivedHoldTag } from '../zfs/marks.ts';
import { checkComponent, poolOf, versionName } from '../zfs/names.ts';
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
import { CHAIN_PROPERTY, chainFlags, KEY_PROPERTY } from './chain.ts';
import { clientRoot, missingAncestors, type ReceivingRoot, toLocalName, toSenderName } from './mapping.ts';
import { Mutex } from './mutex.ts';
import { isEmpty, isPlaceholderFlag, judgeForce, PLACEHOLDER_PROPERTY } from './placeholder.ts';
import { neededVersions } from './protection.ts';
import { overridesFor, type ReceiveProperties, unmetOverrides } from './receive-properties.ts';
import { listFacts, listSide, refineVersions } from './survey.ts';
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
  readonly placeholderEncryption: 'unspecified' | 'inherit' | 'off';
  readonly properties: ReceiveProperties;
  /** Flags that the sender uses: remembered on every copy. */
  readonly flags: SendFlags;
  /** The plan promises that what lies there is encrypted. */
  readonly mustBeEncrypted: boolean;
  readonly limitBytesPerSecond?: number;
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
  /** Everything that exists below and including the root, by the receiver's own names. */
  readonly #existing = new Set<string>();
  /** Which of them have children. */
  readonly #parents = new Set<string>();
  /** Parents are created one at a time, or two datasets would race for the same one. */
  readonly #creating = new Mutex();

  constructor(options: ReceiverOptions) {
    this.label = options.zfs.label;
    this.#options = options;
  }

  async survey(ctx: Ctx): Promise<ReadonlyMap<string, ReceiverDataset>> {
    const { zfs, root } = this.#options;
    const base = clientRoot(root);
    const side = await listSide(zfs, [{ dataset: base, recursive: true }], ASKED, ctx);
    this.#surveyed = false;
    this.#datasets.clear();
    this.#existing.clear();
    this.#parents.clear();
    this.#existing.add(root.rootFs);
    if (side.missingRoots.length > 0) {
      // Below an existing root the client's own dataset may be missing; a missing root means that a pool is not there.
      if (base === root.rootFs) throw this.#rootMissing();
      await this.#requireRoot(ctx);
      this.#surveyed = true;
      return new Map();
    }
    for (const fact of side.facts) this.#noteExisting(fact.dataset);
    for (const fact of side.facts) {
      const listed = side.versions.get(fact.dataset);
      const name = toSenderName(root, fact.dataset);
      if (name === null || listed === undefined || listed.guid !== fact.guid) continue;
      this.#datasets.set(name, this.#describe(name, fact, listed.versions));
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
      this.#datasets.delete(dataset);
      this.#existing.delete(local);
      return undefined;
    }
    this.#noteExisting(local);
    const described = this.#describe(dataset, fact, listed.versions);
    this.#datasets.set(dataset, described);
    return described;
  }

  async refine(datasets: readonly string[], ctx: Ctx): Promise<void> {
    const lacking = datasets.flatMap((name) => {
      const known = this.#datasets.get(name);
      const unknown = known?.versions.some((version) => version.type === 'snapshot' && version.userrefs === undefined);
      return known !== undefined && unknown === true ? [known] : [];
    });
    const refined = await refineVersions(
      this.#options.zfs,
      lacking.map((known) => known.localName),
      ctx,
    );
    for (const known of lacking) {
      const listed = refined.get(known.localName);
      if (listed?.guid === known.guid) this.#datasets.set(known.dataset, { ...known, versions: listed.versions });
    }
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
    this.#refuseUnencrypted(step.dataset);
    await this.#createAncestors(local, ctx);
    const force = await this.#mayForce(step, ctx);
    const carriesProperties = flags.properties || flags.backupProperties;
    const override = [
      ...overridesFor(properties, source.kind),
      [CHAIN_PROPERTY, chainFlags(flags)] as const,
      ...(flags.raw && source.keyFingerprint !== null ? [[KEY_PROPERTY, source.keyFingerprint] as const] : []),
    ];
    const savePartial = await zfs.poolResumable(poolOf(local), ctx);
    const result = await this.#receiveStream(
      step,
      {
        dataset: local,
        ...(step.between.length === 0 ? { snapshot: step.to.name } : {}),
        force,
        savePartial,
        // Excluding what the stream does not carry fails before OpenZFS 2.2.
        inherit: carriesProperties ? properties.inherit : [],
        override,
      },
      stream,
      {
        ...ctx,
        ...(options.onProgress === undefined ? {} : { onProgress: options.onProgress }),
        ...(this.#options.limitBytesPerSecond === undefined
          ? {}
          : { limitBytesPerSecond: this.#options.limitBytesPerSecond }),
      },
    );
    this.#noteExisting(local);
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
    const tag = lastReceivedHoldTag(jobId);
    const newest = known.versions.find((entry) => entry.type === 'snapshot' && entry.guid === version.guid);
    if (newest === undefined) throw new ProblemError('not-found', { name: dataset, host: this.label });
    this.#refuseUnencrypted(dataset);
    const keeps = guarantee !== 'guarantee_nothing';
    const old = await this.#oldHolds(known, tag, keeps ? version.guid : null, ctx);
    const release = (some: readonly Version[]) =>
      this.#tolerate(dataset, async () => {
        if (some.length === 0) return;
        const names = some.map(({ name }) => ({ dataset: known.localName, name }));
        await zfs.release(tag, names, ctx);
      });
    // Never more than two at a time, however often a run was interrupted in between; and never none.
    await release(keeps ? old.slice(0, -1) : old);
    if (keeps) {
      await zfs.hold(tag, [{ dataset: known.localName, name: newest.name }], ctx);
      await release(old.slice(-1));
    }
    const held = keeps ? 1 : 0;
    const released = new Set(old.map((entry) => entry.guid));
    this.#datasets.set(dataset, {
      ...known,
      versions: known.versions.map((entry) => {
        if (entry.type !== 'snapshot') return entry;
        if (entry.guid === version.guid) return { ...entry, userrefs: Math.max(entry.userrefs ?? 0, held) };
        return released.has(entry.guid) ? { ...entry, userrefs: Math.max(0, (entry.userrefs ?? 0) - 1) } : entry;
      }),
    });
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
    await this.#options.zfs.abortReceive(now.localName, ctx);
  }

  /** Snapshots with a hold of ours except one, oldest first. Where several are held, it is asked by whom. */
  async #oldHolds(known: ReceiverDataset, tag: string, except: bigint | null, ctx: Ctx): Promise<readonly Version[]> {
    const held = known.versions.filter(
      ({ type, userrefs, guid }) => type === 'snapshot' && (userrefs ?? 0) > 0 && guid !== except,
    );
    if (held.length < 2) return held;
    const rows = await this.#options.zfs.holds(
      held.map(({ name }) => ({ dataset: known.localName, name })),
      ctx,
    );
    const ours = new Set(rows.filter((row) => row.tag === tag).map((row) => row.snapshot));
    return held.filter(({ name }) => ours.has(name));
  }

  /** A copy that lies there in clear text although the plan promises otherwise stays an alarm, and gets nothing more. */
  #refuseUnencrypted(dataset: string): void {
    const known = this.#datasets.get(dataset);
    if (!this.#options.mustBeEncrypted || known === undefined || known.encrypted || isEmpty(known)) return;
    throw new ProblemError('received-unencrypted', this.#facts(known.localName));
  }

  /** Resuming a first receive can need -F where no listing tells so; it is harmless while there is no snapshot. */
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
      const needsForce = error instanceof ProblemError && error.code === 'resume-needs-force' && !request.force;
      if (!needsForce || step.from !== null || step.resume === null) throw error;
      const fresh = await this.resurvey(step.dataset, options);
      if (fresh === undefined || !isEmpty(fresh)) throw error;
      return zfs.receive({ ...request, force: true }, stream, options);
    }
  }

  #noteExisting(local: string): void {
    this.#existing.add(local);
    const slash = local.lastIndexOf('/');
    if (slash > 0) this.#parents.add(local.slice(0, slash));
  }

  #facts(local: string): { readonly name: string; readonly host: string } {
    return { name: local, host: this.label };
  }

  #rootMissing(): ProblemError {
    return new ProblemError('root-missing', this.#facts(this.#options.root.rootFs));
  }

  async #requireRoot(ctx: Ctx): Promise<void> {
    const { zfs, root } = this.#options;
    const found = await zfs.readBack([root.rootFs], ['guid'], ctx);
    if (!found.has(root.rootFs)) throw this.#rootMissing();
  }

  async #createAncestors(local: string, ctx: Ctx): Promise<void> {
    const { zfs, root, placeholderEncryption } = this.#options;
    await this.#creating.run(async () => {
      for (const ancestor of missingAncestors(root, local, (name) => this.#existing.has(name))) {
        const isClientRoot = ancestor === clientRoot(root);
        if (placeholderEncryption === 'unspecified' && !isClientRoot) {
          throw new ProblemError('placeholder-encryption-unspecified', this.#facts(ancestor));
        }
        const encryption = placeholderEncryption === 'off' ? 'off' : 'inherit';
        try {
          await zfs.createPlaceholder(ancestor, { encryption }, ctx);
        } catch (error) {
          // Somebody was quicker: what exists is left as it is.
          if (!(error instanceof ProblemError && error.code === 'destination-exists')) throw error;
        }
        this.#noteExisting(ancestor);
      }
    });
  }

  async #mayForce(step: TransferStep, ctx: Ctx): Promise<boolean> {
    const { resumeFullNeedsForce } = await this.#options.zfs.capabilities(ctx);
    const planned = judgeForce(this.#datasets.get(step.dataset), step, resumeFullNeedsForce);
    if (planned.kind === 'no') return false;
    // -F destroys what it replaces: decide again from facts read this moment.
    const fresh = judgeForce(await this.resurvey(step.dataset, ctx), step, resumeFullNeedsForce);
    if (fresh.kind === 'refuse') {
      throw new ProblemError(fresh.code, this.#facts(toLocalName(this.#options.root, step.dataset)));
    }
    return fresh.kind === 'force';
  }

  /** Exit 0 of a receive proves nothing: the guid and the properties that matter are read back. */
  async #verifyReceived(
    step: TransferStep,
    local: string,
    override: readonly (readonly [string, string])[],
    ctx: Ctx,
  ): Promise<ReadonlyMap<string, PropertyValue>> {
    const snapshot = versionName(local, step.to);
    const names = [...override.map(([name]) => name), 'guid', 'encryption'];
    const seen = await this.#options.zfs.readBack([local, snapshot], names, ctx);
    if (seen.get(snapshot)?.get('guid')?.value !== step.to.guid.toString()) {
      throw new ProblemError('received-other-snapshot', this.#facts(snapshot));
    }
    const found = seen.get(local) ?? new Map<string, PropertyValue>();
    const encryption = found.get('encryption')?.value;
    if (this.#options.mustBeEncrypted && (encryption === undefined || encryption === 'off')) {
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
    const arrived = [...step.between, step.to].filter(
      (version) => !known.versions.some((entry) => entry.type === 'snapshot' && entry.guid === version.guid),
    );
    const newestTxg = newestTxgOf(known.versions);
    this.#datasets.set(step.dataset, {
      ...known,
      resumeToken: null,
      versions: [
        ...known.versions,
        // The receiver's txgs are not known without another listing; only their order matters until the next survey.
        ...arrived.map((version, index) => ({ ...version, createtxg: newestTxg + BigInt(index + 1), userrefs: 0 })),
      ],
    });
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
      hasChildren: this.#parents.has(fact.dataset),
      ours: local(CHAIN_PROPERTY) !== null,
      chain: local(CHAIN_PROPERTY),
      key: local(KEY_PROPERTY),
      encrypted: fact.encrypted,
      resumeToken: fact.resumeToken,
      versions,
    };
  }
}

/** A dataset that did not exist before this step; null where what was read back does not describe it. */
function receivedFirst(
  step: TransferStep,
  local: string,
  found: ReadonlyMap<string, PropertyValue>,
): ReceiverDataset | null {
  const guid = found.get('guid')?.value;
  const encryption = found.get('encryption')?.value;
  if (guid === undefined || !/^\d+$/.test(guid) || step.between.length > 0) return null;
  return {
    dataset: step.dataset,
    localName: local,
    guid: BigInt(guid),
    placeholderFlag: false,
    hasChildren: false,
    ours: true,
    chain: found.get(CHAIN_PROPERTY)?.value ?? null,
    key: found.get(KEY_PROPERTY)?.value ?? null,
    encrypted: encryption !== undefined && encryption !== 'off',
    resumeToken: null,
    versions: [],
  };
}

function newestTxgOf(versions: readonly Version[]): bigint {
  let newest = 0n;
  for (const { createtxg } of versions) if (createtxg > newest) newest = createtxg;
  return newest;
}
