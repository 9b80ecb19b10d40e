import { RotateCw } from 'lucide-react';
import { useId } from 'react';
import type { Discovered } from '../../../core/api/surroundings.ts';
import { useDaemonNowMs, useTexts } from '../../app-state.ts';
import { otherTools, type PoolFound, poolsFound, type ToolTraces } from '../../model/setup/found.ts';
import { Button } from '../../ui/button.tsx';
import { Name } from '../../ui/name.tsx';
import { ProblemBox } from '../../ui/problem-box.tsx';
import type { Found } from './use-found.ts';

interface LookStepProps {
  readonly found: Found;
  /** Whether to say what becomes of the snapshots of others: that is true of jobs as they are set up here, and not of all. */
  readonly settingUp?: boolean;
}

/** What there is on this machine, in sentences. Nothing is asked yet. */
export function LookStep({ found, settingUp = true }: LookStepProps) {
  const { t } = useTexts();
  const { reply, problem, asking, look } = found;
  return (
    <>
      <div className="setup-tools">
        <p role="status" className="muted">
          {asking ? t('setup.look.looking') : reply === null ? '' : t('setup.look.looked')}
        </p>
        <Button onPress={look} isDisabled={asking}>
          <RotateCw size={14} aria-hidden="true" />
          {t('setup.look.again')}
        </Button>
      </div>
      {problem === null ? null : <ProblemBox problem={problem} />}
      {reply === null ? null : <What found={reply} settingUp={settingUp} />}
    </>
  );
}

function What({ found, settingUp }: { readonly found: Discovered; readonly settingUp: boolean }) {
  const { t } = useTexts();
  const pools = poolsFound(found);
  const others = otherTools(found);
  if (found.zfs === null || pools.length === 0) {
    const kind = found.zfs === null ? 'noZfs' : 'noPools';
    return (
      <section className="card">
        <h2>{t(`setup.look.${kind}`)}</h2>
        <p>{t(`setup.look.${kind}Text`)}</p>
        {found.problem === null ? null : <ProblemBox problem={found.problem} />}
      </section>
    );
  }
  return (
    <>
      <p>
        {t('setup.look.zfs', { version: found.zfs.userland })}{' '}
        {t('setup.look.datasets', { count: found.datasets.length })}{' '}
        {found.datasets.some(({ encrypted }) => encrypted) ? '' : t('setup.look.noneEncrypted')}
      </p>
      {found.problem === null ? null : <ProblemBox problem={found.problem} />}
      <ul className="pools">
        {pools.map((pool) => (
          <PoolCard key={pool.pool.guid} found={pool} />
        ))}
      </ul>
      {others.length === 0 || !settingUp ? null : (
        <p className="calm-note">
          {t('setup.look.others', { tools: others.map((tool) => t(`setup.tool.${tool}`)).join(', ') })}
        </p>
      )}
      {found.leftOut === 0 ? null : <p className="warn">{t('setup.look.leftOut', { count: found.leftOut })}</p>}
    </>
  );
}

function PoolCard({ found }: { readonly found: PoolFound }) {
  const { t, format } = useTexts();
  const nowMs = useDaemonNowMs(60_000);
  const titleId = useId();
  const { pool, datasets, encrypted, locked, tools, health } = found;
  const used = pool.sizeBytes - pool.freeBytes;
  return (
    <li className="card pool" aria-labelledby={titleId}>
      <div className="pool-head">
        <h2 id={titleId}>
          <Name text={pool.name} />
        </h2>
        <span className={health === 'good' ? 'good' : health === 'degraded' ? 'warn' : 'bad'}>
          {t(`setup.look.health.${health}`)}
          {health === 'good' ? null : (
            <>
              {' '}
              <Name text={pool.health} />
            </>
          )}
        </span>
      </div>
      <div className="pool-fill" aria-hidden="true">
        <div style={{ inlineSize: `${pool.sizeBytes === 0 ? 0 : (used / pool.sizeBytes) * 100}%` }} />
      </div>
      <p className="muted fig">
        {t('setup.look.space', {
          used: format.bytes(used),
          size: format.bytes(pool.sizeBytes),
          free: format.bytes(pool.freeBytes),
        })}
      </p>
      <p>
        {t('setup.look.datasets', { count: datasets })}{' '}
        {encrypted === 0 ? '' : t('setup.look.encrypted', { count: encrypted })}{' '}
        {locked === 0 ? '' : t('setup.look.locked', { count: locked })}
      </p>
      {pool.readonly ? <p className="warn">{t('setup.look.readonly')}</p> : null}
      {tools.length === 0 ? (
        <p className="muted">{t('setup.look.noSnapshots')}</p>
      ) : (
        <ul className="traces">
          {tools.map((traces) => (
            <Traces key={traces.tool} traces={traces} nowMs={nowMs} />
          ))}
        </ul>
      )}
    </li>
  );
}

function Traces({ traces, nowMs }: { readonly traces: ToolTraces; readonly nowMs: number }) {
  const { t, format } = useTexts();
  const { tool, count, newestMs } = traces;
  return (
    <li className="muted fig">
      {t('setup.look.traces', { count, tool: t(`setup.tool.${tool}`) })}
      {newestMs === null ? '' : ` · ${t('setup.look.newest', { when: format.ago(newestMs, nowMs) })}`}
    </li>
  );
}
