import { useState } from 'react';
import type { DriveReport } from '../../../core/api/status.ts';
import { visible } from '../../../core/api/visible.ts';
import { goTo, useLive, useTexts } from '../../app-state.ts';
import { changeFurther, forgetFurther, useFurther } from '../../further-state.ts';
import { furtherChange, furtherFor, isFurther } from '../../model/further-drive.ts';
import type { DriveDraft } from '../../model/setup/drive.ts';
import { type Making, NOTHING_MADE } from '../../model/setup/making.ts';
import { Button } from '../../ui/button.tsx';
import { Name } from '../../ui/name.tsx';
import { ProblemBox } from '../../ui/problem-box.tsx';
import { Meaning } from '../config/meaning.tsx';
import { useConfigFile, useLook, useSave } from '../config/use-config.ts';
import { DriveChoice } from '../setup/drive-choice.tsx';
import { UsePart } from '../setup/drive-use.tsx';
import { Part } from '../setup/part.tsx';

interface AddDriveProps {
  readonly job: string;
  /** Those that the job has. */
  readonly drives: readonly DriveReport[];
}

/** A further drive for a job: which one, whether it will do, and what that changes. */
export function AddDrivePage({ job, drives }: AddDriveProps) {
  const { t } = useTexts();
  const drive = useFurther(({ kept }) => furtherFor(kept, job));
  const [making, setMaking] = useState<Making>(NOTHING_MADE);
  const change = (next: Partial<DriveDraft>): void => changeFurther(job, next);
  return (
    <div className="page setup">
      <header className="page-head">
        <div>
          <p className="eyebrow">
            <Name text={job} />
          </p>
          <h1 tabIndex={-1} data-page-start>
            {t('drivePage.add.title')}
          </h1>
          <p className="muted">{t('drivePage.add.explain')}</p>
        </div>
      </header>
      <ol className="parts setup-step">
        <DriveChoice
          drive={drive}
          onChange={change}
          making={making}
          onMaking={setMaking}
          offers={(disk) => isFurther(disk, drives)}
          use={<UsePart key={drive.poolGuid} drive={drive} onChange={change} />}
        />
        <Adding job={job} drive={drive} />
      </ol>
    </div>
  );
}

/** What it means for the job, and doing it. */
function Adding({ job, drive }: { readonly job: string; readonly drive: DriveDraft }) {
  const { t } = useTexts();
  const live = useLive();
  const save = useSave();
  const { file, problem } = useConfigFile();
  const [saving, setSaving] = useState(false);
  const change = furtherChange(job, drive);
  const looked = useLook(change, file?.digest ?? null);
  const preview = looked?.preview ?? null;
  const trouble = looked?.problem ?? problem;
  const leave = (): void => {
    forgetFurther();
    goTo({ page: 'drives' });
  };
  const put = async (): Promise<void> => {
    if (file?.digest == null || change === null) return;
    setSaving(true);
    const saved = await save(file.digest, change);
    setSaving(false);
    if (saved) leave();
  };
  const status = (): string => {
    if (change === null || trouble !== null) return '';
    if (saving) return t('drivePage.add.saving');
    return t(looked === null ? 'config.looking' : 'config.administrator');
  };
  return (
    <Part
      title={t('drivePage.add.do')}
      open={change !== null}
      closedText={t(drive.poolGuid === '' ? 'setup.drive.use.closed' : 'drivePage.add.closed')}
    >
      <p>{t('drivePage.add.meaning')}</p>
      <Meaning problems={preview?.problems.filter(({ severity }) => severity === 'error') ?? []} preview={preview} />
      {trouble === null ? null : <ProblemBox problem={trouble} />}
      <div className="setup-tools">
        <Button kind="main" onPress={() => void put()} isDisabled={!live || saving || preview?.valid !== true}>
          {t('drivePage.add.confirm', {
            drive: visible(drive.title === '' ? drive.pool : drive.title),
            job: visible(job),
          })}
        </Button>
        <Button kind="quiet" onPress={leave} isDisabled={saving}>
          {t('drivePage.add.cancel')}
        </Button>
        <span className="muted" role="status">
          {status()}
        </span>
      </div>
    </Part>
  );
}
