import { useState } from 'react';
import type { Making } from '../../model/setup/making.ts';
import { changeDrive, keepMaking, useSetup } from '../../setup-state.ts';
import { DriveChoice } from './drive-choice.tsx';
import { FirstDrive } from './where-drive-use.tsx';

/** An external drive as the destination of a new job. */
export function DriveParts() {
  const drive = useSetup(({ draft }) => draft.drive);
  // What may come to hold a passphrase lives no longer than this step is open; all else of it while the window is.
  const [making, setNow] = useState<Making>(() => useSetup.getState().making);
  return (
    <ol className="parts">
      <DriveChoice
        drive={drive}
        onChange={changeDrive}
        making={making}
        onMaking={(next) => {
          setNow(next);
          keepMaking(next);
        }}
        use={<FirstDrive key={drive.poolGuid} drive={drive} />}
      />
    </ol>
  );
}
