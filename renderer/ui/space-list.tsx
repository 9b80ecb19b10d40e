import { Database, HardDriveUpload } from 'lucide-react';
import { sayOutlook } from '../../core/api/say-space.ts';
import { isSoonFull, type SpacePlace, spaceKey } from '../../core/api/space.ts';
import { useTexts } from '../app-state.ts';
import { sentenceLanguage } from '../i18n/language.ts';
import { placeName } from '../model/evidence.ts';
import { Name } from './name.tsx';

interface SpaceListProps {
  readonly places: readonly SpacePlace[];
  readonly nowMs: number;
}

/** How much room there is at each place, and for how long. */
export function SpaceList({ places, nowMs }: SpaceListProps) {
  return (
    <ul className="card spaces">
      {places.map((place) => (
        <SpaceLine key={spaceKey(place)} place={place} nowMs={nowMs} />
      ))}
    </ul>
  );
}

function SpaceLine({ place, nowMs }: { readonly place: SpacePlace; readonly nowMs: number }) {
  const { t, format } = useTexts();
  const { seen, side } = place;
  const soon = isSoonFull(place, nowMs);
  const Icon = side === 'source' ? Database : HardDriveUpload;
  return (
    <li className={`space ${soon ? 'soon' : ''}`}>
      <Icon size={18} aria-hidden="true" />
      <span className="space-place">
        <PlaceName place={place} />
      </span>
      {seen === null ? (
        <span className="muted">{t('space.unknown')}</span>
      ) : (
        <>
          <strong className="fig">{t('space.free', { free: format.bytes(seen.availableBytes) })}</strong>
          <span className="space-outlook">
            <SpaceOutlook place={place} nowMs={nowMs} />
            <span className="sub fig">
              {t('space.used', { used: format.bytes(seen.usedBytes) })} ·{' '}
              {t('space.seen', { when: format.ago(seen.atMs, nowMs) })}
            </span>
          </span>
        </>
      )}
    </li>
  );
}

function PlaceName({ place }: { readonly place: SpacePlace }) {
  const { t } = useTexts();
  if (place.destination !== null) return <Name text={placeName(place.destination)} className="strong" />;
  const [before, after] = t('space.source', { pool: '\u0000' }).split('\u0000');
  return (
    <>
      {before}
      <Name text={place.dataset} className="strong" />
      {after}
    </>
  );
}

/** How long it lasts, in the words of the notices. */
export function SpaceOutlook({ place, nowMs }: { readonly place: SpacePlace; readonly nowMs: number }) {
  const { language } = useTexts();
  return (
    <span className={isSoonFull(place, nowMs) ? 'warn' : 'muted'} data-raw>
      {sayOutlook(place, nowMs, sentenceLanguage(language))}
    </span>
  );
}
