/** What a person does on the pages, by pointer and by keyboard alone. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ProblemError } from '../../../core/api/problem.ts';
import {
  busyHousehold,
  calmHousehold,
  largeHousehold,
  replicatingTo,
  someHistory,
  somePlan,
  troubledHousehold,
} from './support/scenes.ts';
import { builtWindow, showWindow } from './support/window.ts';

let built: Awaited<ReturnType<typeof builtWindow>>;
beforeAll(async () => {
  built = await builtWindow();
});
afterAll(() => built[Symbol.asyncDispose]());

const GIB = 2 ** 30;

describe('the overview', () => {
  it('shows the evidence for a copy', async () => {
    await using shown = await showWindow(built.folder, calmHousehold());
    const { page } = shown;
    await page.getByRole('button', { name: /^rpool\/home\/ada on blue\/desk/ }).click();
    const dialog = page.getByRole('dialog', { name: 'Evidence' });
    await dialog.getByText('Newest snapshot on both sides').waitFor();
    await dialog.getByText(/would be lost/).waitFor();
    await dialog.getByText(/^zfs get -H -o value guid/).waitFor();
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'hidden' });
  });

  it('has room for every destination, however long its name', async () => {
    const calm = calmHousehold();
    const [first, second] = ['root@10.0.2.2:nas/backups/workstation', 'root@10.0.2.2:nas/backups/workstation-vault'];
    const jobs = calm.jobs.map((job, index) => {
      const destination = (index === 0 ? first : second) ?? '';
      return { ...job, destination, safety: job.safety.map((row) => ({ ...row, destination })) };
    });
    await using shown = await showWindow(built.folder, { ...calm, jobs });
    const heads = shown.page.getByRole('columnheader');
    await heads.nth(2).waitFor();
    const box = await shown.page.locator('.grid-scroll').boundingBox();
    for (const [index, name] of [first, second].entries()) {
      const head = heads.nth(index + 1);
      expect(await head.textContent()).toBe(name);
      const at = await head.boundingBox();
      expect((at?.x ?? 0) + (at?.width ?? 0)).toBeLessThanOrEqual((box?.x ?? 0) + (box?.width ?? 0) + 1);
      // Nothing of it is cut off.
      expect(await head.evaluate((cell) => cell.scrollWidth <= cell.clientWidth + 1)).toBe(true);
    }
  });

  it('shows a run that goes on where it was cut off, and never lets its bar go back', async () => {
    await using shown = await showWindow(built.folder, busyHousehold(), { place: '#/job/nas' });
    const { page, daemon } = shown;
    const bar = page.getByRole('progressbar', { name: 'Progress of rpool/home/ada/photos' });
    await bar.waitFor();
    // 18.4 of 42 GiB were there before this run.
    expect(await bar.getAttribute('data-resumed')).toBe('0.438');
    const before = Number(await bar.getAttribute('aria-valuenow'));
    daemon.change([{ name: 'nas', replication: replicatingTo(12 * GIB) }]);
    await expect.poll(async () => Number(await bar.getAttribute('aria-valuenow'))).toBeGreaterThan(before);
    const further = Number(await bar.getAttribute('aria-valuenow'));
    daemon.change([{ name: 'nas', replication: replicatingTo(11 * GIB), queued: true }]);
    await page.getByText('another run is queued').waitFor();
    expect(Number(await bar.getAttribute('aria-valuenow'))).toBe(further);
  });

  it('tells a failure with its meaning, its remedy and the raw text', async () => {
    await using shown = await showWindow(built.folder, troubledHousehold());
    const { page, daemon } = shown;
    const card = page.getByRole('article').filter({ hasText: 'nas refused the login of root.' });
    await card.getByText('What was backed up before is still there', { exact: false }).waitFor();
    await card.getByText('authorized_keys', { exact: false }).waitFor();
    await card.getByRole('button', { name: 'Message of the program' }).click();
    await card.getByText('Permission denied (publickey)', { exact: false }).waitFor();
    await card.getByRole('button', { name: 'Try now' }).click();
    await expect
      .poll(() => daemon.asked.filter(({ method }) => method === 'run'))
      .toEqual([{ method: 'run', params: { job: 'nas', snapshot: true } }]);
    await page.getByText('nas: a run has started.').waitFor();
  });

  it('says what an administrator has to do, and what came of it', async () => {
    const facts = { what: 'pause all jobs', minutes: '5', nonce: 'a'.repeat(32) };
    await using shown = await showWindow(built.folder, calmHousehold(), {
      prepare: (daemon) => daemon.refusals.set('pause', new ProblemError('confirmation-needed', facts)),
    });
    const { page } = shown;
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByRole('menuitem', { name: 'Until I resume' }).click();
    await page.getByRole('log').getByText(`snapferry confirm ${facts.nonce}`, { exact: false }).waitFor();
    await page.getByText('An administrator did not agree. Nothing was done.').waitFor();
  });

  it('tells why something was refused', async () => {
    await using shown = await showWindow(built.folder, busyHousehold(), {
      prepare: (daemon) => daemon.refusals.set('stop', new ProblemError('permission-denied', { host: 'This daemon' })),
    });
    const { page } = shown;
    await page.getByRole('button', { name: 'Stop' }).click();
    await page.getByRole('menuitem', { name: 'Now' }).click();
    await page.getByRole('log').getByText('This daemon does not permit this.', { exact: false }).waitFor();
  });

  it('draws only what is in sight of a thousand datasets, and reaches the last by keyboard', async () => {
    await using shown = await showWindow(built.folder, largeHousehold(1000));
    const { page } = shown;
    const grid = page.getByRole('grid');
    await grid.waitFor();
    expect(await grid.getAttribute('aria-rowcount')).toBe('1001');
    expect(await page.getByRole('gridcell').count()).toBeLessThan(100);
    await page.getByRole('button', { name: /project-0000/ }).focus();
    await page.keyboard.press('End');
    await expect
      .poll(() => page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? ''))
      .toMatch(/project-0999/);
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').getByText('rpool/data/project-0999').first().waitFor();
  });

  it('shows the next prune with the reason for each snapshot, of 1,000 datasets with 100 snapshots each', async () => {
    const names = Array.from({ length: 1000 }, (_, index) => `rpool/data/project-${index}`);
    await using shown = await showWindow(built.folder, calmHousehold(), {
      place: '#/job/nas/plan',
      prepare: (daemon) => {
        daemon.plan = somePlan(names, 100);
      },
    });
    const { page } = shown;
    await page.getByRole('button', { name: 'Look now' }).click();
    await page.getByRole('img', { name: /^Snapshots of rpool\/data\/project-0, oldest first/ }).waitFor();
    await page.getByText('no rule keeps it').first().waitFor();
    expect(await page.locator('.list-row').count()).toBeLessThan(120);
    await page.getByRole('option').first().focus();
    await page.keyboard.press('ArrowDown');
    await page.getByRole('img', { name: /^Snapshots of rpool\/data\/project-1, oldest first/ }).waitFor();
  });

  it('filters the activity and opens what became of a run', async () => {
    await using shown = await showWindow(built.folder, calmHousehold(), {
      place: '#/activity',
      prepare: (daemon) => {
        daemon.history = someHistory();
      },
    });
    const { page } = shown;
    await page.getByRole('button', { name: /with problems/ }).click();
    await page.getByText('The connection to nas was lost.').waitFor();
    await page.getByText('the job tries again by itself', { exact: false }).waitFor();
    await page.getByRole('button', { name: /^Everything Show/ }).click();
    await page.getByRole('option', { name: 'Only what did not run' }).click();
    await expect.poll(() => page.locator('.history .list-row').count()).toBe(1);
    await page.getByText('the machine ran on its battery', { exact: false }).waitFor();
  });

  it('shows a name that would turn the direction of writing, or hide, as what it is', async () => {
    const calm = calmHousehold();
    const evil = 'evil\u202Egnp.exe\u0007<img src=x onerror=alert(1)>';
    const jobs = calm.jobs.map((job) => ({
      ...job,
      safety: job.safety.map((row) => ({ ...row, dataset: `${evil}${row.dataset}` })),
    }));
    await using shown = await showWindow(built.folder, { ...calm, jobs });
    const { page } = shown;
    const name = page.getByRole('rowheader').first();
    await name.waitFor();
    expect(await name.innerText()).toContain('evilU+202Egnp.exeU+0007<img src=x onerror=alert(1)>');
    expect(await page.locator('img').count()).toBe(0);
    expect(shown.complaints).toEqual([]);
  });
});

describe('the keyboard', () => {
  it('does everything through the commands', async () => {
    await using shown = await showWindow(built.folder, calmHousehold());
    const { page, daemon } = shown;
    await page.getByRole('grid').waitFor();
    await page.keyboard.press('Control+k');
    await page.getByRole('dialog', { name: 'Commands' }).waitFor();
    await page.keyboard.type('back up now: bl');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await expect
      .poll(() => daemon.asked.filter(({ method }) => method === 'run'))
      .toEqual([{ method: 'run', params: { job: 'blue', snapshot: true } }]);
    await page.keyboard.press('Control+k');
    await page.keyboard.type('activity');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Activity' }).waitFor();
  });

  it('walks through the page in its order, and every stop shows that it has it', async () => {
    await using shown = await showWindow(built.folder, calmHousehold());
    const { page } = shown;
    await page.getByRole('grid').waitFor();
    const stops: string[] = [];
    for (let stop = 0; stop < 10; stop += 1) {
      await page.keyboard.press('Tab');
      const { name, outline } = await page.evaluate(() => {
        const { activeElement } = document;
        if (activeElement === null) return { name: '', outline: '' };
        const { outlineStyle, outlineWidth } = getComputedStyle(activeElement);
        return {
          name: activeElement.getAttribute('aria-label') ?? activeElement.textContent,
          outline: `${outlineStyle} ${outlineWidth}`,
        };
      });
      stops.push(name);
      expect(outline, name).toBe('solid 2px');
    }
    expect(stops.slice(0, 9)).toEqual([
      'Skip to the content',
      'Overview',
      'Activity',
      'Settings',
      'nas',
      'blue',
      'CommandsCtrl K',
      'Pause',
      'Back up now',
    ]);
    expect(stops[9]).toMatch(/^rpool\/home on root@nas/);
  });
});
