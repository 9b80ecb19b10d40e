import { useState } from 'react';
import type { JobStatus } from '../../../core/api/status.ts';
import { visible } from '../../../core/api/visible.ts';
import { useLive, useTexts } from '../../app-state.ts';
import { useActions } from '../../session-context.ts';
import { Button } from '../../ui/button.tsx';

interface MovedToProps {
  readonly job: JobStatus;
  readonly metAt: NonNullable<JobStatus['metAt']>;
}

/** The machine was met elsewhere, and may be asked for there first from now on: a change of the configuration like any other. */
export function MovedTo({ job, metAt }: MovedToProps) {
  const { t } = useTexts();
  const live = useLive();
  const actions = useActions();
  const [asking, setAsking] = useState(false);
  const putFirst = async (): Promise<void> => {
    setAsking(true);
    await actions.putFirst(job.name, metAt.address);
    setAsking(false);
  };
  return (
    <div className="moved-to">
      <p className="muted">{t('job.metAt', { address: visible(metAt.address), first: visible(metAt.first) })}</p>
      <Button onPress={() => void putFirst()} isDisabled={!live || asking}>
        {t('job.putFirst', { address: visible(metAt.address) })}
      </Button>
    </div>
  );
}
