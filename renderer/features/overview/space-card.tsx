import { driveAt } from '../../../core/api/drive-status.ts';
import { spacesOf } from '../../../core/api/space.ts';
import type { DaemonStatus } from '../../../core/api/status.ts';
import { useTexts } from '../../app-state.ts';
import { SpaceList } from '../../ui/space-list.tsx';

/** The room at every place, each once. Drives tell of theirs where they stand. */
export function SpaceCard({ status, nowMs }: { readonly status: DaemonStatus; readonly nowMs: number }) {
  const { t } = useTexts();
  const places = spacesOf(status)
    .filter(({ place: { destination }, jobs }) =>
      jobs.every((job) => destination === null || driveAt(job, destination) === undefined),
    )
    .map(({ place }) => place);
  if (places.length === 0) return null;
  return (
    <section aria-labelledby="space-title">
      <h2 id="space-title">{t('space.title')}</h2>
      <SpaceList places={places} nowMs={nowMs} />
    </section>
  );
}
