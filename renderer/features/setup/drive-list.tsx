import {
  Disclosure,
  Button as DisclosureButton,
  DisclosurePanel,
  Heading,
  Radio,
  RadioGroup,
} from 'react-aria-components';
import type { Disk } from '../../../core/api/disk.ts';
import { soldSize } from '../../../core/api/drive-making.ts';
import { visible } from '../../../core/api/visible.ts';
import { useTexts } from '../../app-state.ts';
import { type DriveDraft, sortedDisks } from '../../model/setup/drive.ts';
import type { Making } from '../../model/setup/making.ts';
import { Name } from '../../ui/name.tsx';

interface DriveListProps {
  /** Null while nobody has looked. */
  readonly disks: readonly Disk[] | null;
  readonly drive: DriveDraft;
  readonly making: Making;
  readonly onPool: (pool: Pick<DriveDraft, 'pool' | 'poolGuid'>) => void;
  readonly onDisk: (id: string) => void;
}

/** What can be used, one of which is chosen; and what cannot, with the reason. */
export function DriveList({ disks, drive, making, onPool, onDisk }: DriveListProps) {
  const { t } = useTexts();
  if (disks === null) return <p className="muted">{t('setup.drive.plug.looking')}</p>;
  const { pools, free, others } = sortedDisks(disks);
  const [first] = making.ids;
  const value = first === undefined ? `pool ${drive.poolGuid}` : `disk ${first}`;
  const isAway = drive.poolGuid !== '' && !pools.some(({ poolGuid }) => poolGuid === drive.poolGuid);
  return (
    <>
      {pools.length + free.length === 0 && !isAway ? null : (
        <RadioGroup
          className="places"
          aria-label={t('setup.drive.plug.list')}
          value={value}
          onChange={(next) => {
            const pool = pools.find(({ poolGuid }) => next === `pool ${poolGuid}`);
            const disk = free.find(({ id }) => next === `disk ${id}`);
            if (pool !== undefined) onPool({ pool: pool.pool, poolGuid: pool.poolGuid });
            else if (disk !== undefined) onDisk(disk.id);
          }}
        >
          {isAway ? (
            <Radio className="place" value={`pool ${drive.poolGuid}`}>
              <span className="radio-dot" aria-hidden="true" />
              <span>
                <Name text={drive.pool} className="strong" />
                <span className="sub">{t('setup.drive.plug.chosenAway')}</span>
              </span>
            </Radio>
          ) : null}
          {pools.map(({ pool, poolGuid, disks: parts }) => (
            <Radio className="place" value={`pool ${poolGuid}`} key={poolGuid}>
              <span className="radio-dot" aria-hidden="true" />
              <span>
                {parts.map((disk) => (
                  <DiskName disk={disk} key={disk.device} />
                ))}
                <span className="sub">{t('setup.drive.plug.pool', { pool: visible(pool) })}</span>
                {parts.length > 1 ? (
                  <span className="sub">{t('setup.drive.plug.poolMore', { count: parts.length })}</span>
                ) : null}
              </span>
            </Radio>
          ))}
          {free.map((disk) => (
            <Radio className="place" value={`disk ${disk.id}`} key={disk.id}>
              <span className="radio-dot" aria-hidden="true" />
              <span>
                <DiskName disk={disk} />
                <span className="sub">{t(isEmpty(disk) ? 'setup.drive.plug.empty' : 'setup.drive.plug.full')}</span>
              </span>
            </Radio>
          ))}
        </RadioGroup>
      )}
      <p className="muted" role="status">
        {pools.length + free.length === 0 ? t('setup.drive.plug.none') : ''}
      </p>
      {others.length === 0 ? null : (
        <Disclosure className="by-hand">
          <Heading level={3}>
            <DisclosureButton slot="trigger" className="button quiet">
              {t('setup.drive.plug.others', { count: others.length })}
            </DisclosureButton>
          </Heading>
          <DisclosurePanel>
            <ul className="disks-not-offered">
              {others.map((disk) => (
                <NotOffered disk={disk} key={disk.device} />
              ))}
            </ul>
          </DisclosurePanel>
        </Disclosure>
      )}
    </>
  );
}

export function isEmpty({ verdict }: Disk): boolean {
  return verdict.kind === 'free' && verdict.content.length === 0;
}

/** As it is printed on it. */
export function DiskName({ disk: { device, model, serial, sizeBytes } }: { readonly disk: Disk }) {
  return (
    <span className="disk-name">
      <Name text={model === '' ? device : model} className="strong" /> <Name text={serial} className="path" />{' '}
      <Name text={soldSize(sizeBytes)} />
    </span>
  );
}

function NotOffered({ disk }: { readonly disk: Disk }) {
  const { t } = useTexts();
  const { verdict } = disk;
  if (verdict.kind !== 'in-use') return null;
  return (
    <li>
      <DiskName disk={disk} />
      <span className="sub">
        {t(`setup.drive.why.${verdict.why}`, { what: visible(verdict.what) })} {t(`setup.drive.remedy.${verdict.why}`)}
      </span>
    </li>
  );
}
