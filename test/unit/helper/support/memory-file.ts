import type { StateFile } from '../../../../core/helper/state-file.ts';

/** A file in memory, on a disk that may be full, broken or slow. */
export class MemoryFile implements StateFile {
  text: string | null;
  /** Characters that still fit; what is beyond is cut off, as on a full disk. */
  room = Number.POSITIVE_INFINITY;
  readable = true;
  appends = 0;
  replaces = 0;

  constructor(text: string | null = null) {
    this.text = text;
  }

  async read(bytesMax: number): Promise<{ text: string; cut: boolean } | null> {
    if (!this.readable) throw new Error('EIO: i/o error, read');
    if (this.text === null) return null;
    return { text: this.text.slice(-bytesMax), cut: this.text.length > bytesMax };
  }

  async append(text: string): Promise<void> {
    this.appends += 1;
    const fits = text.slice(0, Math.max(0, this.room));
    this.room -= fits.length;
    this.text = (this.text ?? '') + fits;
    if (fits.length < text.length) throw new Error('ENOSPC: no space left on device, write');
  }

  async replace(text: string): Promise<void> {
    this.replaces += 1;
    if (text.length > this.room) throw new Error('ENOSPC: no space left on device, write');
    this.text = text;
  }
}
