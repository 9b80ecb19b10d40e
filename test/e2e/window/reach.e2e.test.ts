/** Bandwidth, the destination and where it is asked for, in the window: what is asked of the daemon, by keyboard. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answerLimits, someChecks, someMachine } from './support/machine-scenes.ts';
import { calmHousehold, lookAtSome, someConfig } from './support/scenes.ts';
import { builtWindow, showWindow } from './support/window.ts';

let built: Awaited<ReturnType<typeof builtWindow>>;
beforeAll(async () => {
  built = await builtWindow();
});
afterAll(() => built[Symbol.asyncDispose]());

type Prepare = NonNullable<NonNullable<Parameters<typeof showWindow>[2]>['prepare']>;
const show = (place: string, prepare: Prepare = () => {}, status = calmHousehold()) =>
  showWindow(built.folder, status, {
    place,
    prepare: (daemon) => {
      daemon.config = someConfig();
      daemon.look = lookAtSome;
      answerLimits(daemon);
      daemon.answers.set('discover', () => someMachine());
      daemon.answers.set('destination/test-job', () => someChecks());
      prepare(daemon);
    },
  });

describe('bandwidth', () => {
  it('is limited for now and set free again, and says what counts for each job', async () => {
    await using shown = await show('#/settings');
    const { page, daemon } = shown;
    const section = page.getByRole('region', { name: 'Bandwidth for now' });
    await section.getByText('No limit is set for now.').waitFor();
    const rate = section.getByRole('textbox', { name: 'At most, a second' });
    await rate.fill('3');
    await rate.press('Tab');
    await section.getByRole('button', { name: 'Limit', exact: true }).press('Enter');
    await section.getByText('Limited for now to 3.0 MiB a second.').waitFor();
    await section.getByText('at most 3.0 MiB a second').waitFor();
    await section.getByRole('button', { name: 'No limit for now' }).press('Enter');
    await section.getByText('No limit is set for now.').waitFor();
    expect(daemon.asked.filter(({ method }) => method === 'limit/set').map(({ params }) => params)).toEqual([
      { bytesPerSecond: 3 * 2 ** 20 },
      { bytesPerSecond: null },
    ]);
    expect(shown.complaints).toEqual([]);
  });

  it('is configured with quiet hours, and seen in the file before it is saved', async () => {
    await using shown = await show('#/settings');
    const { page, daemon } = shown;
    const form = page.getByRole('group', { name: 'nas' }).first();
    await form.getByRole('button', { name: 'Schedule, retention and bandwidth' }).press('Enter');
    await form.getByText('Less in quiet hours, a second').click();
    await form.getByRole('textbox', { name: 'Quiet from' }).fill('nine');
    await form.getByText('A time such as 22:30.').waitFor();
    expect(await page.getByRole('button', { name: 'Save' }).isDisabled()).toBe(true);
    await form.getByRole('textbox', { name: 'Quiet from' }).fill('09:30');
    await expect.poll(() => page.getByLabel('The file').inputValue()).toContain('09:30');
    await page.getByRole('button', { name: 'Save' }).click();
    await expect.poll(() => daemon.asked.filter(({ method }) => method === 'config/put').length).toBe(1);
    expect(daemon.asked.find(({ method }) => method === 'config/put')?.params).toMatchObject({
      change: {
        edits: [
          {
            ...{ op: 'set', job: 'nas', path: ['send', 'bandwidth_limit', 'quiet_hours'] },
            value: { from: '09:30', to: '18:00', max: '1 MiB' },
          },
        ],
      },
    });
  });
});

describe('the destination of a job', () => {
  it('is tested with one line for each check', async () => {
    await using shown = await show('#/job/nas/datasets');
    const { page, daemon } = shown;
    await page.getByRole('button', { name: 'Test it' }).press('Enter');
    await page.getByText('The destination will not do as it is.').waitFor();
    expect(await page.locator('.check-line').count()).toBe(7);
    expect(daemon.asked.filter(({ method }) => method === 'destination/test-job')).toEqual([
      { method: 'destination/test-job', params: { job: 'nas' } },
    ]);
  });

  it.each([
    [true, 'The file of before is'],
    [false, 'Nothing was changed'],
  ])('that has moved is asked for there first, where its key tells who it is: %s', async (movable, said) => {
    const status = calmHousehold();
    const jobs = status.jobs.map((job) =>
      job.name === 'nas' ? { ...job, metAt: { address: '10.0.0.7', first: 'nas' } } : job,
    );
    const prepare: Prepare = (daemon) => {
      daemon.config = { ...daemon.config, jobs: daemon.config.jobs.map((job) => ({ ...job, movable })) };
      daemon.look = () => ({ ...lookAtSome({ kind: 'text', text: daemon.config.text ?? '' }) });
    };
    await using shown = await show('#/job/nas', prepare, { ...status, jobs });
    const { page, daemon } = shown;
    await page.getByRole('button', { name: 'Ask at 10.0.0.7 first' }).press('Enter');
    await page.getByText(said, { exact: false }).first().waitFor();
    const put = daemon.asked.filter(({ method }) => method === 'config/put').map(({ params }) => params);
    const change = { kind: 'edits', edits: [{ op: 'put-first', job: 'nas', address: '10.0.0.7' }] };
    expect(put).toEqual(movable ? [{ digest: 'a'.repeat(64), change }] : []);
  });
});

describe('what is on this machine', () => {
  it('is looked for when somebody wants to see it', async () => {
    await using shown = await show('#/settings');
    const { page, daemon } = shown;
    const open = page.getByRole('button', { name: 'What is on this machine' });
    await open.waitFor();
    expect(daemon.asked.some(({ method }) => method === 'discover')).toBe(false);
    await open.press('Enter');
    await page.getByRole('heading', { name: 'rpool' }).waitFor();
    await page.getByText('sanoid', { exact: false }).first().waitFor();
  });
});
