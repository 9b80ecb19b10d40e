/**
 * The real window in Debian's Chromium in front of a double of the daemon: 1,000 datasets of 100 snapshots, scrolled while five
 * changes a second arrive; and a page with nothing on it but an empty strip, scrolled the same way in the same browser. Prints
 * JSON. Frames are counted by requestAnimationFrame of the page, so what is measured is what a person sees move.
 *
 * Usage: window.ts RUNS
 */
import type { Page } from 'playwright-core';
import type { DaemonStatus } from '../../core/api/status.ts';
import { openBrowser } from '../e2e/window/support/browser.ts';
import { FakeDaemon } from '../e2e/window/support/fake-daemon.ts';
import { calmHousehold, copy } from '../e2e/window/support/scenes.ts';
import { serveFolder } from '../e2e/window/support/static-server.ts';
import { builtWindow } from '../e2e/window/support/window.ts';

const DATASETS = 1000;
const SNAPSHOTS = 100;
const SCROLL_MS = 6000;
const CHANGES_PER_S = 5;
const MIN = 60_000;
const EMPTY_PAGE =
  'data:text/html,<div class="grid-scroll" style="height:500px;overflow:auto"><div style="height:36000px"></div></div>';

/** A household of so many datasets, each with so many snapshots that are only here. */
function large(): DaemonStatus {
  const status = calmHousehold();
  const jobs = status.jobs.map((job) => {
    const destination = job.destination ?? '';
    const names = Array.from({ length: DATASETS }, (_, index) => `tank/group-${index % 40}/set-${index}`);
    const safety = names.map((name) => {
      const one = copy(name, destination, 12 * MIN);
      return { ...one, atRisk: { ...one.atRisk, snapshots: SNAPSHOTS } };
    });
    return { ...job, safety };
  });
  return { ...status, jobs };
}

/** Scrolls the list up and down for a while, a little at every frame; gives the times between frames. */
function scrolled(page: Page): Promise<readonly number[]> {
  return page.evaluate(
    (durationMs) =>
      new Promise<number[]>((resolve) => {
        const scroller = document.querySelector('.grid-scroll');
        if (scroller === null) throw new Error('there is nothing to scroll');
        const frames: number[] = [];
        const startedMs = performance.now();
        let lastMs = startedMs;
        let step = 24;
        const frame = (): void => {
          const nowMs = performance.now();
          frames.push(nowMs - lastMs);
          lastMs = nowMs;
          if (nowMs - startedMs > durationMs) {
            resolve(frames.slice(1));
            return;
          }
          const end = scroller.scrollTop + scroller.clientHeight >= scroller.scrollHeight - 1;
          if (end) step = -24;
          else if (scroller.scrollTop === 0) step = 24;
          scroller.scrollTop += step;
          requestAnimationFrame(frame);
        };
        requestAnimationFrame(frame);
      }),
    SCROLL_MS,
  );
}

/** Half the copies of a job are a little older, another half at every change. */
function change(daemon: FakeDaemon, turn: number): void {
  const [job] = daemon.status.jobs;
  if (job === undefined) return;
  const safety = job.safety.map((one, index) =>
    index % 2 === turn % 2 ? { ...one, atRisk: { ...one.atRisk, snapshots: turn % SNAPSHOTS } } : one,
  );
  daemon.change([{ name: job.name, safety }], { nowMs: daemon.status.nowMs + 1000 / CHANGES_PER_S });
}

interface Frames {
  readonly medianMs: number;
  readonly p95Ms: number;
  readonly over17: number;
  readonly over33: number;
}

function framesOf(times: readonly number[]): Frames {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  // A tenth of a millisecond is what the clock of a page is rounded to.
  const over = (ms: number): number => times.filter((time) => time > ms + 0.1).length / times.length;
  return { medianMs: at(0.5), p95Ms: at(0.95), over17: over(16.7), over33: over(33.4) };
}

async function measure(folder: string) {
  await using server = await serveFolder(folder);
  await using browsing = await openBrowser();
  const empty = await browsing.context.newPage();
  await empty.goto(EMPTY_PAGE);
  const rival = framesOf(await scrolled(empty));
  await empty.close();
  const page = await browsing.context.newPage();
  const daemon = new FakeDaemon(large());
  await daemon.serve(page);
  await page.goto(`${server.url}?lang=en#/`, { waitUntil: 'commit' });
  await page.locator('.grid [role=row] [role=gridcell]').first().waitFor();
  const firstDataMs = await page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        // After the frame in which the first rows stand.
        requestAnimationFrame(() => resolve(performance.now()));
      }),
  );
  let turn = 0;
  const changing = setInterval(() => change(daemon, turn++), 1000 / CHANGES_PER_S);
  try {
    const ours = framesOf(await scrolled(page));
    return { ours, rival, firstDataMs, changes: turn };
  } finally {
    clearInterval(changing);
  }
}

const runs = Number(process.argv[2] ?? '1');
await using built = await builtWindow();
const results = [];
for (let run = 0; run < runs; run += 1) results.push(await measure(built.folder));
process.stdout.write(`${JSON.stringify(results)}\n`);
