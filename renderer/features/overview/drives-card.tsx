import { HardDrive } from 'lucide-react';
import type { DriveState } from '../../../core/api/drive.ts';
import { type DriveOfJobs, drivesOf } from '../../../core/api/drive-status.ts';
import type { ProblemCode } from '../../../core/api/problem.ts';
import { isSoonFull, spaceAt } from '../../../core/api/space.ts';
import type { DaemonStatus } from '../../../core/api/status.ts';
import { canStart } from '../../actions.ts';
import { useLive, useTexts } from '../../app-state.ts';
import { routeHash } from '../../model/route.ts';
import { useActions } from '../../session-context.ts';
import { Button } from '../../ui/button.tsx';
import { DriveStateText } from '../../ui/drive-state.tsx';
import { Name } from '../../ui/name.tsx';
import { SpaceOutlook } from '../../ui/space-list.tsx';
import { Unlock } from '../setup/drive-unlock.tsx';

/** Where the room on it says something: it is there, and nothing fills it. */
const SPACE_TOLD: ReadonlySet<DriveState> = new Set<DriveState>(['plugged', 'connected', 'safe']);

/** Its passphrase is asked for, once more where it was another one. */
const LOCKED: ReadonlySet<string> = new Set<ProblemCode>(['drive-locked', 'passphrase-wrong']);

/** Where each external drive is, and what one can do with it now. */
export function DrivesCard({ status, nowMs }: { readonly status: DaemonStatus; readonly nowMs: number }) {
  const { t } = useTexts();
  const drives = drivesOf(status);
  if (drives.length === 0) return null;
  return (
    <section aria-labelledby="drives-title">
      <h2 id="drives-title">
        <a href={routeHash({ page: 'drives' })}>{t('drives.title')}</a>
      </h2>
      <ul className="card drives">
        {drives.map((one) => (
          <DriveLine key={one.drive.poolGuid} one={one} nowMs={nowMs} />
        ))}
      </ul>
    </section>
  );
}

function DriveLine({ one, nowMs }: { readonly one: DriveOfJobs; readonly nowMs: number }) {
  const { t, format } = useTexts();
  const live = useLive();
  const actions = useActions();
  const { drive, jobs } = one;
  const place = jobs.map((job) => spaceAt(job, drive.destination)).find((found) => found !== undefined);
  const freeBytes = place?.seen?.availableBytes ?? drive.freeBytes;
  const isTold = SPACE_TOLD.has(drive.state);
  return (
    <li className={`drive ${drive.state}`}>
      <HardDrive size={18} aria-hidden="true" />
      <Name text={drive.name} className="strong" />
      <span className="drive-state">
        <DriveStateText one={one} />
        {freeBytes === null || !isTold ? null : (
          <span className="muted"> {t('drives.free', { free: format.bytes(freeBytes) })}</span>
        )}
        {place === undefined || place.seen === null || !(isTold || isSoonFull(place, nowMs)) ? null : (
          <span className="sub">
            <SpaceOutlook place={place} nowMs={nowMs} />
          </span>
        )}
      </span>
      {drive.state === 'plugged' || drive.state === 'safe'
        ? jobs.filter(canStart).map(({ name }) => (
            <Button
              key={name}
              onPress={() => void actions.backUp(name)}
              isDisabled={!live}
              label={t('drives.backUpOf', { job: name, drive: drive.name })}
            >
              {jobs.length === 1 ? t('overview.backUpAll') : <Name text={name} />}
            </Button>
          ))
        : null}
      {drive.state === 'connected' ? (
        <Button
          onPress={() => void actions.eject(drive.poolGuid, drive.name)}
          isDisabled={!live}
          label={t('drives.ejectOf', { drive: drive.name })}
        >
          {t('drives.eject')}
        </Button>
      ) : null}
      {drive.state === 'unusable' && LOCKED.has(drive.problem?.code ?? '') ? (
        <Unlock
          poolGuid={drive.poolGuid}
          isThere={live}
          onOpen={() => {
            for (const { name } of jobs.filter(canStart)) void actions.backUp(name);
          }}
        />
      ) : null}
    </li>
  );
}
