/** Which page the address names. Pure. */

export const JOB_TABS = ['live', 'datasets', 'history', 'plan'] as const;
export type JobTab = (typeof JOB_TABS)[number];

/** The steps of adding a backup, in their order. */
export const SETUP_STEPS = ['look', 'what', 'where', 'when', 'plan', 'run'] as const;
export type SetupStep = (typeof SETUP_STEPS)[number];

export type Route =
  | { readonly page: 'overview' | 'drives' | 'activity' | 'settings' }
  | { readonly page: 'setup'; readonly step: SetupStep }
  | { readonly page: 'add-drive'; readonly job: string }
  | { readonly page: 'job'; readonly job: string; readonly tab: JobTab };

/** Of "#/job/photos/history"; what is not understood is the overview. */
export function parseRoute(hash: string): Route {
  const [page, ...rest] = hash.replace(/^#?\/?/, '').split('/');
  if (page === 'drives' && rest[0] === 'add') return addDriveTo(decoded(rest[1] ?? ''));
  if (page === 'drives' || page === 'activity' || page === 'settings') return { page };
  if (page === 'setup') return { page, step: SETUP_STEPS.find((step) => step === rest[0]) ?? 'look' };
  if (page !== 'job') return { page: 'overview' };
  const job = decoded(rest[0] ?? '');
  if (job === null || job === '') return { page: 'overview' };
  return { page: 'job', job, tab: JOB_TABS.find((tab) => tab === rest[1]) ?? 'live' };
}

export function routeHash(route: Route): string {
  if (route.page === 'overview') return '#/';
  if (route.page === 'setup') return `#/setup/${route.step}`;
  if (route.page === 'add-drive') return `#/drives/add/${encodeURIComponent(route.job)}`;
  if (route.page !== 'job') return `#/${route.page}`;
  return `#/job/${encodeURIComponent(route.job)}${route.tab === 'live' ? '' : `/${route.tab}`}`;
}

function addDriveTo(job: string | null): Route {
  return job === null || job === '' ? { page: 'drives' } : { page: 'add-drive', job };
}

function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}
