import { useState } from 'react';
import { useTexts } from '../../app-state.ts';
import { chosenDrive } from '../../model/setup/drive.ts';
import { type Making, NOTHING_MADE } from '../../model/setup/making.ts';
import { changeDrive, keepMaking, useSetup } from '../../setup-state.ts';
import { ProblemBox } from '../../ui/problem-box.tsx';
import { DriveList } from './drive-list.tsx';
import { MakePart } from './drive-make.tsx';
import { UsePart } from './drive-use.tsx';
import { Part } from './part.tsx';
import { useDisks } from './use-disks.ts';

/** An external drive: which one, and its pool, or one that is made on it. */
export function DriveParts() {
  const { t } = useTexts();
  const drive = useSetup(({ draft }) => draft.drive);
  const { disks, problem } = useDisks();
  // What may come to hold a passphrase lives no longer than this step is open; all else of it while the window is.
  const [making, setNow] = useState<Making>(() => useSetup.getState().making);
  const setMaking = (next: Making): void => {
    setNow(next);
    keepMaking(next);
  };
  const isMaking = making.ids.length > 0;
  const isChosen = !isMaking && drive.poolGuid !== '';
  return (
    <ol className="parts">
      <Part title={t('setup.drive.plug.title')} open>
        <p>{t('setup.drive.plug.explain')}</p>
        {problem === null ? null : <ProblemBox problem={problem} />}
        <DriveList
          disks={disks}
          drive={drive}
          making={making}
          onPool={(pool) => {
            setMaking(NOTHING_MADE);
            changeDrive(chosenDrive(drive, pool));
          }}
          onDisk={(id) => setMaking({ ...NOTHING_MADE, ids: [id] })}
        />
      </Part>
      {isMaking ? (
        <Part title={t('setup.drive.make.title')} open>
          <MakePart
            disks={disks ?? []}
            making={making}
            onChange={(change) => setMaking({ ...making, ...change })}
            onMade={() => setMaking(NOTHING_MADE)}
          />
        </Part>
      ) : (
        <Part title={t('setup.drive.use.title')} open={isChosen} closedText={t('setup.drive.use.closed')}>
          <UsePart key={drive.poolGuid} drive={drive} />
        </Part>
      )}
    </ol>
  );
}
