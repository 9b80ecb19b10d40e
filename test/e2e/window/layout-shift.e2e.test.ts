/** What stands in the window stays where it is: while it loads, while figures change, and when something arrives late. */
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FakeDaemon } from './support/fake-daemon.ts';
import { busyHousehold, calmHousehold, replicatingTo, someConfig, someHistory, somePlan } from './support/scenes.ts';
import { builtWindow, showWindow } from './support/window.ts';

let built: Awaited<ReturnType<typeof builtWindow>>;
beforeAll(async () => {
  built = await builtWindow();
});
afterAll(() => built[Symbol.asyncDispose]());

const GIB = 2 ** 30;

/** The run goes on, and the window shows it. */
async function goOn(daemon: FakeDaemon, bar: Locator): Promise<void> {
  await bar.waitFor();
  for (const done of [12, 13.1, 20]) {
    const before = Number(await bar.getAttribute('aria-valuenow'));
    daemon.change([{ name: 'nas', replication: replicatingTo(done * GIB) }]);
    await expect.poll(async () => Number(await bar.getAttribute('aria-valuenow'))).toBeGreaterThan(before);
  }
}

interface Shift {
  /** Share of the window that moved, times how far: Layout Instability, as Chromium counts it. */
  readonly value: number;
  readonly moved: readonly string[];
}

/** All shifts since the page was opened that no person's doing explains. */
function shiftsOf(page: Page): Promise<readonly Shift[]> {
  return page.evaluate(async () => {
    // What was drawn last is counted by the frame after it.
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    const said = await new Promise<PerformanceEntryList>((resolve) => {
      // An observer without entries is never called; a mark of our own always comes.
      const entries: PerformanceEntry[] = [];
      const observer = new PerformanceObserver((list) => {
        entries.push(...list.getEntries());
        if (entries.some(({ name }) => name === 'looked')) resolve(entries);
      });
      observer.observe({ type: 'layout-shift', buffered: true });
      observer.observe({ type: 'mark', buffered: true });
      performance.mark('looked');
    });
    performance.clearMarks('looked');
    return said
      .filter((entry) => entry.entryType === 'layout-shift')
      .map(
        (entry) => entry as PerformanceEntry & { value: number; hadRecentInput: boolean; sources: { node?: Node }[] },
      )
      .filter(({ hadRecentInput }) => !hadRecentInput)
      .map(({ value, sources }) => ({
        value,
        moved: sources.map(({ node }) =>
          (node instanceof Element ? node.outerHTML : (node?.textContent ?? '')).slice(0, 120),
        ),
      }));
  });
}

describe('what is on the page stays where it is', () => {
  it('notices what moves', async () => {
    await using shown = await showWindow(built.folder, calmHousehold());
    const { page } = shown;
    await page.getByRole('grid').waitFor();
    await page.evaluate(() => {
      const push = document.createElement('div');
      push.style.height = '120px';
      document.querySelector('.page')?.prepend(push);
    });
    expect((await shiftsOf(page)).reduce((sum, { value }) => sum + value, 0)).toBeGreaterThan(0.01);
  });

  it('while the overview loads and a run goes on', async () => {
    await using shown = await showWindow(built.folder, busyHousehold());
    const { page, daemon } = shown;
    await page.getByRole('grid').waitFor();
    await goOn(daemon, page.getByRole('progressbar').first());
    expect(await shiftsOf(page)).toEqual([]);
  });

  it('while the page of a job loads and its steps go on', async () => {
    await using shown = await showWindow(built.folder, busyHousehold(), {
      place: '#/job/nas',
      prepare: (daemon) => {
        daemon.history = someHistory();
        daemon.plan = somePlan();
      },
    });
    const { page, daemon } = shown;
    const bar = page.getByRole('progressbar', { name: 'Progress of rpool/home/ada/photos' });
    await goOn(daemon, bar);
    expect(await shiftsOf(page)).toEqual([]);
  });

  it('while the settings load', async () => {
    await using shown = await showWindow(built.folder, calmHousehold(), {
      place: '#/settings',
      prepare: (daemon) => {
        daemon.config = someConfig();
      },
    });
    const { page } = shown;
    await page.getByLabel('The file').waitFor();
    expect(await shiftsOf(page)).toEqual([]);
  });

  it('while what has run is listed', async () => {
    await using shown = await showWindow(built.folder, calmHousehold(), {
      place: '#/activity',
      prepare: (daemon) => {
        daemon.history = someHistory();
      },
    });
    const { page } = shown;
    await page.locator('.history .list-row').first().waitFor();
    expect(await shiftsOf(page)).toEqual([]);
  });
});
