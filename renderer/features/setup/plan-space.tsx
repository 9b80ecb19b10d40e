import { RotateCw } from 'lucide-react';
import { useId } from 'react';
import { Checkbox } from 'react-aria-components';
import { visible } from '../../../core/api/visible.ts';
import { useTexts } from '../../app-state.ts';
import { routeHash } from '../../model/route.ts';
import { Button } from '../../ui/button.tsx';
import { CheckMark } from '../../ui/check-mark.tsx';
import { ProblemMeaning } from '../../ui/problem-facts.tsx';

interface TooSmallProps {
  readonly sentBytes: number;
  readonly availableBytes: number;
  readonly place: string;
  readonly asking: boolean;
  readonly onAgain: () => void;
  /** To begin all the same. */
  readonly despite: boolean;
  readonly onDespite: (despite: boolean) => void;
}

/** That what is sent first does not fit, before anything is sent. It is an estimate: a person may know better. */
export function TooSmall({ sentBytes, availableBytes, place, asking, onAgain, despite, onDespite }: TooSmallProps) {
  const { t, format } = useTexts();
  const titleId = useId();
  return (
    <section className="card too-small" aria-labelledby={titleId}>
      <h2 id={titleId} className="bad">
        {t('setup.plan.tooSmall')}
      </h2>
      <p role="alert">
        {t('setup.plan.tooSmallText', {
          bytes: format.bytes(sentBytes),
          free: format.bytes(availableBytes),
          place: visible(place),
        })}
      </p>
      <ProblemMeaning meaning={t('setup.plan.tooSmallMeaning')} remedy={t('setup.plan.tooSmallRemedy')} />
      <div className="setup-tools">
        <a className="button" href={routeHash({ page: 'setup', step: 'what' })}>
          {t('setup.plan.tooSmallWhat')}
        </a>
        <a className="button" href={routeHash({ page: 'setup', step: 'where' })}>
          {t('setup.plan.tooSmallWhere')}
        </a>
        <Button onPress={onAgain} isDisabled={asking}>
          <RotateCw size={14} aria-hidden="true" />
          {t('setup.plan.lookAgain')}
        </Button>
      </div>
      <Checkbox className="check" isSelected={despite} onChange={onDespite}>
        <CheckMark />
        {t('setup.plan.tooSmallDespite')}
      </Checkbox>
    </section>
  );
}
