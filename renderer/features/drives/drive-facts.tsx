import type { DriveHealth } from '../../../core/api/drive.ts';
import { type DriveOfJobs, isOverdue } from '../../../core/api/drive-status.ts';
import { spaceAt } from '../../../core/api/space.ts';
import { visible } from '../../../core/api/visible.ts';
import { useTexts } from '../../app-state.ts';
import { routeHash } from '../../model/route.ts';
import { Bar } from '../../ui/bar.tsx';
import { Name } from '../../ui/name.tsx';
import { SpaceOutlook } from '../../ui/space-list.tsx';

interface DriveFactsProps {
  readonly one: DriveOfJobs;
  readonly nowMs: number;
}

/** What is known of a drive, also while it is away. */
export function DriveFacts({ one, nowMs }: DriveFactsProps) {
  const { t } = useTexts();
  const { drive, jobs } = one;
  return (
    <dl className="facts">
      <dt>{t('drivePage.facts.backup')}</dt>
      <dd className="fig">
        <Age one={one} nowMs={nowMs} />
      </dd>
      <dt>{t('drivePage.facts.space')}</dt>
      <dd className="fig">
        <Space one={one} nowMs={nowMs} />
      </dd>
      <dt>{t('drivePage.facts.health')}</dt>
      <dd className="fig">
        <Health health={drive.health ?? null} nowMs={nowMs} />
      </dd>
      <dt>{t('drivePage.facts.scrub')}</dt>
      <dd className="fig">
        <Scrub health={drive.health ?? null} drive={drive.name} nowMs={nowMs} />
      </dd>
      <dt>{t('drivePage.facts.jobs')}</dt>
      <dd>
        {jobs.map(({ name }, index) => (
          <span key={name}>
            {index === 0 ? '' : ', '}
            <a href={routeHash({ page: 'job', job: name, tab: 'live' })}>
              <Name text={name} />
            </a>
          </span>
        ))}
      </dd>
    </dl>
  );
}

function Age({ one: { drive }, nowMs }: DriveFactsProps) {
  const { t, format } = useTexts();
  const { lastSuccessMs } = drive;
  if (lastSuccessMs === null) return t('drivePage.never');
  return (
    <>
      {t('drivePage.ago', { ago: format.ago(lastSuccessMs, nowMs), exact: format.exact(lastSuccessMs) })}
      {isOverdue(drive, nowMs) ? (
        <span className="sub warn">{t('drivePage.overdue', { span: format.span(drive.staleAfterMs) })}</span>
      ) : null}
    </>
  );
}

function Space({ one: { drive, jobs }, nowMs }: DriveFactsProps) {
  const { t, format } = useTexts();
  const { freeBytes, sizeBytes } = drive;
  const place = jobs.map((job) => spaceAt(job, drive.destination)).find((found) => found !== undefined);
  if (freeBytes === null || sizeBytes === null) return t('drivePage.unknown');
  return (
    <>
      {t('drivePage.space', { free: format.bytes(freeBytes), size: format.bytes(sizeBytes) })}
      {place === undefined ? null : (
        <span className="sub">
          <SpaceOutlook place={place} nowMs={nowMs} />
        </span>
      )}
    </>
  );
}

function Health({ health, nowMs }: { readonly health: DriveHealth | null; readonly nowMs: number }) {
  const { t, format } = useTexts();
  if (health === null) return t('drivePage.unknown');
  const { readCount, writeCount, checksumCount, poolState, isDamaged, seenMs } = health;
  const hasErrors = readCount + writeCount + checksumCount > 0;
  const counts = {
    reads: format.number(readCount),
    writes: format.number(writeCount),
    checksums: format.number(checksumCount),
  };
  return (
    <>
      <span className={hasErrors ? 'bad' : ''}>
        {hasErrors ? t('drivePage.health.errors', counts) : t('drivePage.health.well')}
      </span>
      {poolState === 'ONLINE' ? null : (
        <span className="sub warn">{t('drivePage.health.state', { state: visible(poolState) })}</span>
      )}
      {isDamaged ? <span className="sub warn">{t('drivePage.health.damaged')}</span> : null}
      <span className="sub">{t('drivePage.health.seen', { ago: format.ago(seenMs, nowMs) })}</span>
    </>
  );
}

interface ScrubProps {
  readonly health: DriveHealth | null;
  readonly drive: string;
  readonly nowMs: number;
}

function Scrub({ health, drive, nowMs }: ScrubProps) {
  const { t, format } = useTexts();
  if (health === null) return t('drivePage.unknown');
  const { scrub, lastScrub, neverScrubbed } = health;
  if (scrub !== null) return <ScrubProgress scrub={scrub} drive={drive} />;
  if (lastScrub === null) return t(neverScrubbed ? 'drivePage.scrub.never' : 'drivePage.scrub.unknown');
  const ago = format.ago(lastScrub.endedMs, nowMs);
  const { errorCount, repairedBytes } = lastScrub;
  if (errorCount > 0) {
    return <span className="bad">{t('drivePage.scrub.errors', { ago, count: errorCount })}</span>;
  }
  if (repairedBytes !== null && repairedBytes > 0) {
    return t('drivePage.scrub.repaired', { ago, repaired: format.bytes(repairedBytes) });
  }
  return t('drivePage.scrub.clean', { ago });
}

/** As zpool tells it: how much, and no pace. */
function ScrubProgress({
  scrub,
  drive,
}: {
  readonly scrub: NonNullable<DriveHealth['scrub']>;
  readonly drive: string;
}) {
  const { t, format } = useTexts();
  const { fraction, doneBytes, totalBytes, isPaused } = scrub;
  const percent = fraction === null ? '' : format.percent(fraction);
  const isTold = fraction !== null && doneBytes !== null && totalBytes !== null;
  return (
    <div className="scrub-progress">
      <Bar label={t('drivePage.scrub.bar', { drive })} fraction={fraction} resumedFraction={null} />
      <span>
        {isPaused
          ? t('drivePage.scrub.paused', { percent })
          : isTold
            ? t('drivePage.scrub.progress', {
                percent,
                done: format.bytes(doneBytes),
                total: format.bytes(totalBytes),
              })
            : t('drivePage.scrub.begins')}
      </span>
    </div>
  );
}
