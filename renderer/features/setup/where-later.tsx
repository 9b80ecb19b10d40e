import { useTexts } from '../../app-state.ts';
import { routeHash } from '../../model/route.ts';

/** What cannot be set up here yet, and what one can do today instead. */
export function LaterPart() {
  const { t } = useTexts();
  return (
    <section className="card">
      <h2>{t('setup.later.zrepl.title')}</h2>
      <p>{t('setup.later.zrepl.lacks')}</p>
      <h3>{t('setup.later.today')}</h3>
      <p>{t('setup.later.zrepl.today')}</p>
      <p className="warn">{t('setup.later.zrepl.careful')}</p>
      <p>
        <a href={routeHash({ page: 'settings' })}>{t('setup.byHandLink')}</a>
      </p>
    </section>
  );
}
