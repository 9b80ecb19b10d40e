/** What a person asks for in the menu or a notice, as requests of the contract. */
import type { DaemonStatus } from '../../core/api/status.ts';
import type { Client } from '../../core/api/wire/client.ts';
import { canRun, type MenuAction } from '../tray/menu.ts';

const HOUR_MS = 60 * 60 * 1000;

export type DaemonAction = Exclude<MenuAction, { readonly kind: 'open' | 'quit' }>;

/** Rejects with the first problem; what can be done is done all the same. */
export async function askDaemon(client: Client, action: DaemonAction, status: DaemonStatus | null): Promise<void> {
  switch (action.kind) {
    case 'back-up': {
      const jobs = action.job === null ? (status?.jobs ?? []).filter(canRun).map(({ name }) => name) : [action.job];
      await all(jobs.map((job) => client.request('run', { job, snapshot: true })));
      break;
    }
    case 'eject':
      await client.request('drive/eject', { poolGuid: action.poolGuid });
      break;
    case 'pause': {
      const until =
        action.until === 'hour' ? ({ kind: 'for', durationMs: HOUR_MS } as const) : ({ kind: 'tomorrow' } as const);
      await client.request('pause', { job: null, until, stop: null });
      break;
    }
    case 'resume': {
      const own = (status?.jobs ?? []).filter(({ paused }) => paused !== null).map(({ name }) => name);
      const whole = status?.paused === null ? [] : [null];
      await all([...whole, ...own].map((job) => client.request('resume', { job })));
      break;
    }
  }
}

async function all(requests: readonly Promise<unknown>[]): Promise<void> {
  const failed = (await Promise.allSettled(requests)).find(({ status }) => status === 'rejected');
  if (failed?.status === 'rejected') throw failed.reason;
}
