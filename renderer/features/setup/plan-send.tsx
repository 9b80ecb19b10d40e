import { useTexts } from '../../app-state.ts';
import type { FirstSend } from '../../model/setup/first-look.ts';
import { type LinkRate, timesOf } from '../../model/setup/link-rate.ts';
import type { ChosenTotal } from '../../model/setup/tree.ts';
import { Fact } from './fact.tsx';

interface PlanSendProps {
  readonly send: FirstSend | null;
  readonly looking: boolean;
  /** By what was found on this machine alone. */
  readonly onDisk: ChosenTotal;
  readonly rate: LinkRate | null;
  readonly isDrive: boolean;
}

/** How much the first run sends, how that is known, and how long it takes. */
export function PlanSend({ send, looking, onDisk, rate, isDrive }: PlanSendProps) {
  const { t, format } = useTexts();
  if (send === null) {
    return (
      <Fact name={t('setup.plan.first')}>
        {looking ? (
          <span className="muted">{t('setup.plan.measuring')}</span>
        ) : (
          <>
            {t('setup.plan.firstAtMost', { bytes: format.bytes(onDisk.bytes) })}
            <span className="sub">{t('setup.plan.notLooked')}</span>
          </>
        )}
      </Fact>
    );
  }
  const { bytes, byDryRun, byReferenced, unknown, adopted } = send;
  const sources = [
    byDryRun === 0 ? null : t('setup.plan.byDryRun', { count: byDryRun }),
    byReferenced === 0 ? null : t('setup.plan.byReferenced', { count: byReferenced }),
    unknown === 0 ? null : t('setup.plan.byNobody', { count: unknown }),
    adopted === 0 ? null : t('setup.already.adopted', { count: adopted }),
  ].filter((one) => one !== null);
  const times = bytes === null || rate === null ? null : timesOf(bytes, rate);
  return (
    <>
      <Fact name={t('setup.plan.first')}>
        {bytes === null
          ? t('setup.plan.firstUnknown')
          : t(unknown === 0 ? 'setup.plan.firstText' : 'setup.plan.firstAtLeast', { bytes: format.bytes(bytes) })}
        {sources.map((one) => (
          <span className="sub" key={one}>
            {one}
          </span>
        ))}
      </Fact>
      {times === null || rate === null ? null : (
        <Fact name={t('setup.plan.time')}>
          <Times fast={format.left(times.fastMs)} slow={format.left(times.slowMs)} />
          <span className="sub">
            {rate.by === 'assumed'
              ? t(isDrive ? 'setup.drive.plan.time' : 'setup.plan.timeAssumed')
              : t('setup.plan.timeMeasured', {
                  slow: format.rateBytes(rate.slowest),
                  fast: format.rateBytes(rate.fastest),
                })}
          </span>
          {rate.limited ? (
            <span className="sub">{t('setup.plan.timeLimited', { rate: format.rateBytes(rate.fastest) })}</span>
          ) : null}
        </Fact>
      )}
    </>
  );
}

function Times({ fast, slow }: { readonly fast: string; readonly slow: string }) {
  const { t } = useTexts();
  return fast === slow ? t('setup.plan.timeOne', { time: fast }) : t('setup.plan.timeText', { fast, slow });
}
