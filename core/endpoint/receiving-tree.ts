/** What exists below a receiving root, and how parents that are missing there come to be. */
import { ProblemError } from '../api/problem.ts';
import { parentOf } from '../zfs/names.ts';
import type { Ctx, Zfs } from '../zfs/types.ts';
import { clientRoot, missingAncestors, type ReceivingRoot } from './mapping.ts';
import { Mutex } from './mutex.ts';

export type PlaceholderEncryption = 'unspecified' | 'inherit' | 'off';

/** Datasets by the receiver's own names. */
export class ReceivingTree {
  readonly #zfs: Zfs;
  readonly #root: ReceivingRoot;
  readonly #encryption: PlaceholderEncryption;
  readonly #existing = new Set<string>();
  /** Which of them have children. */
  readonly #parents = new Set<string>();
  /** Parents are created one at a time, or two datasets would race for the same one. */
  readonly #creating = new Mutex();

  constructor(zfs: Zfs, root: ReceivingRoot, encryption: PlaceholderEncryption) {
    this.#zfs = zfs;
    this.#root = root;
    this.#encryption = encryption;
  }

  /** Nothing is known but the root. */
  reset(): void {
    this.#existing.clear();
    this.#parents.clear();
    this.#existing.add(this.#root.rootFs);
  }

  note(local: string): void {
    this.#existing.add(local);
    const parent = parentOf(local);
    if (parent !== null) this.#parents.add(parent);
  }

  forget(local: string): void {
    this.#existing.delete(local);
  }

  hasChildren(local: string): boolean {
    return this.#parents.has(local);
  }

  /**
   * Creates stand-ins for what is missing between the root and this dataset. Where their encryption is unspecified that is
   * `placeholder-encryption-unspecified`, except for the dataset of the client itself.
   */
  async createAncestors(local: string, ctx: Ctx): Promise<void> {
    await this.#creating.run(async () => {
      for (const ancestor of missingAncestors(this.#root, local, (name) => this.#existing.has(name))) {
        const isClientRoot = ancestor === clientRoot(this.#root);
        if (this.#encryption === 'unspecified' && !isClientRoot) {
          throw new ProblemError('placeholder-encryption-unspecified', { name: ancestor, host: this.#zfs.label });
        }
        const encryption = this.#encryption === 'off' ? 'off' : 'inherit';
        try {
          await this.#zfs.createPlaceholder(ancestor, { encryption }, ctx);
        } catch (error) {
          // Somebody was quicker: what exists is left as it is.
          if (!(error instanceof ProblemError && error.code === 'destination-exists')) throw error;
        }
        this.note(ancestor);
      }
    });
  }
}
