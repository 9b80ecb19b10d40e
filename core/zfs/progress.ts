/**
 * Progress of a running `zfs send -v -P`, read from its standard error. Pure but for the sums it keeps. Lines are
 * `HH:MM:SS TAB bytes TAB snapshot`, once a second; for ranges the bytes begin anew with every snapshot. See zfs-send(8), "-v".
 */
import { entityFault, splitVersionName } from './names.ts';
import { parseCount } from './parse-common.ts';
import type { TransferProgress } from './types.ts';

const LINE = /^[0-9]{2}:[0-9]{2}:[0-9]{2}\t([0-9]{1,20})\t(.+)$/;
const TOTAL = /^size\t([0-9]{1,20})$/;

export class SendProgress {
  #finishedBytes = 0;
  #currentBytes = 0;
  #snapshot: string | null = null;
  #expectedBytes: number | null = null;

  /** Takes one line. Returns the state when the line was one of progress, else null. */
  line(text: string): TransferProgress | null {
    const total = TOTAL.exec(text)?.[1];
    if (total !== undefined) {
      this.#expectedBytes = parseCount(total) || null;
      return this.state();
    }
    const [, bytesText, fullName] = LINE.exec(text) ?? [];
    const bytes = bytesText === undefined ? null : parseCount(bytesText);
    if (bytes === null || fullName === undefined || entityFault(fullName, 'snapshot') !== null) return null;
    if (fullName !== this.#snapshot) {
      this.#finishedBytes += this.#currentBytes;
      this.#snapshot = fullName;
    }
    this.#currentBytes = bytes;
    return this.state();
  }

  state(): TransferProgress {
    return {
      bytes: this.#finishedBytes + this.#currentBytes,
      ...(this.#snapshot === null ? {} : { snapshot: splitVersionName(this.#snapshot).name }),
      ...(this.#expectedBytes === null ? {} : { expectedBytes: this.#expectedBytes }),
    };
  }
}
