import { useState } from 'react';
import { saidIn } from '../../../core/api/messages/said.ts';
import { asProblemError, type Problem } from '../../../core/api/problem.ts';
import type { JobPlan } from '../../../core/api/status.ts';
import { PLAN_TIMEOUT_MS } from '../../actions.ts';
import { useDaemonNowMs, useLive, useTexts } from '../../app-state.ts';
import { sentenceLanguage } from '../../i18n/language.ts';
import { useSession } from '../../session-context.ts';
import { Button } from '../../ui/button.tsx';
import { Name } from '../../ui/name.tsx';
import { problemSentences } from '../../ui/problem-text.ts';
import { PruneSide } from './prune-side.tsx';

type Asked =
  | { readonly kind: 'not-asked' | 'asking' }
  | { readonly kind: 'told'; readonly plan: JobPlan; readonly atMs: number }
  | { readonly kind: 'failed'; readonly problem: Problem };

/** What the next prune would do, snapshot by snapshot. Looking costs listings on both sides, so it happens only when asked for. */
export function PrunePlan({ job }: { readonly job: string }) {
  const texts = useTexts();
  const { t, format } = texts;
  const session = useSession();
  const live = useLive();
  const nowMs = useDaemonNowMs(10_000);
  const [asked, setAsked] = useState<Asked>({ kind: 'not-asked' });
  const ask = (): void => {
    setAsked({ kind: 'asking' });
    session.request('plan', { job }, PLAN_TIMEOUT_MS).then(
      (plan) => setAsked({ kind: 'told', plan, atMs: nowMs }),
      (thrown: unknown) => setAsked({ kind: 'failed', problem: asProblemError(thrown).toProblem() }),
    );
  };
  return (
    <>
      <div className="plan-head">
        <p className="muted">{t('plan.explain')}</p>
        <Button onPress={ask} isDisabled={!live || asked.kind === 'asking'}>
          {t(asked.kind === 'asking' ? 'plan.making' : asked.kind === 'told' ? 'plan.again' : 'plan.make')}
        </Button>
        {asked.kind === 'told' ? (
          <span className="muted fig">{t('plan.at', { when: format.ago(asked.atMs, nowMs) })}</span>
        ) : null}
      </div>
      <div aria-live="polite">
        {asked.kind === 'failed' ? (
          <p className="bad">{problemSentences(asked.problem.code, asked.problem.facts, texts.language).happened}</p>
        ) : null}
      </div>
      {asked.kind === 'told' ? <Plan plan={asked.plan} /> : null}
    </>
  );
}

function Plan({ plan }: { readonly plan: JobPlan }) {
  const { t } = useTexts();
  return (
    <>
      {plan.pruning.length === 0 ? <p className="empty">{t('plan.nothing')}</p> : null}
      {plan.pruning.map((side) => (
        <PruneSide key={side.side} side={side} />
      ))}
      {plan.replication.length === 0 ? null : <Sends replication={plan.replication} />}
    </>
  );
}

const SENDS_SHOWN = 50;

function Sends({ replication }: { readonly replication: JobPlan['replication'] }) {
  const { t, format, language } = useTexts();
  const sending = replication.filter(({ verdict }) => verdict !== 'up-to-date');
  return (
    <section className="card">
      <h2>{t('plan.send')}</h2>
      {sending.length === 0 ? <p className="muted">{t('plan.sendNothing')}</p> : null}
      <ul className="plain">
        {sending.slice(0, SENDS_SHOWN).map(({ dataset, steps, problem, notes }) => {
          const bytes = steps.reduce<number | null>(
            (sum, { bytesExpected }) => (sum === null || bytesExpected === null ? null : sum + bytesExpected),
            0,
          );
          const resumed = steps.find(({ resumedFromBytes }) => resumedFromBytes !== null)?.resumedFromBytes ?? null;
          return (
            <li key={dataset} className="line fig">
              <Name text={dataset} />{' '}
              <span className="muted">
                {[
                  ...(steps.length === 0 ? [] : [t('live.steps', { count: steps.length })]),
                  ...(bytes === null || steps.length === 0 ? [] : [format.bytes(bytes)]),
                  ...(resumed === null ? [] : [t('live.resumed', { bytes: format.bytes(resumed) })]),
                  ...(problem === null ? [] : [problemSentences(problem.code, problem.facts, language).happened]),
                ].join(' · ')}
              </span>{' '}
              <span className="muted" data-raw>
                {notes.map((note) => saidIn(sentenceLanguage(language), note)).join(' · ')}
              </span>
            </li>
          );
        })}
      </ul>
      {sending.length > SENDS_SHOWN ? (
        <p className="muted">{t('needs.more', { count: sending.length - SENDS_SHOWN })}</p>
      ) : null}
    </section>
  );
}
