import type { ReactNode } from 'react';
import { goTo, useTexts } from '../../app-state.ts';
import type { SetupStep } from '../../model/route.ts';
import { type Missing, stepAfter, stepBefore } from '../../model/setup/steps.ts';
import { Button } from '../../ui/button.tsx';

interface FootProps {
  readonly step: SetupStep;
  readonly lacks: Missing | null;
  /** What stands in the place of going on, where that takes more. */
  readonly children?: ReactNode;
}

/** Back and on, and what is missing for it. */
export function Foot({ step, lacks, children }: FootProps) {
  const { t } = useTexts();
  const [before, after] = [stepBefore(step), stepAfter(step)];
  return (
    <footer className="setup-foot">
      {before === null ? null : (
        <Button onPress={() => goTo({ page: 'setup', step: before })}>{t('setup.back')}</Button>
      )}
      {children}
      {children !== undefined || after === null ? null : (
        <>
          <Button kind="main" isDisabled={lacks !== null} onPress={() => goTo({ page: 'setup', step: after })}>
            {t('setup.next')}
          </Button>
          <p className="muted" role="status">
            {lacks === null ? '' : t(`setup.missing.${lacks}`)}
          </p>
        </>
      )}
    </footer>
  );
}
