import { useMemo, useState } from 'react';
import type { JobStatus } from '../../../core/api/status.ts';
import { useDaemonNowMs, useTexts } from '../../app-state.ts';
import { matrixOfJobs } from '../../model/matrix.ts';
import { EvidencePanel } from '../overview/evidence.tsx';
import { MatrixTable } from '../overview/matrix-table.tsx';

const AGE_GRAIN_MS = 10_000;

/** What is where of one job, with its evidence. */
export function JobDatasets({ job }: { readonly job: JobStatus }) {
  const { t } = useTexts();
  const nowMs = useDaemonNowMs(AGE_GRAIN_MS);
  const [open, setOpen] = useState<string | null>(null);
  const matrix = useMemo(() => matrixOfJobs([job], nowMs), [job, nowMs]);
  if (job.type === 'snap') return <p className="empty">{t('live.noReplication')}</p>;
  const cell = matrix.rows.find(({ dataset }) => dataset === open)?.cells.find((one) => one !== null) ?? null;
  return (
    <>
      <MatrixTable matrix={matrix} nowMs={nowMs} onOpen={({ safety }) => setOpen(safety.dataset)} />
      <EvidencePanel cell={cell} nowMs={nowMs} onClose={() => setOpen(null)} />
    </>
  );
}
