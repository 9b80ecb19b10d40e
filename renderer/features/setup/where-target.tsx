import { useMemo } from 'react';
import type { DestinationLook } from '../../../core/api/destination.ts';
import { useTexts } from '../../app-state.ts';
import { adoptedNas, checksWith, lookParams, placesOf } from '../../model/setup/first-look.ts';
import { isDataset, isIdentity, isProven, provenBy, reachOf } from '../../model/setup/nas.ts';
import { changeNas, useChosen, useSetup } from '../../setup-state.ts';
import { Button } from '../../ui/button.tsx';
import { CheckList } from '../../ui/check-list.tsx';
import { Name } from '../../ui/name.tsx';
import { ProblemBox } from '../../ui/problem-box.tsx';
import { useAsk } from './use-ask.ts';
import { LOOK_TIMEOUT_MS } from './use-first-look.ts';
import type { NasPartProps } from './where-machine.tsx';

/** Every check has a deadline of its own there. */
const TEST_TIMEOUT_MS = 180_000;

/** Whether everything will work, and what is there already. */
export function TargetPart({ nas, onChange }: NasPartProps) {
  const { t } = useTexts();
  const { datasets } = useChosen();
  const encryptedAs = useSetup(({ draft }) => draft.encryptedAs);
  const test = useAsk('destination/test', TEST_TIMEOUT_MS);
  const look = useAsk('destination/look', LOOK_TIMEOUT_MS);
  const reach = reachOf(nas);
  const named = isDataset(nas.rootFs) && isIdentity(nas.clientIdentity) && isIdentity(nas.plainIdentity);
  const tryIt = async (): Promise<void> => {
    if (reach === null || !named) return;
    const proven = provenBy(nas);
    look.forget();
    // Whether there is room is judged by what is sent: what lies there already takes none.
    const tested = await test.ask({ ...reach, rootFs: nas.rootFs, estimateBytes: null });
    onChange({ proven: tested?.usable === true ? proven : null });
    const params = lookParams({ nas, encryptedAs }, datasets);
    if (tested?.usable === true && params !== null) await look.ask(params);
  };
  const checks = test.reply === null ? null : checksWith(test.reply.checks, look.reply, nas, datasets.length);
  const small = checks?.some(({ check, state }) => check === 'space' && state === 'failed') === true;
  const busy = test.asking || look.asking;
  return (
    <>
      <p>{t('setup.target.explain')}</p>
      <div className="setup-tools">
        <Button kind={isProven(nas) ? 'plain' : 'main'} onPress={() => void tryIt()} isDisabled={busy || !named}>
          {t(test.reply === null && !isProven(nas) ? 'setup.target.test' : 'setup.target.testAgain')}
        </Button>
        <span role="status" className={isProven(nas) && !busy ? (small ? 'warn' : 'good') : 'muted'}>
          {busy ? t(test.asking ? 'setup.target.testing' : 'setup.target.looking') : ''}
          {!busy && isProven(nas) ? t(small ? 'setup.target.provenButSmall' : 'setup.target.proven') : ''}
        </span>
      </div>
      {test.problem === null ? null : <ProblemBox problem={test.problem} />}
      {checks === null ? null : <CheckList checks={checks} />}
      {look.problem === null ? null : <ProblemBox problem={look.problem} />}
      {look.reply === null ? null : <Already look={look.reply} />}
    </>
  );
}

/** Copies that are there from before are gone on with, not sent again. */
function Already({ look }: { readonly look: DestinationLook }) {
  const { t } = useTexts();
  const unusable = useMemo(
    () => look.datasets.filter(({ state }) => state === 'unusable' || state === 'unreadable'),
    [look],
  );
  const [best] = look.adoptions;
  return (
    <div className="already">
      <p>
        {look.adopted > 0
          ? t('setup.already.adopted', { count: look.adopted })
          : t(best === undefined ? 'setup.already.nothing' : 'setup.already.notHere')}
      </p>
      {best === undefined ? null : (
        <div className="adopt">
          <p>
            {t('setup.already.elsewhere', { count: best.datasets })}{' '}
            {placesOf(best).map((place) => (
              <span className="plan-place" key={place}>
                <Name text={place} className="path" />
              </span>
            ))}
          </p>
          <Button onPress={() => changeNas(adoptedNas(best))}>{t('setup.already.use')}</Button>
        </div>
      )}
      {unusable.map(({ dataset, problem }) => (
        <div key={dataset}>
          <Name text={dataset} className="chip" />
          {problem === null ? null : <ProblemBox problem={problem} />}
        </div>
      ))}
    </div>
  );
}
