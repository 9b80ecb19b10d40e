import type { ReactNode } from 'react';
import type { Disk } from '../../../core/api/disk.ts';
import { useTexts } from '../../app-state.ts';
import { chosenDrive, type DriveDraft } from '../../model/setup/drive.ts';
import { type Making, NOTHING_MADE } from '../../model/setup/making.ts';
import { ProblemBox } from '../../ui/problem-box.tsx';
import { DriveList } from './drive-list.tsx';
import { MakePart } from './drive-make.tsx';
import { Part } from './part.tsx';
import { useDisks } from './use-disks.ts';

interface DriveChoiceProps {
  readonly drive: DriveDraft;
  readonly onChange: (change: Partial<DriveDraft>) => void;
  readonly making: Making;
  readonly onMaking: (making: Making) => void;
  /** Whether this one may be offered; all may where nothing is said. */
  readonly offers?: (disk: Disk) => boolean;
  /** How the one that is chosen is used. */
  readonly use: ReactNode;
}

/** Two parts: which drive it is, and its pool, or one that is made on it. */
export function DriveChoice({ drive, onChange, making, onMaking, offers = () => true, use }: DriveChoiceProps) {
  const { t } = useTexts();
  const { disks, problem } = useDisks();
  const isMaking = making.ids.length > 0;
  const isChosen = !isMaking && drive.poolGuid !== '';
  return (
    <>
      <Part title={t('setup.drive.plug.title')} open>
        <p>{t('setup.drive.plug.explain')}</p>
        {problem === null ? null : <ProblemBox problem={problem} />}
        <DriveList
          disks={disks?.filter(offers) ?? null}
          drive={drive}
          making={making}
          onPool={(pool) => {
            onMaking(NOTHING_MADE);
            onChange(chosenDrive(drive, pool));
          }}
          onDisk={(id) => onMaking({ ...NOTHING_MADE, ids: [id] })}
        />
      </Part>
      {isMaking ? (
        <Part title={t('setup.drive.make.title')} open>
          <MakePart
            drive={drive}
            disks={disks ?? []}
            making={making}
            onChange={(change) => onMaking({ ...making, ...change })}
            onMade={(made) => {
              onChange(made);
              onMaking(NOTHING_MADE);
            }}
          />
        </Part>
      ) : (
        <Part title={t('setup.drive.use.title')} open={isChosen} closedText={t('setup.drive.use.closed')}>
          {use}
        </Part>
      )}
    </>
  );
}
