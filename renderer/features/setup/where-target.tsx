import { useMemo } from 'react';
import type { DestinationLook } from '../../../core/api/destination.ts';
import { useTexts } from '../../app-state.ts';
import { isDataset, isIdentity, isProven, provenBy, reachOf } from '../../model/setup/nas.ts';
import { changeNas, useChosen, useSetup } from '../../setup-state.ts';
import { Button } from '../../ui/button.tsx';
import { CheckList } from '../../ui/check-list.tsx';
import { Name } from '../../ui/name.tsx';
import { ProblemBox } from '../../ui/problem-box.tsx';
import { useAsk } from './use-ask.ts';
import type { NasPartProps } from './where-machine.tsx';

/** Every check has a deadline of its own there. */
const TEST_TIMEOUT_MS = 180_000;
const LOOK_TIMEOUT_MS = 300_000;

/** Whether everything will work, and what is there already. */
export function TargetPart({ nas, onChange }: NasPartProps) {
  const { t } = useTexts();
  const { datasets, total } = useChosen();
  const encryptedAs = useSetup(({ draft }) => draft.encryptedAs);
  const test = useAsk('destination/test', TEST_TIMEOUT_MS);
  const look = useAsk('destination/look', LOOK_TIMEOUT_MS);
  const reach = reachOf(nas);
  const named = isDataset(nas.rootFs) && isIdentity(nas.clientIdentity);
  const tryIt = async (): Promise<void> => {
    if (reach === null || !named) return;
    const proven = provenBy(nas);
    look.forget();
    const tested = await test.ask({ ...reach, rootFs: nas.rootFs, estimateBytes: total.bytes });
    onChange({ proven: tested?.usable === true ? proven : null });
    if (tested?.usable !== true || datasets.length === 0) return;
    await look.ask({
      ...reach,
      rootFs: nas.rootFs,
      clientIdentity: nas.clientIdentity === '' ? null : nas.clientIdentity,
      datasets: datasets.map(({ name }) => name),
      encryptedAs,
    });
  };
  const busy = test.asking || look.asking;
  return (
    <>
      <p>{t('setup.target.explain')}</p>
      <div className="setup-tools">
        <Button kind={isProven(nas) ? 'plain' : 'main'} onPress={() => void tryIt()} isDisabled={busy || !named}>
          {t(test.reply === null && !isProven(nas) ? 'setup.target.test' : 'setup.target.testAgain')}
        </Button>
        <span role="status" className={isProven(nas) && !busy ? 'good' : 'muted'}>
          {busy ? t(test.asking ? 'setup.target.testing' : 'setup.target.looking') : ''}
          {!busy && isProven(nas) ? t('setup.target.proven') : ''}
        </span>
      </div>
      {test.problem === null ? null : <ProblemBox problem={test.problem} />}
      {test.reply === null ? null : <CheckList checks={test.reply.checks} />}
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
            <Name
              text={best.clientIdentity === null ? best.rootFs : `${best.rootFs}/${best.clientIdentity}`}
              className="path"
            />
          </p>
          <Button
            onPress={() => changeNas({ rootFs: best.rootFs, clientIdentity: best.clientIdentity ?? '', proven: null })}
          >
            {t('setup.already.use')}
          </Button>
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
