import { useTexts } from '../../app-state.ts';
import { routeHash } from '../../model/route.ts';
import { DRIVE_JOB, DRIVE_LINES, type Place } from '../../model/setup/later.ts';
import { Command } from '../../ui/command.tsx';
import { Name } from '../../ui/name.tsx';

/** Where it is written down what the keys mean. It comes with the sources, not with the program. */
const DOCS = 'docs/configuration.md';

/** What cannot be set up here yet, and what one can do today instead. */
export function LaterPart({ place }: { readonly place: Exclude<Place, 'nas'> }) {
  const { t } = useTexts();
  return (
    <section className="card">
      <h2>{t(`setup.later.${place}.title`)}</h2>
      <p>{t(`setup.later.${place}.lacks`)}</p>
      <h3>{t('setup.later.today')}</h3>
      <p>{t(`setup.later.${place}.today`)}</p>
      {place === 'drive' ? (
        <>
          <Command where={t('setup.later.lines')} text={DRIVE_LINES} label={t('setup.later.linesLabel')} />
          <Command where={t('setup.later.job')} text={DRIVE_JOB} label={t('setup.later.jobLabel')} />
        </>
      ) : null}
      <p className="warn">{t(`setup.later.${place}.careful`)}</p>
      <p>
        <a href={routeHash({ page: 'settings' })}>{t('setup.byHandLink')}</a>
      </p>
      <p className="muted">
        {t('setup.later.docs')} <Name text={DOCS} className="path" />
      </p>
    </section>
  );
}
