/** What the window says of free space: everywhere where copies lie and data is taken from, and for how long it lasts. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BLOCK_BYTES } from '../../simulation/zfs/world.ts';
import { DAY, NOW_MS, space } from '../../unit/cli/support/example-status.ts';
import { openBrowser } from './support/browser.ts';
import { Household, NAS_BLOCKS } from './support/household.ts';
import { leavePicture } from './support/looks.ts';
import { BLUE, driveHousehold, NAS } from './support/scenes.ts';
import { builtWindow, showWindow } from './support/window.ts';

let built: Awaited<ReturnType<typeof builtWindow>>;
beforeAll(async () => {
  built = await builtWindow();
});
afterAll(() => built[Symbol.asyncDispose]());

const place = (destination: string, leftDays: number) => {
  const [host = '', dataset = ''] = destination.split(':');
  const forecast = { kind: 'full', atMs: NOW_MS + leftDays * DAY, overMs: 30 * DAY } as const;
  return space({ destination, host, dataset, forecast });
};

describe('free space', () => {
  it('stands in the overview, at the drive and at the job, with how long it lasts', async () => {
    await using shown = await showWindow(built.folder, driveHousehold('connected'));
    const { page, daemon } = shown;
    const places = page.getByRole('region', { name: 'Free space' }).getByRole('listitem');
    await expect.poll(() => places.count()).toBe(2);
    const [nas, rpool] = [places.nth(0), places.nth(1)];
    await nas.getByText('812.0 GiB free').waitFor();
    await nas.getByText('enough for about 5 weeks at the pace of the last 30 days').waitFor();
    await rpool.getByText('no end in sight at the pace of the last 30 days').waitFor();
    const drives = page.getByRole('region', { name: 'Drives' });
    await drives.getByText('enough for about 5 weeks', { exact: false }).waitFor();
    await leavePicture(page, 'space');

    daemon.change([
      {
        name: 'nas',
        space: [place(NAS, 12), space({ destination: null, side: 'source', dataset: 'rpool', seen: null })],
      },
      { name: 'blue', space: [place(BLUE, -1)] },
    ]);
    await nas.getByText('enough for about 12 days', { exact: false }).waitFor();
    await rpool.getByText('not known').waitFor();
    await drives.getByText('the next backup may not fit').waitFor();
    await leavePicture(page, 'space-soon');

    await page.getByRole('link', { name: 'nas' }).first().click();
    await page.getByRole('tab', { name: 'Datasets' }).click();
    await page.getByRole('region', { name: 'Free space' }).getByText('about 12 days', { exact: false }).waitFor();
    await leavePicture(page, 'space-job');
    expect(shown.complaints).toEqual([]);
  });

  it('is read by the real daemon, which goes by what it remembers of the weeks before', async () => {
    const size = NAS_BLOCKS * BLOCK_BYTES;
    const days = Array.from({ length: 30 }, (_, index) => 30 - index);
    // As if ten days of this pace were left today.
    const samples = days.map((day) => {
      const available = Math.floor((size * (10 + day)) / 42);
      return [Date.now() - day * DAY, available, size - available];
    });
    const kept = JSON.stringify({ places: [{ key: 'nas:backup/desk', samples }] });
    await using stack = new AsyncDisposableStack();
    const household = stack.use(await Household.start(built.folder, undefined, kept));
    const browsing = stack.use(await openBrowser());
    const page = await browsing.context.newPage();
    await page.goto(await household.address());
    const nas = page.getByRole('region', { name: 'Free space' }).getByRole('listitem').first();
    await nas.getByText('enough for about 10 days at the pace of the last 29 days').waitFor();
    await page.getByRole('button', { name: 'Back up now' }).click();
    // Somebody has made room there since yesterday: the pace is the same, and nearly all of the pool is left for it.
    await nas.getByText('enough for about 6 weeks at the pace of the last 29 days').waitFor({ timeout: 30_000 });
    await nas.getByText('seen just now').waitFor();
  });
});
