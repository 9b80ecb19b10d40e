/** The two ends of a push, from run to run: makes them, keeps what they have seen while it is needed, and what they remember. */
import type { Clock } from '../api/clock.ts';
import type { ProblemError } from '../api/problem.ts';
import { type ReceiverOptions, ZfsReceiver } from '../endpoint/receiver.ts';
import { type SenderOptions, ZfsSender } from '../endpoint/sender.ts';
import { SideCache } from '../endpoint/side-cache.ts';
import type { ReceiverDataset, SenderDataset } from '../endpoint/types.ts';
import type { Ctx } from '../zfs/types.ts';
import { NewestSurvey } from './newest-survey.ts';
import type { SeenSides } from './prune-input.ts';

export interface PushEndsOptions {
  readonly sender: Omit<SenderOptions, 'onCleanupProblem'>;
  readonly receiver: Omit<ReceiverOptions, 'onCleanupProblem'>;
  readonly clock: Clock;
  readonly onCleanupProblem: (problem: ProblemError) => void;
}

type CreationOf = (datasetGuid: bigint, snapshotGuid: bigint) => number | undefined;

interface Ends {
  readonly sender: ZfsSender;
  readonly receiver: ZfsReceiver;
}

export class PushEnds {
  readonly #options: PushEndsOptions;
  readonly #senderCache: SideCache;
  readonly #receiverCache: SideCache;
  #senders = new NewestSurvey<ReadonlyMap<string, SenderDataset>, ZfsSender>();
  #receivers = new NewestSurvey<ReadonlyMap<string, ReceiverDataset>, ZfsReceiver>();

  constructor(options: PushEndsOptions) {
    this.#options = options;
    const monotonicMs = () => options.clock.monotonicMs();
    this.#senderCache = new SideCache({ monotonicMs });
    this.#receiverCache = new SideCache({ monotonicMs });
  }

  /** For an attempt of the run at work: what they see is known here until the run is over. */
  next(): Ends {
    const { sender, receiver, onCleanupProblem } = this.#options;
    const ends = {
      sender: new ZfsSender({ ...sender, onCleanupProblem, cache: this.#senderCache }),
      receiver: new ZfsReceiver({ ...receiver, onCleanupProblem, cache: this.#receiverCache }),
    };
    this.#senders.add(ends.sender);
    this.#receivers.add(ends.receiver);
    return ends;
  }

  /** For whoever asks what there is now: nothing is taken from memory, and nothing of it stays there. */
  apart(): Ends {
    const { sender, receiver, onCleanupProblem } = this.#options;
    return {
      sender: new ZfsSender({ ...sender, onCleanupProblem }),
      receiver: new ZfsReceiver({ ...receiver, onCleanupProblem }),
    };
  }

  /** As last seen in this run, own effects included; null when no survey has succeeded. */
  get sender(): ReadonlyMap<string, SenderDataset> | null {
    return this.#senders.known();
  }

  get receiver(): ReadonlyMap<string, ReceiverDataset> | null {
    return this.#receivers.known();
  }

  /** What pruning has asked for and the next listings will not tell. */
  learnCreation(sender: CreationOf, receiver: CreationOf): void {
    this.#senderCache.learnCreation(sender);
    this.#receiverCache.learnCreation(receiver);
  }

  /** What was seen is let go between runs: it may be the largest thing in memory. */
  endRun(): void {
    this.#senders = new NewestSurvey();
    this.#receivers = new NewestSurvey();
  }

  /** Marks were changed by somebody else than these ends, which leaves no trace in what tells that nothing has changed. */
  forget(): void {
    this.#senderCache.clear();
    this.#receiverCache.clear();
  }

  /** Both sides for pruning; null when not even the sender was listed. */
  seen(
    labels: Pick<SeenSides, 'senderLabel' | 'receiverLabel' | 'jobId' | 'others' | 'isDrive'>,
    ctx: Ctx,
  ): SeenSides | null {
    const { sender, receiver } = this;
    if (sender === null) return null;
    return {
      ...labels,
      sender,
      receiver: receiver ?? new Map(),
      receiverKnown: receiver !== null,
      relist: async (datasets) => {
        const ends = [this.#senders.endpoint(), this.#receivers.endpoint()];
        await Promise.all(ends.map((end) => end?.refine(datasets, ctx)));
        return this.seen(labels, ctx);
      },
    };
  }
}
