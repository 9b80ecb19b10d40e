import { Check, RotateCcw } from 'lucide-react';
import { useEffect } from 'react';
import { Disclosure, Button as DisclosureButton, DisclosurePanel, Heading } from 'react-aria-components';
import type { DaemonStatus } from '../../../core/api/status.ts';
import { goTo, useTexts } from '../../app-state.ts';
import { routeHash, SETUP_STEPS, type SetupStep } from '../../model/route.ts';
import { furthestStep, missing } from '../../model/setup/steps.ts';
import { changeDraft, forgetDraft, isBegun, setFound, useFacts, useSetup } from '../../setup-state.ts';
import { Button } from '../../ui/button.tsx';
import { Name } from '../../ui/name.tsx';
import { Foot } from './foot.tsx';
import { LookStep } from './look-step.tsx';
import { PlanStep } from './plan-step.tsx';
import { RunStep } from './run-step.tsx';
import { useFound } from './use-found.ts';
import { WhatStep } from './what-step.tsx';
import { WhenStep } from './when-step.tsx';
import { WhereStep } from './where-step.tsx';

interface SetupPageProps {
  readonly status: DaemonStatus;
  readonly step: SetupStep;
}

/** Adding a backup, step by step. Nothing is changed before the last but one; what is answered is kept. */
export function SetupPage({ status, step: asked }: SetupPageProps) {
  const { t } = useTexts();
  const draft = useSetup((state) => state.draft);
  const facts = useFacts();
  const found = useFound();
  const { reply } = found;
  useEffect(() => {
    if (reply === null) return;
    setFound(reply);
    if (reply.datasets.length > 0) changeDraft({ looked: true });
  }, [reply]);
  const furthest = furthestStep(draft, facts);
  const step = SETUP_STEPS.indexOf(asked) > SETUP_STEPS.indexOf(furthest) ? furthest : asked;
  const lacks = missing(step, draft, facts);
  return (
    <div className="page setup">
      <header className="page-head">
        <div>
          <p className="eyebrow">{t('setup.title')}</p>
          <h1 tabIndex={-1} data-page-start>
            {t(`setup.heads.${step}`)}
          </h1>
          <p className="muted">{t(`setup.intros.${step}`)}</p>
        </div>
      </header>
      <Steps current={step} furthest={furthest} />
      <section className="setup-step" aria-label={t(`setup.steps.${step}`)}>
        <Step step={step} status={status} found={found} />
      </section>
      {step === 'run' || step === 'plan' ? null : <Foot step={step} lacks={lacks} />}
      {step === 'run' ? null : <Otherwise file={status.configFile} begun={isBegun(draft)} />}
    </div>
  );
}

interface StepProps {
  readonly step: SetupStep;
  readonly status: DaemonStatus;
  readonly found: ReturnType<typeof useFound>;
}

function Step({ step, status, found }: StepProps) {
  switch (step) {
    case 'look':
      return <LookStep found={found} />;
    case 'what':
      return <WhatStep />;
    case 'where':
      return <WhereStep />;
    case 'when':
      return <WhenStep />;
    case 'plan':
      return <PlanStep status={status} onSaved={arrive} />;
    case 'run':
      return <RunStep status={status} />;
  }
}

/** The jobs are there: their first run comes next. */
function arrive(jobs: readonly string[]): void {
  changeDraft({ saved: [...jobs], begun: [] });
  goTo({ page: 'setup', step: 'run' });
}

/** All steps; those that can be reached are links. */
function Steps({ current, furthest }: { readonly current: SetupStep; readonly furthest: SetupStep }) {
  const { t } = useTexts();
  const reach = SETUP_STEPS.indexOf(furthest);
  return (
    <nav aria-label={t('setup.stepsLabel')}>
      <ol className="setup-steps">
        {SETUP_STEPS.map((step, index) => {
          const done = index < reach;
          const inside = (
            <>
              <span className="step-number" aria-hidden="true">
                {done ? <Check size={13} strokeWidth={3} /> : index + 1}
              </span>
              {t(`setup.steps.${step}`)}
              {done ? <span className="for-ears"> ({t('setup.stepDone')})</span> : null}
            </>
          );
          return (
            <li key={step} data-done={done || undefined}>
              {index > reach ? (
                <span className="setup-step-name">{inside}</span>
              ) : (
                <a
                  className="setup-step-name"
                  href={routeHash({ page: 'setup', step })}
                  aria-current={step === current ? 'step' : undefined}
                >
                  {inside}
                </a>
              )}
            </li>
          );
        })}
      </ol>
    </nav>
  );
}

/** Ways out: by hand, or from the beginning. */
function Otherwise({ file, begun }: { readonly file: string; readonly begun: boolean }) {
  const { t } = useTexts();
  return (
    <div className="otherwise">
      <Disclosure className="by-hand">
        <Heading level={2}>
          <DisclosureButton slot="trigger" className="button quiet">
            {t('setup.byHand')}
          </DisclosureButton>
        </Heading>
        <DisclosurePanel>
          <p>{t('setup.byHandText')}</p>
          <p>
            <Name text={file} className="path" /> <a href={routeHash({ page: 'settings' })}>{t('setup.byHandLink')}</a>
          </p>
        </DisclosurePanel>
      </Disclosure>
      {begun ? (
        <Button
          kind="quiet"
          onPress={() => {
            forgetDraft();
            goTo({ page: 'setup', step: 'look' });
          }}
        >
          <RotateCcw size={14} aria-hidden="true" />
          {t('setup.startOver')}
        </Button>
      ) : null}
    </div>
  );
}
