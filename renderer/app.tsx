import { useEffect, useRef } from 'react';
import { I18nProvider } from 'react-aria-components';
import type { DaemonStatus } from '../core/api/status.ts';
import { useApp, useStatus, useTexts } from './app-state.ts';
import { ActivityPage } from './features/activity/activity-page.tsx';
import { Disconnected } from './features/disconnected.tsx';
import { AddDrivePage } from './features/drives/add-drive-page.tsx';
import { DrivesPage } from './features/drives/drives-page.tsx';
import { JobPage } from './features/job/job-page.tsx';
import { Nav } from './features/nav.tsx';
import { Notices } from './features/notices.tsx';
import { OverviewPage } from './features/overview/overview-page.tsx';
import { Palette } from './features/palette/palette.tsx';
import { SettingsPage } from './features/settings/settings-page.tsx';
import { SetupPage } from './features/setup/setup-page.tsx';
import { StaleLine } from './features/stale-line.tsx';
import type { Translator } from './i18n/translator.ts';
import { type Route, routeHash } from './model/route.ts';
import { Button } from './ui/button.tsx';

/** A language that is written from right to left, with the digits of the texts here. */
const MIRRORED_LOCALE = 'he-IL';

/** The window. */
export function App() {
  const { t, locale, direction } = useTexts();
  const theme = useApp((state) => state.theme);
  const route = useApp((state) => state.route);
  const stale = useApp(({ view }) => view.link.kind === 'lost' && view.heard !== null);
  const main = useRef<HTMLElement>(null);

  useEffect(() => {
    document.documentElement.lang = locale;
    document.documentElement.dir = direction;
  }, [locale, direction]);
  useEffect(() => {
    document.documentElement.dataset.theme = theme;
  }, [theme]);
  usePageTitle(route);

  return (
    <I18nProvider locale={direction === 'rtl' ? MIRRORED_LOCALE : locale}>
      <div className="app" data-stale={stale || undefined}>
        <div className="skip">
          <Button onPress={() => main.current?.focus()}>{t('app.skip')}</Button>
        </div>
        <Nav />
        <main className="content" ref={main} tabIndex={-1}>
          <StaleLine />
          <Page route={route} />
        </main>
        <Notices />
        <Palette />
      </div>
    </I18nProvider>
  );
}

/** A new page is told to those who hear it, and the keyboard goes on from its beginning. */
function usePageTitle(route: Route): void {
  const { t } = useTexts();
  const place = routeHash(route).split('/').slice(0, 3).join('/');
  const before = useRef(place);
  useEffect(() => {
    document.title = `${titleOf(route, t)} – ${t('app.name')}`;
    if (before.current === place) return;
    before.current = place;
    const start =
      document.querySelector<HTMLElement>('[data-page-start]') ?? document.querySelector<HTMLElement>('main');
    start?.focus();
  });
}

function titleOf(route: Route, t: Translator['t']): string {
  if (route.page === 'job') return route.job;
  if (route.page === 'add-drive') return t('drivePage.add.title');
  return route.page === 'setup' ? t(`setup.heads.${route.step}`) : t(`nav.${route.page}`);
}

function Page({ route }: { readonly route: Route }) {
  const status = useStatus();
  if (route.page === 'settings') return <SettingsPage status={status} />;
  if (status === null) return <Disconnected />;
  switch (route.page) {
    case 'overview':
      return <OverviewPage status={status} />;
    case 'drives':
      return <DrivesPage status={status} />;
    case 'activity':
      return <ActivityPage status={status} />;
    case 'setup':
      return <SetupPage status={status} step={route.step} />;
    case 'add-drive': {
      const { drives = [] } = jobOf(status, route.job) ?? {};
      return drives.length > 0 ? <AddDrivePage job={route.job} drives={drives} key={route.job} /> : <UnknownJob />;
    }
    case 'job': {
      const job = jobOf(status, route.job);
      return job === null ? <UnknownJob /> : <JobPage job={job} tab={route.tab} key={job.name} />;
    }
  }
}

function UnknownJob() {
  const { t } = useTexts();
  return (
    <section className="empty big">
      <h1>{t('job.unknown')}</h1>
      <p>{t('job.unknownText')}</p>
    </section>
  );
}

function jobOf(status: DaemonStatus, name: string): DaemonStatus['jobs'][number] | null {
  return status.jobs.find((job) => job.name === name) ?? null;
}
