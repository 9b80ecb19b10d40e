import { PlugZap } from 'lucide-react';
import { useLive, useTexts } from '../../app-state.ts';
import { Button } from '../../ui/button.tsx';
import { CheckList } from '../../ui/check-list.tsx';
import { ProblemBox } from '../../ui/problem-box.tsx';
import { useAsk } from '../setup/use-ask.ts';

/** Every check has a deadline of its own there. */
const TIMEOUT_MS = 180_000;

/** Whether the destination of a job will do, check by check; nothing is changed there. */
export function DestinationTest({ job }: { readonly job: string }) {
  const { t } = useTexts();
  const live = useLive();
  const { ask, asking, reply, problem } = useAsk('destination/test-job', TIMEOUT_MS);
  return (
    <section aria-labelledby="destination-test-title" className="destination-test">
      <h2 id="destination-test-title">{t('destinationTest.title')}</h2>
      <div className="setup-tools">
        <Button onPress={() => void ask({ job })} isDisabled={!live || asking}>
          <PlugZap size={14} aria-hidden="true" />
          {t(reply === null ? 'destinationTest.test' : 'destinationTest.again')}
        </Button>
        <span role="status" className={reply?.usable === true && !asking ? 'good' : 'muted'}>
          {asking
            ? t('setup.target.testing')
            : reply === null
              ? ''
              : t(`destinationTest.${reply.usable ? 'well' : 'not'}`)}
        </span>
      </div>
      {problem === null ? null : <ProblemBox problem={problem} />}
      {reply === null ? null : <CheckList checks={reply.checks} />}
    </section>
  );
}
