/** The notices that there were, and what was not said, with the reason: bounded, and kept beyond the life of the shell. */
import { z } from 'zod';
import { NOTICE_TEXT_MAX, NOTICES_PAGE_MAX, type PastNotice, pastNoticeSchema } from '../../core/api/shell-desk.ts';

/** So many are kept. */
const KEPT_MAX = 500;

export const pastNoticesSchema = z.array(pastNoticeSchema).max(KEPT_MAX);

export type NewNotice = Omit<PastNotice, 'id'>;

export class NoticeHistory {
  /** Oldest first. */
  #notices: readonly PastNotice[];
  readonly #keep: (notices: readonly PastNotice[]) => void;

  constructor(notices: readonly PastNotice[], keep: (notices: readonly PastNotice[]) => void) {
    this.#notices = notices;
    this.#keep = keep;
  }

  add(notices: readonly NewNotice[]): void {
    if (notices.length === 0) return;
    const last = this.#notices.at(-1)?.id ?? 0;
    const numbered = notices.map((notice, index) => ({
      ...notice,
      // One that is longer would keep all of them from being read again.
      summary: notice.summary.slice(0, NOTICE_TEXT_MAX),
      body: notice.body.slice(0, NOTICE_TEXT_MAX),
      id: last + 1 + index,
    }));
    this.#notices = [...this.#notices, ...numbered].slice(-KEPT_MAX);
    this.#keep(this.#notices);
  }

  /** Newest first. */
  page(beforeId: number | null, limit: number): { readonly notices: PastNotice[]; readonly more: boolean } {
    const before = this.#notices.filter(({ id }) => beforeId === null || id < beforeId).reverse();
    const count = Math.min(limit, NOTICES_PAGE_MAX);
    return { notices: before.slice(0, count), more: before.length > count };
  }
}
