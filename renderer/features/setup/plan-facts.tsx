import { RECEIVING_RIGHTS } from '../../../core/api/receiving-rights.ts';
import { visible } from '../../../core/api/visible.ts';
import { useTexts } from '../../app-state.ts';
import type { SetupDraft } from '../../model/setup/draft.ts';
import type { FirstSend, Space } from '../../model/setup/first-look.ts';
import type { LinkRate } from '../../model/setup/link-rate.ts';
import type { Planned } from '../../model/setup/planned.ts';
import type { ChosenTotal, FoundDataset } from '../../model/setup/tree.ts';
import { Name } from '../../ui/name.tsx';
import { Fact } from './fact.tsx';
import { PlanSend } from './plan-send.tsx';

const SHOWN = 6;

interface PlanFactsProps {
  readonly draft: SetupDraft;
  readonly planned: Planned;
  readonly datasets: readonly FoundDataset[];
  readonly total: ChosenTotal;
  /** Null while the NAS is being looked at, and where that failed. */
  readonly send: FirstSend | null;
  readonly looking: boolean;
  readonly rate: LinkRate | null;
  readonly space: Space | null;
}

/** What is going to happen, in short. */
export function PlanFacts({ draft, planned, datasets, total, send, looking, rate, space }: PlanFactsProps) {
  const { t, format } = useTexts();
  const { nas, intervalS, newChildren } = draft;
  const isDrive = draft.place === 'drive';
  return (
    <section className="card">
      <h2>{t('setup.plan.facts')}</h2>
      <dl className="facts">
        <Fact name={t('setup.plan.what')}>
          {t('setup.plan.whatText', { count: total.datasets })} {newChildren ? t('setup.plan.newToo') : ''}
          <span className="plan-datasets">
            {datasets.slice(0, SHOWN).map(({ name }) => (
              <Name key={name} text={name} className="chip" />
            ))}
            {datasets.length > SHOWN ? (
              <span className="muted">{t('needs.more', { count: datasets.length - SHOWN })}</span>
            ) : null}
          </span>
        </Fact>
        <Fact name={t('setup.plan.to')}>
          {planned.places.map((place) => (
            <span className="plan-place" key={place}>
              <Name text={isDrive ? place : `${nas.user}@${nas.host}:${place}`} className="path" />
            </span>
          ))}
          {planned.names.length > 1 ? (
            <span className="sub">{t('setup.plan.twoJobs', { count: planned.names.length })}</span>
          ) : null}
        </Fact>
        <Fact name={t('setup.plan.often')}>{t('setup.plan.every', { time: format.duration(intervalS * 1000) })}</Fact>
        <PlanSend send={send} looking={looking} onDisk={total} rate={rate} isDrive={isDrive} />
        {space === null ? null : (
          <Fact name={t('setup.plan.space')}>
            <SpaceText space={space} />
          </Fact>
        )}
        <Fact name={t('setup.plan.deletes')}>{t('setup.plan.deletesText')}</Fact>
        <Fact name={t('setup.plan.rights')}>
          {t('setup.plan.rightsHere')}
          <span className="sub">
            {isDrive ? t('setup.drive.plan.rights') : t(`setup.plan.rightsThere.${rightsOf(nas)}`, rightsFacts(nas))}
          </span>
          {!isDrive && rightsOf(nas) === 'allow' ? (
            <span className="plan-datasets">
              {RECEIVING_RIGHTS.map((right) => (
                <Name key={right} text={right} className="chip" />
              ))}
            </span>
          ) : null}
        </Fact>
      </dl>
    </section>
  );
}

function SpaceText({ space: { availableBytes, afterBytes, state } }: { readonly space: Space }) {
  const { t, format } = useTexts();
  if (availableBytes === null) return t('setup.plan.spaceUnknown');
  const free = format.bytes(availableBytes);
  if (state !== 'fits' || afterBytes === null) return t('setup.plan.spaceNow', { free });
  return (
    <>
      {t('setup.plan.spaceText', { free, after: format.bytes(afterBytes) })}
      <span className="sub">{t('setup.plan.spaceLater')}</span>
    </>
  );
}

type Rights = 'root' | 'sudo' | 'allow';

function rightsOf({ user, sudo }: SetupDraft['nas']): Rights {
  if (user === 'root') return 'root';
  return sudo ? 'sudo' : 'allow';
}

function rightsFacts({ user, rootFs }: SetupDraft['nas']) {
  return { user: visible(user), rootFs: visible(rootFs) };
}
