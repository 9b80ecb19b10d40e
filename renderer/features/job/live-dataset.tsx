import { ArrowUp, ChevronRight, CircleAlert, CircleCheck, CircleDashed } from 'lucide-react';
import type { DatasetReport, StepReport } from '../../../core/api/status.ts';
import { visible } from '../../../core/api/visible.ts';
import { useTexts } from '../../app-state.ts';
import type { Translator } from '../../i18n/translator.ts';
import { datasetProgress, isWorking, stepProgress, workingStep } from '../../model/progress.ts';
import { Bar } from '../../ui/bar.tsx';
import { Name } from '../../ui/name.tsx';
import { problemSentences } from '../../ui/problem-text.ts';
import { useSteady } from '../../ui/steady.ts';
import { ProgressFacts } from './progress-facts.tsx';

interface LiveDatasetProps {
  readonly report: DatasetReport;
  readonly running: boolean;
  readonly nowMs: number;
  readonly expanded: boolean;
  readonly onToggle: () => void;
  /** Names the attempt, so that figures of another one are forgotten. */
  readonly runKey: string;
}

/** One dataset of a run: its whole way as one bar, its steps below when asked for. */
export function LiveDataset({ report, running, nowMs, expanded, onToggle, runKey }: LiveDatasetProps) {
  const texts = useTexts();
  const { t } = texts;
  const { dataset, steps, problem } = report;
  const working = running && isWorking(report);
  return (
    <div className={`live-dataset ${problem === null ? report.state : 'failed'}`}>
      <div className="live-head">
        <DatasetMark report={report} working={working} />
        {steps.length === 0 ? (
          <Name text={dataset} className="live-name" />
        ) : (
          <button
            type="button"
            className="live-toggle"
            aria-expanded={expanded}
            aria-label={t('live.expand', { dataset: visible(dataset) })}
            onClick={onToggle}
          >
            <Name text={dataset} className="live-name" />
            <ChevronRight className="turn" data-open={expanded || undefined} size={14} aria-hidden="true" />
          </button>
        )}
        <span className="live-state muted fig">{stateText(report, running, texts)}</span>
      </div>
      {problem === null ? null : (
        <p className="live-problem bad">{problemSentences(problem.code, problem.facts, texts.language).happened}</p>
      )}
      {working || (report.state !== 'done' && hasBegun(report)) ? (
        <DatasetBar report={report} nowMs={nowMs} runKey={runKey} />
      ) : null}
      {report.discardedBytes > 0 ? (
        <p className="muted fig">{t('live.discarded', { bytes: texts.format.bytes(report.discardedBytes) })}</p>
      ) : null}
      {expanded ? (
        <ol className="steps">
          {steps.map((step, index) => (
            <Step key={`${step.from ?? ''} ${step.to}`} step={step} at={index} report={report} running={running} />
          ))}
        </ol>
      ) : null}
    </div>
  );
}

function DatasetBar({ report, nowMs, runKey }: Pick<LiveDatasetProps, 'report' | 'nowMs' | 'runKey'>) {
  const { t } = useTexts();
  const whole = datasetProgress(report);
  const step = workingStep(report);
  // With a single step the daemon knows best how long it takes.
  const progress = report.steps.length === 1 && step !== null ? stepProgress(step) : whole;
  const steady = useSteady(`${runKey} ${report.dataset}`, progress, nowMs);
  return (
    <>
      <Bar
        label={t('live.progressOf', { name: visible(report.dataset) })}
        fraction={steady.fraction}
        resumedFraction={whole.resumedFraction}
      />
      <ProgressFacts progress={progress} steady={steady}>
        {report.steps.length > 1
          ? t('live.step', {
              index: Math.min(report.currentStep + 1, report.steps.length),
              count: report.steps.length,
            })
          : undefined}
      </ProgressFacts>
    </>
  );
}

function DatasetMark({ report, working }: { readonly report: DatasetReport; readonly working: boolean }) {
  if (report.problem !== null) return <CircleAlert className="mark failed" size={16} aria-hidden="true" />;
  if (working) return <ArrowUp className="mark working" size={16} aria-hidden="true" />;
  if (report.state === 'done') return <CircleCheck className="mark current" size={16} aria-hidden="true" />;
  return <CircleDashed className="mark" size={16} aria-hidden="true" />;
}

function stateText(report: DatasetReport, running: boolean, { t, format }: Translator): string {
  if (report.problem !== null) return t(`live.state.${report.state}`);
  if (report.state === 'done') {
    const sent = report.steps.reduce((sum, step) => sum + step.bytesReplicated, 0);
    return report.steps.length === 0
      ? t('live.upToDate')
      : `${t('live.state.done')} · ${format.bytes(sent)} · ${t('live.steps', { count: report.steps.length })}`;
  }
  if (!running) return '';
  if (report.blockedOn === 'nothing') return t(`live.state.${report.state}`);
  const { totalBytes } = datasetProgress(report);
  const waits = t(`live.blocked.${report.blockedOn}`);
  return totalBytes === null || totalBytes === 0 ? waits : `${waits} · ${format.bytes(totalBytes)}`;
}

/** Something of it is on the other side, or was. */
function hasBegun({ steps }: DatasetReport): boolean {
  return steps.some(({ bytesReplicated, resumedFromBytes }) => bytesReplicated > 0 || resumedFromBytes !== null);
}

interface StepProps {
  readonly step: StepReport;
  readonly at: number;
  readonly report: DatasetReport;
  readonly running: boolean;
}

function Step({ step, at, report, running }: StepProps) {
  const { t, format } = useTexts();
  const progress = stepProgress(step);
  const current = running && isWorking(report) && report.currentStep === at;
  const done = step.finishedAtMs !== null;
  const resumed = step.resumedFromBytes;
  return (
    <li className="step" aria-current={current ? 'step' : undefined}>
      <span className="step-way">
        <Way step={step} />
      </span>
      <span className="step-bar">
        {current ? (
          <Bar
            label={t('live.step', { index: at + 1, count: report.steps.length })}
            fraction={progress.fraction}
            resumedFraction={progress.resumedFraction}
          />
        ) : null}
      </span>
      <span className="step-facts muted fig">
        {[
          ...(step.snapshotCount > 1 ? [t('live.snapshots', { count: step.snapshotCount })] : []),
          ...(progress.totalBytes === null ? [] : [format.bytes(progress.totalBytes)]),
          ...(resumed === null ? [] : [t('live.resumed', { bytes: format.bytes(resumed) })]),
          ...(done ? [t('live.state.done')] : []),
        ].join(' · ')}
      </span>
    </li>
  );
}

function Way({ step }: { readonly step: StepReport }) {
  const { t } = useTexts();
  if (step.from === null) {
    const [before, after] = t('live.full', { to: '\u0000' }).split('\u0000');
    return (
      <>
        {before}
        <Name text={step.to} />
        {after}
      </>
    );
  }
  return (
    <>
      <Name text={step.from} /> <span aria-hidden="true">→</span> <Name text={step.to} />
    </>
  );
}
