import { useEffect, useState } from 'react';
import type { DaemonStatus } from '../../../core/api/status.ts';
import { useLive } from '../../app-state.ts';
import { ASSUMED_DRIVE, ASSUMED_LINK, jobsTo, type LinkRate, linkRate } from '../../model/setup/link-rate.ts';
import { useSession } from '../../session-context.ts';

const ENTRIES = 100;

/** Of the way to a machine; null as the host: to a drive. Null while it is not known. What cannot be asked is assumed. */
export function useLinkRate(host: string | null, status: DaemonStatus): LinkRate | null {
  const session = useSession();
  const live = useLive();
  const [rate, setRate] = useState<LinkRate | null>(null);
  const jobs = host === null ? '' : jobsTo(host, status.jobs).join('\n');
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
      if (wanted) setRate(linkRate(entries.flat(), most, host === null ? ASSUMED_DRIVE : ASSUMED_LINK));
    });
    return () => {
      wanted = false;
    };
  }, [session, live, jobs, host]);
  return rate;
}
