import { Activity, Command, HardDrive, LayoutGrid, Plug, Settings, Unplug } from 'lucide-react';
import type { ReactNode } from 'react';
import { drivesOf } from '../../core/api/drive-status.ts';
import { setPaletteOpen, useApp, useStatus, useTexts } from '../app-state.ts';
import { jobMark } from '../model/job-mark.ts';
import { type Route, routeHash } from '../model/route.ts';
import { Button } from '../ui/button.tsx';
import { JobMark } from '../ui/job-mark.tsx';
import { Name } from '../ui/name.tsx';

/** The pages, the jobs with how they stand, and whether all this is true now. */
export function Nav() {
  const { t } = useTexts();
  const status = useStatus();
  return (
    <nav className="nav" aria-label={t('nav.label')}>
      <p className="brand">
        <Brand />
        {t('app.name')}
      </p>
      <ul className="nav-list">
        <Item to={{ page: 'overview' }} icon={<LayoutGrid size={16} aria-hidden="true" />}>
          {t('nav.overview')}
        </Item>
        {status === null || drivesOf(status).length === 0 ? null : (
          <Item to={{ page: 'drives' }} icon={<HardDrive size={16} aria-hidden="true" />}>
            {t('nav.drives')}
          </Item>
        )}
        <Item to={{ page: 'activity' }} icon={<Activity size={16} aria-hidden="true" />}>
          {t('nav.activity')}
        </Item>
        <Item to={{ page: 'settings' }} icon={<Settings size={16} aria-hidden="true" />}>
          {t('nav.settings')}
        </Item>
      </ul>
      {status === null || status.jobs.length === 0 ? null : (
        <>
          <h2 className="nav-title">{t('nav.jobs')}</h2>
          <ul className="nav-list jobs">
            {status.jobs.map((job) => (
              <Item
                key={job.name}
                to={{ page: 'job', job: job.name, tab: 'live' }}
                icon={<JobMark mark={jobMark(job)} />}
              >
                <Name text={job.name} />
              </Item>
            ))}
          </ul>
        </>
      )}
      <div className="nav-foot">
        <Button kind="quiet" onPress={() => setPaletteOpen(true)} keys="Control+K">
          <Command size={14} aria-hidden="true" />
          {t('nav.palette')}
          <kbd>Ctrl K</kbd>
        </Button>
        <LinkState />
      </div>
    </nav>
  );
}

interface ItemProps {
  readonly to: Route;
  readonly icon: ReactNode;
  readonly children: ReactNode;
}

function Item({ to, icon, children }: ItemProps) {
  const here = useApp(({ route }) => route);
  const page = here.page === 'add-drive' ? 'drives' : here.page;
  const current = page === to.page && (here.page !== 'job' || to.page !== 'job' || here.job === to.job);
  return (
    <li>
      <a className="nav-item" href={routeHash(to)} aria-current={current ? 'page' : undefined}>
        {icon}
        <span className="nav-text">{children}</span>
      </a>
    </li>
  );
}

/** Said always, so that its absence cannot be overlooked. */
function LinkState() {
  const { t } = useTexts();
  const kind = useApp(({ view }) => view.link.kind);
  return (
    <p className={`link ${kind}`} role="status">
      {kind === 'lost' ? <Unplug size={14} aria-hidden="true" /> : <Plug size={14} aria-hidden="true" />}
      {t(`link.${kind}`)}
    </p>
  );
}

/** A ferry between two shores. */
function Brand() {
  return (
    <svg className="brand-mark" width="22" height="22" viewBox="0 0 24 24" aria-hidden="true">
      <path className="hull" d="M2.5 13.5h19l-2.6 5.2H5.1Z" />
      <path className="deck" d="M6.5 13.5V9h8l3.4 4.5M10 9V5.5h2.6" />
      <path
        className="wave"
        d="M2 21.6c1.7 0 1.7-1 3.3-1s1.700 1 3.400 1 1.700-1 3.300-1 1.700 1 3.400 1 1.700-1 3.300-1 1.700 1 3.300 1"
      />
    </svg>
  );
}
