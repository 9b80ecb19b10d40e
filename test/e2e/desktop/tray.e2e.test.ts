import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ProblemError } from '../../../core/api/problem.ts';
import { dataset, drive, finished, replicating, safety } from '../../unit/cli/support/example-status.ts';
import { FakeJob } from '../../unit/helper/support/fake-job.ts';
import { RunningDaemon } from '../../unit/helper/support/running-daemon.ts';
import { Desktop, NOTICE_ROWS, PANEL_ROWS, until } from './support/desktop.ts';
import type { Picture } from './support/picture.ts';
import { choose, entries, itemName, tooltip } from './support/tray.ts';

const RED = { red: 200, green: 30, blue: 40 };
const GREY = { red: 122, green: 132, blue: 146 };
const AMBER = { red: 196, green: 112, blue: 0 };

/** A copy of ten minutes ago, by the clock of this machine: the shell looks at no other. */
const fresh = () => {
  const version = { name: 'snapferry_1', guid: '1', creationMs: Date.now() - 600_000 };
  return safety('rpool/home', { newestCommon: version, newestLocal: version });
};
const problem = (code: 'diverged' | 'no-space' | 'quota-exceeded') =>
  finished(
    [
      dataset('rpool/home', {
        state: 'step-error',
        problem: new ProblemError(code, { name: 'rpool/home', host: 'nas' }).toProblem(),
      }),
    ],
    'failed',
  );

describe('on a desktop with a panel', () => {
  const job = new FakeJob('laptop-to-nas');
  let daemon: RunningDaemon;
  let desktop: Desktop;

  beforeAll(async () => {
    job.current = { ...job.current, safety: [fresh()], lastSuccessMs: Date.now() - 600_000 };
    daemon = await RunningDaemon.start([job]);
    desktop = await Desktop.start();
    desktop.snapferry(daemon.socketPath);
    await says('Everything is on nas as of ');
  });

  afterAll(async () => {
    await desktop?.[Symbol.asyncDispose]();
    await daemon?.[Symbol.asyncDispose]();
  });

  /** The job is another one, and the daemon tells it. */
  async function become(change: Parameters<FakeJob['become']>[0]): Promise<void> {
    job.become(change);
    await daemon.clock.advance(1000);
  }

  const says = (text: string) =>
    until(`the icon says "${text}"`, async () => (await tooltip(desktop).catch(() => '')).startsWith(text));
  const shows = (what: string, looks: (picture: Picture) => boolean) =>
    until(what, async () => looks(await desktop.screenshot()));
  const reddish = (picture: Picture) => picture.find(RED, PANEL_ROWS).count;

  it('stands in the panel, and changes with the state', async () => {
    await shows('the icon is there', (picture) => picture.find(GREY, PANEL_ROWS).count > 40);
    const well = await desktop.screenshot();
    expect(reddish(well)).toBe(0);
    await desktop.keepPicture('tray-well');
    await become({ replication: problem('diverged'), lastRunFailed: true });
    await shows('the icon is a red octagon', (picture) => reddish(picture) > 100);
    await desktop.keepPicture('tray-at-risk');
    await become({ replication: problem('no-space') });
    await shows(
      'the icon is amber',
      (picture) => picture.find(AMBER, PANEL_ROWS).count > 100 && reddish(picture) === 0,
    );
    await become({ stage: 'replicating', lastRunFailed: false, replication: replicating([dataset('rpool/home')]) });
    await says('laptop-to-nas is backing up: 50%, 1 minute left.');
    await desktop.keepPicture('tray-running');
    await become({ stage: 'idle', replication: null });
    await says('Everything is on nas as of ');
    await shows('the icon is as it was', (picture) => picture.difference(well, PANEL_ROWS) === 0);
  });

  it('has a menu that starts a backup', async () => {
    job.calls.length = 0;
    expect((await entries(desktop)).map(({ label }) => label)).toContain('Quit (backups go on)');
    expect((await entries(desktop)).find(({ label }) => label === 'Drives')?.enabled).toBe(false);
    await choose(desktop, 'laptop-to-nas');
    await until('the daemon is asked', async () => job.calls.includes('wake run true'));
  });

  it.each([
    ['/StatusNotifierItem', 'org.freedesktop.DBus.Properties', 'Get', '', []],
    ['/StatusNotifierItem', 'org.freedesktop.DBus.Properties', 'Get', 'ss', ['org.kde.StatusNotifierItem', 'toString']],
    [
      '/StatusNotifierItem',
      'org.freedesktop.DBus.Properties',
      'Set',
      'ssv',
      ['org.kde.StatusNotifierItem', 'Id', ['s', '']],
    ],
    ['/StatusNotifierItem', 'org.kde.StatusNotifierItem', 'constructor', '', []],
    ['/StatusNotifierItem', 'org.kde.StatusNotifierItem', 'Activate', 's', ['x']],
    ['/StatusNotifierMenu', 'com.canonical.dbusmenu', 'GetLayout', 'iias', [77_777, -1, []]],
    ['/StatusNotifierMenu', 'com.canonical.dbusmenu', 'GetGroupProperties', 'aias', [Array(20_000).fill(1), []]],
    ['/nowhere', 'com.canonical.dbusmenu', 'AboutToShow', 'i', [0]],
  ] as const)(
    'answers other programs with an error at most: %s %s %s',
    async (path, iface, member, signature, body) => {
      const destination = await itemName(desktop);
      const call = { destination, path, interface: iface, member, signature, body, reply: z.unknown() };
      await expect(desktop.bus.call(call)).rejects.toThrow('org.freedesktop.DBus.Error.');
      await says('Everything is on nas as of ');
    },
  );

  it('opens its menu and its window where a person clicks', async () => {
    job.calls.length = 0;
    await become({ replication: problem('diverged'), lastRunFailed: true });
    await shows('the icon is red', (picture) => reddish(picture) > 100);
    const before = await desktop.screenshot();
    const { x, y } = before.find(RED, PANEL_ROWS);
    await desktop.click(x, y, 3);
    await shows('the menu is open', (picture) => picture.difference(before, NOTICE_ROWS) > 0.01);
    await desktop.keepPicture('tray-menu');
    // The sentence, what is wrong, "Back up now", and the job below it.
    await desktop.press('Down', 'Down', 'Down', 'Right', 'Return');
    await until('the daemon is asked', async () => job.calls.includes('wake run true'));
    await desktop.click(x, y, 1);
    await until('the browser is asked', async () => (await desktop.opened()).includes('--app=file://'));
    expect(await desktop.opened()).not.toContain('localhost');
    await become({ replication: null, lastRunFailed: false });
  });

  it('shows a notice, starts a backup from it, and takes it back when all is well', async () => {
    await until('no notice is shown', async () => (await desktop.noticeCount()) === 0);
    job.calls.length = 0;
    // What was told in the last hour is not told again, so this is another cause.
    await become({ replication: problem('quota-exceeded'), lastRunFailed: true });
    await until('a notice is shown', async () => (await desktop.noticeCount()) === 1);
    await desktop.keepPicture('notice');
    await desktop.chooseInNotice('Try now');
    await until('the daemon is asked', async () => job.calls.includes('wake run true'));
    await become({ replication: null, lastRunFailed: false });
    await until('no notice is shown', async () => (await desktop.noticeCount()) === 0);
  });

  it('leads through the coming and going of a drive', async () => {
    await until('no notice is shown', async () => (await desktop.noticeCount()) === 0);
    job.calls.length = 0;
    await become({ drives: [drive('plugged', { asks: true })] });
    await says('Blue is plugged in: back up now?');
    await until('a notice is shown', async () => (await desktop.noticeCount()) === 1);
    await desktop.keepPicture('drive-asks');
    await desktop.chooseInNotice('Back up now');
    await until('the daemon is asked', async () => job.calls.includes('wake run true'));
    const running = replicating([dataset('rpool/home')]);
    await become({ stage: 'replicating', replication: running, drives: [drive('busy')] });
    await says('Do not unplug Blue: it is being backed up to (50%).');
    await until('no notice is shown', async () => (await desktop.noticeCount()) === 0);
    await shows('the icon is an amber drive', (picture) => picture.find(AMBER, PANEL_ROWS).count > 20);
    await desktop.keepPicture('drive-busy');
    await become({
      stage: 'idle',
      replication: null,
      drives: [drive('safe', { lastSuccessMs: drive('safe').sinceMs })],
    });
    await says('Blue is backed up and safe to unplug.');
    await until('a notice is shown', async () => (await desktop.noticeCount()) === 1);
    await desktop.keepPicture('drive-safe');
    await become({ drives: [drive('away')] });
    await says('Everything is on nas as of ');
    await until('no notice is shown', async () => (await desktop.noticeCount()) === 0);
    // Pulled out in the middle, and plugged in again.
    const pulled = new ProblemError('drive-pulled', { drive: 'Blue', pool: 'blue' }).toProblem();
    await become({ drives: [drive('pulled', { problem: pulled })] });
    await says('laptop-to-nas: The drive Blue was unplugged while it was in use.');
    await until('a notice is shown', async () => (await desktop.noticeCount()) === 1);
    await desktop.keepPicture('drive-pulled');
    await become({ drives: [drive('returning')] });
    await says('Blue: being brought back, do not unplug.');
    await until('no notice is shown', async () => (await desktop.noticeCount()) === 0);
    await become({ drives: [drive('connected')] });
    await until('the menu ejects', async () => (await entries(desktop)).some(({ label }) => label === 'Eject Blue'));
    await become({ drives: [] });
  });

  it('says when the service has gone, and that it is back', async () => {
    await daemon.stop();
    await says("Snapferry's service isn't running.");
    await until('a notice is shown', async () => (await desktop.noticeCount()) === 1);
    await desktop.keepPicture('tray-unreachable');
    const again = new FakeJob('laptop-to-nas');
    again.current = { ...again.current, safety: [fresh()] };
    await using _ = await RunningDaemon.start([again], daemon.socketPath);
    await says('Everything is on nas as of ');
    await until('no notice is shown', async () => (await desktop.noticeCount()) === 0);
  });

  it('is there once: a second start shows the window of the first', async () => {
    const before = (await desktop.opened()).split('\n').length;
    const second = desktop.snapferry(daemon.socketPath);
    await until('the second has ended', async () => second.exitCode === 0);
    await until('the browser is asked again', async () => (await desktop.opened()).split('\n').length === before + 1);
    const items = (await desktop.names()).filter((name) => name.startsWith('org.kde.StatusNotifierItem-'));
    expect(items).toHaveLength(1);
  });

  it('ends when a person says so', async () => {
    await choose(desktop, 'Quit (backups go on)');
    await until(
      'the item has gone',
      async () => !(await desktop.names()).some((name) => name.includes('StatusNotifierItem')),
    );
  });
});

describe('on a desktop without a panel', () => {
  it('says once that there is no icon', async () => {
    await using daemon = await RunningDaemon.start([]);
    await using desktop = await Desktop.start({ panel: false });
    desktop.snapferry(daemon.socketPath);
    await until('a notice is shown', async () => (await desktop.noticeCount()) === 1);
  });
});
