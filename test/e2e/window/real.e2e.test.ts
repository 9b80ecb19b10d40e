/** The window in front of the real daemon: real engine, real socket, real loopback server; OpenZFS alone is simulated. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBrowser } from './support/browser.ts';
import { Household, PHOTO_BLOCKS } from './support/household.ts';
import { builtWindow } from './support/window.ts';

let built: Awaited<ReturnType<typeof builtWindow>>;
beforeAll(async () => {
  built = await builtWindow();
});
afterAll(() => built[Symbol.asyncDispose]());

async function open() {
  const stack = new AsyncDisposableStack();
  const household = stack.use(await Household.start(built.folder));
  const browsing = stack.use(await openBrowser());
  const page = await browsing.context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  await page.goto(await household.address());
  await page.getByText('Live', { exact: true }).waitFor();
  return { household, page, browsing, complaints, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

describe('in front of the real daemon', () => {
  it('backs up, is cut off, goes on where it was, shows that on the bar, and says at the end that it is there', async () => {
    await using world = await open();
    const { household, page } = world;
    // Nothing has been looked at yet, and so nothing is said to be safe.
    await page.getByRole('heading', { level: 1, name: 'It is not known yet what nas has backed up.' }).waitFor();

    const half = household.holdAt(PHOTO_BLOCKS / 2);
    await page.getByRole('button', { name: 'Back up now' }).click();
    await page.getByText('nas: a run has started.').waitFor();
    const card = page.getByRole('article').filter({ hasText: 'tank/home/photos' });
    await card.getByText('Replicating').waitFor();

    const later = () => household.holdAt((PHOTO_BLOCKS * 3) / 4);
    half('cut');
    const letGo = later();
    await page.getByRole('link', { name: 'nas' }).first().click();
    const bar = page.getByRole('progressbar', { name: 'Progress of tank/home/photos' });
    await expect
      .poll(async () => Number(await bar.getAttribute('data-resumed')), { timeout: 30_000 })
      .toBeGreaterThan(0.4);
    expect(Number(await bar.getAttribute('data-resumed'))).toBeLessThan(0.6);
    await page
      .getByText(/^resumed at /)
      .first()
      .waitFor();

    letGo('go-on');
    await page.getByRole('heading', { level: 2, name: 'Done' }).waitFor({ timeout: 30_000 });
    await page.getByRole('link', { name: 'Overview' }).click();
    await page.getByRole('button', { name: /^tank\/home\/photos on nas:backup\/desk: .*newest/ }).click();
    await page.getByText('replication cursor', { exact: false }).first().waitFor();
    await page.keyboard.press('Escape');

    await page.getByRole('link', { name: 'Activity' }).click();
    await page.getByRole('button', { name: /ok.*sent.*resumed from/ }).click();
    await page.getByText('2 of 2 datasets', { exact: false }).waitFor();
    expect(world.complaints).toEqual([]);
  });

  it('looks in a browser that knows nothing of it as it did in the last one', async () => {
    await using world = await open();
    const { household, page } = world;
    await page.getByRole('link', { name: 'Settings' }).click();
    await page.getByRole('button', { name: /Colours/ }).click();
    await page.getByRole('option', { name: 'Dark' }).click();
    await expect.poll(() => page.evaluate(() => document.documentElement.dataset.theme)).toBe('dark');
    // Every change is left with the shell soon after it was made.
    await expect.poll(() => household.left.at(-1)).toEqual({ theme: 'dark' });

    await using other = await openBrowser();
    const next = await other.context.newPage();
    await next.goto(await household.address());
    await next.getByText('Live', { exact: true }).waitFor();
    await expect.poll(() => next.evaluate(() => document.documentElement.dataset.theme)).toBe('dark');
  });

  it('stops a run now, pauses, refuses to forget it, and resumes', async () => {
    await using world = await open();
    const { household, page } = world;
    const letGo = household.holdAt(PHOTO_BLOCKS / 2);
    await page.getByRole('button', { name: 'Back up now' }).click();
    await page.getByRole('article').getByText('Replicating').waitFor();
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByRole('menuitem', { name: '1 hour' }).click();
    await page
      .getByText(/^Paused until .* Snapshots go on\.$/)
      .first()
      .waitFor();
    await page.getByText('stops after this step', { exact: false }).waitFor();
    letGo('go-on');
    await page.getByText('Nothing is running.').waitFor();
    // The pause outlives the daemon.
    await household.stopDaemon();
    await page.getByRole('heading', { level: 1, name: 'Whether backups run is not known.' }).waitFor();
    await household.startDaemon();
    await page.getByText('Live', { exact: true }).waitFor({ timeout: 30_000 });
    await page
      .getByText(/^Paused until .* Snapshots go on\.$/)
      .first()
      .waitFor();
    await page.getByRole('button', { name: 'Resume' }).click();
    await page.getByRole('button', { name: 'Pause' }).waitFor();
  });

  it('goes on in an open window when the daemon is started again, with what it remembers', async () => {
    await using world = await open();
    const { household, page } = world;
    await page.getByRole('button', { name: 'Back up now' }).click();
    await page.getByRole('heading', { level: 1, name: /^Everything is on nas/ }).waitFor({ timeout: 30_000 });
    await household.stopDaemon();
    await page.getByRole('alert').waitFor();
    expect(await page.getByRole('heading', { name: /^Everything/ }).count()).toBe(0);
    await household.startDaemon();
    await page.getByText('Live', { exact: true }).waitFor({ timeout: 30_000 });
    // The new daemon has not looked yet: the window does not go on claiming what the old one knew.
    expect(await page.getByRole('heading', { name: /^Everything/ }).count()).toBe(0);
    await page.getByRole('link', { name: 'Activity' }).click();
    await page.getByRole('button', { name: /nas.*ok/ }).waitFor();
  });

  it('shows a page that was opened once only to whoever opened it', async () => {
    await using world = await open();
    const address = await world.household.address();
    const second = await world.browsing.context.newPage();
    await second.goto(address);
    await second.getByText('Live', { exact: true }).waitFor();
    await using other = await openBrowser();
    const thief = await other.context.newPage();
    await thief.goto(address);
    await thief.getByRole('alert').waitFor();
    expect(await thief.getByText('Live', { exact: true }).count()).toBe(0);
  });
});
