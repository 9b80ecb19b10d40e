import { useTexts } from '../../app-state.ts';
import { routeHash } from '../../model/route.ts';
import { DRIVE_JOBS, type Place } from '../../model/setup/later.ts';
import { Command } from '../../ui/command.tsx';
import { Name } from '../../ui/name.tsx';

/** Where it is written down what the jobs of the example mean. It comes with the sources, not with the program. */
const DOCS = { drive: 'docs/examples/second-pool.yml', zrepl: 'docs/configuration.md' } as const;

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
        <Command where={t('setup.later.jobs')} text={DRIVE_JOBS} label={t('setup.later.jobsLabel')} />
      ) : null}
      <p className="warn">{t(`setup.later.${place}.careful`)}</p>
      <p>
        <a href={routeHash({ page: 'settings' })}>{t('setup.byHandLink')}</a>
      </p>
      <p className="muted">
        {t('setup.later.docs')} <Name text={DOCS[place]} className="path" />
      </p>
    </section>
  );
}
