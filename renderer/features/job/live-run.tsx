import { saidIn } from '../../../core/api/messages/said.ts';
import type { JobStatus, PruningReport } from '../../../core/api/status.ts';
import { useTexts } from '../../app-state.ts';
import { sentenceLanguage } from '../../i18n/language.ts';
import { lastAttempt } from '../../model/progress.ts';
import { AttemptBar } from '../overview/running-card.tsx';
import { LiveDatasets } from './live-datasets.tsx';

/** The run at work, or the last one: every dataset and every step. */
export function LiveRun({ job, nowMs }: { readonly job: JobStatus; readonly nowMs: number }) {
  const { t, format, language } = useTexts();
  const { replication } = job;
  const attempt = lastAttempt(job);
  const items = job.snapshotting?.items ?? [];
  const taken = items.filter(({ state }) => state === 'done').length;
  return (
    <>
      {job.stage === 'snapshotting' ? (
        <p className="line">
          <strong>{t('live.snapshotting')}</strong>{' '}
          <span className="muted">{t('live.snapshotsTaking', { done: taken, all: items.length })}</span>
        </p>
      ) : null}
      {replication === null || attempt === null ? (
        <p className="empty">{t(job.type === 'snap' ? 'live.noReplication' : 'live.none')}</p>
      ) : (
        <section className="card attempt">
          <header className="running-head">
            <h2>{t(`live.outcome.${replication.outcome}`)}</h2>
            <span className="muted fig">
              {[
                ...(replication.attempts.length > 1 ? [t('live.attempt', { count: replication.attempts.length })] : []),
                ...(replication.finishedAtMs === null
                  ? []
                  : [t('live.ended', { when: format.ago(replication.finishedAtMs, nowMs) })]),
              ].join(' · ')}
            </span>
          </header>
          {replication.waiting === null ? null : (
            <p className="warn fig">
              {t('live.waiting', {
                next: format.until(replication.waiting.nextTryMs, nowMs),
                until: format.until(replication.waiting.untilMs, nowMs),
              })}
              {replication.waiting.wakingUntilMs === undefined
                ? null
                : ` ${t('live.waking', { until: format.moment(replication.waiting.wakingUntilMs, nowMs) })}`}
            </p>
          )}
          {replication.warnings.map((warning) => (
            <p className="warn" key={warning} data-raw>
              {saidIn(sentenceLanguage(language), warning)}
            </p>
          ))}
          <AttemptBar job={job} nowMs={nowMs} />
          {attempt.datasets.length === 0 ? null : (
            <LiveDatasets attempt={attempt} running={replication.outcome === 'running'} nowMs={nowMs} />
          )}
        </section>
      )}
      {job.pruning.map((report) => (
        <Pruning key={report.side} report={report} />
      ))}
    </>
  );
}

function Pruning({ report }: { readonly report: PruningReport }) {
  const { t } = useTexts();
  const destroyed = report.datasets.reduce((sum, { destroyedCount }) => sum + destroyedCount, 0);
  const kept = report.datasets.reduce((sum, { keptAnyway }) => sum + keptAnyway.length, 0);
  return (
    <p className="line fig">
      <strong>
        {t('live.pruning')} ({t(`live.side.${report.side}`)})
      </strong>{' '}
      <span className="muted">
        {[
          t(`live.pruneState.${report.state}`),
          ...(report.state === 'planning' ? [] : [t('live.pruned', { count: destroyed })]),
          ...(kept === 0 ? [] : [t('live.keptAnyway', { count: kept })]),
        ].join(' · ')}
      </span>
    </p>
  );
}
