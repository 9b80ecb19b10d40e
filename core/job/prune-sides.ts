/** Pruning of a push: the sender, then the receiver, each by what the run has seen of both. */
import type { Problem } from '../api/problem.ts';
import type { PruningReport } from '../api/status.ts';
import type { Relist } from '../pruning/confirm.ts';
import {
  onlyThese,
  receiverDatasets,
  receiverListing,
  type SeenSides,
  senderDatasets,
  senderListing,
} from './prune-input.ts';
import type { Pruner } from './pruner.ts';
import { destroyedIn } from './status-parts.ts';

export class SidesPruner {
  readonly #sender: Pruner;
  readonly #receiver: Pruner;
  readonly #changed: () => void;
  #senderReport: PruningReport | null = null;
  #receiverReport: PruningReport | null = null;

  constructor(sender: Pruner, receiver: Pruner, changed: () => void) {
    this.#sender = sender;
    this.#receiver = receiver;
    this.#changed = changed;
  }

  /** Of the pass at work, or of the last one. */
  get reports(): readonly PruningReport[] {
    return [this.#senderReport, this.#receiverReport].filter((report) => report !== null);
  }

  forget(): void {
    this.#senderReport = null;
    this.#receiverReport = null;
  }

  /** The sender is pruned also when the receiver is away, with what is known of it. Never rejects. */
  pruneSender(sides: SeenSides, signal: AbortSignal): Promise<readonly Problem[]> {
    const others = sides.receiverKnown ? [receiverListing(sides)] : [];
    const relist: Relist = async (names) => senderDatasets(onlyThese((await sides.relist?.(names)) ?? sides, names));
    const onReport = (report: PruningReport) => {
      this.#senderReport = report;
      this.#changed();
    };
    return this.#sender.run(senderDatasets(sides), others, signal, onReport, relist);
  }

  /** Only for a receiver that could be listed. Never rejects. */
  pruneReceiver(sides: SeenSides, signal: AbortSignal): Promise<readonly Problem[]> {
    const relist: Relist = async (localNames) => {
      const wanted = new Set(localNames);
      const targets = [...sides.receiver.values()].filter(({ localName }) => wanted.has(localName));
      const names = targets.map(({ dataset }) => dataset);
      return receiverDatasets(onlyThese((await sides.relist?.(names)) ?? sides, names));
    };
    const onReport = (report: PruningReport) => {
      this.#receiverReport = report;
      this.#changed();
    };
    return this.#receiver.run(receiverDatasets(sides), [senderListing(sides)], signal, onReport, relist);
  }

  /** Tells each side, after both were pruned, what the other one has lost for a known reason. */
  settle(): void {
    this.#receiver.expectFewer('sender', destroyedIn(this.#senderReport));
    this.#sender.expectFewer('receiver', destroyedIn(this.#receiverReport));
  }
}
