import { useEffect, useState } from 'react';
import type { DaemonStatus } from '../../../core/api/status.ts';
import { useLive } from '../../app-state.ts';
import { jobsTo, type LinkRate, linkRate } from '../../model/setup/link-rate.ts';
import { useSession } from '../../session-context.ts';

const ENTRIES = 100;

/** Null while it is not known. What cannot be asked is assumed. */
export function useLinkRate(host: string, status: DaemonStatus): LinkRate | null {
  const session = useSession();
  const live = useLive();
  const [rate, setRate] = useState<LinkRate | null>(null);
  const jobs = jobsTo(host, status.jobs).join('\n');
  useEffect(() => {
    if (!live) return;
    let wanted = true;
    const runsOf = (job: string) =>
      session.request('history', { job, beforeId: null, limit: ENTRIES }).then(
        ({ entries }) => entries,
        () => [],
      );
    const limit = session.request('limit/get', {}).then(
      ({ bytesPerSecond }) => bytesPerSecond,
      () => null,
    );
    const runs = Promise.all(jobs === '' ? [] : jobs.split('\n').map(runsOf));
    void Promise.all([runs, limit]).then(([entries, most]) => {
      if (wanted) setRate(linkRate(entries.flat(), most));
    });
    return () => {
      wanted = false;
    };
  }, [session, live, jobs]);
  return rate;
}
