import { useTexts } from '../../app-state.ts';
import { transferMs } from '../../model/setup/added-text.ts';
import type { SetupDraft } from '../../model/setup/draft.ts';
import type { Planned } from '../../model/setup/planned.ts';
import type { ChosenTotal, FoundDataset } from '../../model/setup/tree.ts';
import { Name } from '../../ui/name.tsx';

const GIGABIT = 1e9;
const HUNDRED_MEGABIT = 1e8;
const SHOWN = 6;

interface PlanFactsProps {
  readonly draft: SetupDraft;
  readonly planned: Planned;
  readonly datasets: readonly FoundDataset[];
  readonly total: ChosenTotal;
}

/** What is going to happen, in short. */
export function PlanFacts({ draft, planned, datasets, total }: PlanFactsProps) {
  const { t, format } = useTexts();
  const { nas, intervalS, newChildren } = draft;
  const place = nas.clientIdentity === '' ? nas.rootFs : `${nas.rootFs}/${nas.clientIdentity}`;
  return (
    <section className="card">
      <h2>{t('setup.plan.facts')}</h2>
      <dl className="facts">
        <dt>{t('setup.plan.what')}</dt>
        <dd>
          {t('setup.plan.whatText', { count: total.datasets })} {newChildren ? t('setup.plan.newToo') : ''}
          <span className="plan-datasets">
            {datasets.slice(0, SHOWN).map(({ name }) => (
              <Name key={name} text={name} className="chip" />
            ))}
            {datasets.length > SHOWN ? (
              <span className="muted">{t('needs.more', { count: datasets.length - SHOWN })}</span>
            ) : null}
          </span>
        </dd>
        <dt>{t('setup.plan.to')}</dt>
        <dd>
          <Name text={`${nas.user}@${nas.host}:${place}`} className="path" />
          {planned.names.length > 1 ? (
            <span className="sub">{t('setup.plan.twoJobs', { count: planned.names.length })}</span>
          ) : null}
        </dd>
        <dt>{t('setup.plan.often')}</dt>
        <dd>{t('setup.plan.every', { time: format.duration(intervalS * 1000) })}</dd>
        <dt>{t('setup.plan.first')}</dt>
        <dd className="fig">
          {t('setup.plan.firstText', {
            bytes: format.bytes(total.bytes),
            fast: format.left(transferMs(total.bytes, GIGABIT)),
            slow: format.left(transferMs(total.bytes, HUNDRED_MEGABIT)),
          })}
        </dd>
        <dt>{t('setup.plan.deletes')}</dt>
        <dd>{t('setup.plan.deletesText')}</dd>
        <dt>{t('setup.plan.rights')}</dt>
        <dd>{t('setup.plan.rightsText')}</dd>
      </dl>
    </section>
  );
}
