import { useEffect, useState } from 'react';
import type { Disk } from '../../../core/api/disk.ts';
import { asProblemError, type Problem } from '../../../core/api/problem.ts';
import { useLive } from '../../app-state.ts';
import { useSession } from '../../session-context.ts';

/** Somebody stands there with a drive in the hand. */
const EVERY_MS = 2_000;
const TIMEOUT_MS = 60_000;

/** All disks of this machine, looked at again and again for as long as somebody looks at them. */
export function useDisks(): { readonly disks: readonly Disk[] | null; readonly problem: Problem | null } {
  const session = useSession();
  const live = useLive();
  const [disks, setDisks] = useState<readonly Disk[] | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  useEffect(() => {
    if (!live) return;
    let wanted = true;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const look = async (): Promise<void> => {
      try {
        const reply = await session.request('drive/disks', {}, TIMEOUT_MS);
        if (!wanted) return;
        // What has not changed is not drawn anew.
        setDisks((before) => (JSON.stringify(before) === JSON.stringify(reply.disks) ? before : reply.disks));
        setProblem(null);
      } catch (thrown) {
        if (wanted) setProblem(asProblemError(thrown).toProblem());
      }
      if (wanted) timer = setTimeout(() => void look(), EVERY_MS);
    };
    void look();
    return () => {
      wanted = false;
      clearTimeout(timer);
    };
  }, [session, live]);
  return { disks, problem };
}
