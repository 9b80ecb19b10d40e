import { useEffect, useRef, useState } from 'react';
import type { Keep } from '../../../core/api/keep.ts';
import { asProblemError, type Problem } from '../../../core/api/problem.ts';
import type { RetentionPreview } from '../../../core/api/retention.ts';
import { useLive } from '../../app-state.ts';
import { keepFault } from '../../model/keep-form.ts';
import { useSession } from '../../session-context.ts';

/** So long after the last change it is worked out. */
const TYPING_MS = 250;
const PREVIEW_TIMEOUT_MS = 30_000;

export interface Preview {
  /** The newest that was worked out; it stands until there is a newer one. */
  readonly reply: RetentionPreview | null;
  readonly problem: Problem | null;
}

/** What will be there, with snapshots this often and kept like that. Null for `intervalS` asks nothing. */
export function usePreview(intervalS: number | null, keep: Keep, atS: readonly number[]): Preview {
  const session = useSession();
  const live = useLive();
  const [preview, setPreview] = useState<Preview>({ reply: null, problem: null });
  const wanted = intervalS === null || keepFault(keep) !== null ? null : { intervalS, keep, atS: [...atS] };
  const key = JSON.stringify(wanted);
  const newest = useRef(key);
  newest.current = key;
  useEffect(() => {
    const params = JSON.parse(key) as typeof wanted;
    if (params === null || !live) return;
    const timer = setTimeout(() => {
      session.request('retention/preview', params, PREVIEW_TIMEOUT_MS).then(
        (reply) => {
          if (newest.current === key) setPreview({ reply, problem: null });
        },
        (thrown: unknown) => {
          if (newest.current === key) setPreview({ reply: null, problem: asProblemError(thrown).toProblem() });
        },
      );
    }, TYPING_MS);
    return () => clearTimeout(timer);
  }, [session, live, key]);
  return preview;
}
