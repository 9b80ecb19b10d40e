import { Fragment, useCallback, useEffect, useState } from 'react';
import type { Reply } from '../../../core/api/contract.ts';
import { asProblemError, type Problem } from '../../../core/api/problem.ts';
import { useLive, useTexts } from '../../app-state.ts';
import { DEFAULT_RATE } from '../../model/limit-form.ts';
import { useSession } from '../../session-context.ts';
import { Button } from '../../ui/button.tsx';
import { Name } from '../../ui/name.tsx';
import { ProblemBox } from '../../ui/problem-box.tsx';
import { RateInput } from '../../ui/rate-input.tsx';

type Limits = Reply<'limit/get'>;

/** How much may be sent a second for now, whatever is configured; felt by what is sent at this moment. */
export function BandwidthSection() {
  const { t, format } = useTexts();
  const session = useSession();
  const live = useLive();
  const [limits, setLimits] = useState<Limits | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [wanted, setWanted] = useState<number | null>(null);
  const take = useCallback((asked: Promise<Limits>): void => {
    asked.then(
      (reply) => {
        setLimits(reply);
        setProblem(null);
      },
      (thrown: unknown) => setProblem(asProblemError(thrown).toProblem()),
    );
  }, []);
  useEffect(() => {
    if (live) take(session.request('limit/get', {}));
  }, [session, live, take]);
  const set = limits?.bytesPerSecond ?? null;
  const rate = wanted ?? set ?? DEFAULT_RATE;
  return (
    <section className="card" aria-labelledby="bandwidth-title">
      <h2 id="bandwidth-title">{t('bandwidth.title')}</h2>
      <p>{t('bandwidth.explain')}</p>
      <div className="config-actions">
        <RateInput label={t('bandwidth.most')} bytesPerSecond={rate} onChange={setWanted} />
        <Button onPress={() => take(session.request('limit/set', { bytesPerSecond: rate }))} isDisabled={!live}>
          {t('bandwidth.set')}
        </Button>
        <Button
          onPress={() => take(session.request('limit/set', { bytesPerSecond: null }))}
          isDisabled={!live || set === null}
        >
          {t('bandwidth.lift')}
        </Button>
        <span role="status" className="muted fig">
          {limits === null ? '' : set === null ? t('bandwidth.none') : t('bandwidth.now', { rate: format.bytes(set) })}
        </span>
      </div>
      {problem === null ? null : <ProblemBox problem={problem} />}
      {limits === null || limits.jobs.length === 0 ? null : (
        <dl className="facts">
          {limits.jobs.map(({ job, bytesPerSecond }) => (
            <Fragment key={job}>
              <dt>
                <Name text={job} />
              </dt>
              <dd className="fig">
                {bytesPerSecond === null
                  ? t('bandwidth.free')
                  : t('bandwidth.limited', { rate: format.bytes(bytesPerSecond) })}
              </dd>
            </Fragment>
          ))}
        </dl>
      )}
    </section>
  );
}
