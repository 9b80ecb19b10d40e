import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DaemonStatus } from '../../../core/api/status.ts';
import { DbusMenu, MENU_INTERFACE } from '../../../electron/tray/dbus-menu.ts';
import { type MenuAction, type MenuEntry, type MenuPart, trayMenu } from '../../../electron/tray/menu.ts';
import { anyStatus } from '../api/support/any-status.ts';
import { daemon, dataset, drive, job, NOW_MS, replicating, safety } from '../cli/support/example-status.ts';

const menuOf = (status: DaemonStatus | null, language: 'en' | 'de' = 'en') =>
  trayMenu({ status, nowMs: NOW_MS, language });
const labels = (parts: readonly MenuPart[]): readonly string[] =>
  parts.map((part) => ('separator' in part ? '-' : part.label));
const find = (parts: readonly MenuPart[], key: string): MenuEntry | undefined =>
  parts.flatMap((part) => ('separator' in part ? [] : [part, ...part.children])).find((part) => part.key === key);

const well = () => daemon(job('nas', { safety: [safety('rpool/home')] }), job('tidy', { type: 'snap' }));

describe('the menu', () => {
  it('says how it stands, and what one can do', () => {
    expect(labels(menuOf(well()))).toEqual([
      'Everything is on nas as of 10 minutes ago.',
      '-',
      'Back up now',
      'Pause',
      'Drives',
      'Restore …',
      '-',
      'Open Snapferry',
      'Quit (backups go on)',
    ]);
    expect(labels(menuOf(well(), 'de')).at(-1)).toBe('Beenden (Sicherungen laufen weiter)');
  });

  it('shows what runs below the sentence', () => {
    const running = job('nas', {
      safety: [safety('rpool/home')],
      stage: 'replicating',
      replication: replicating([dataset('rpool/home')]),
    });
    expect(labels(menuOf(daemon(running))).slice(0, 2)).toEqual([
      'Everything is on nas as of 10 minutes ago.',
      'nas is backing up: 50%, 1 minute left.',
    ]);
  });

  it('lists the drives with what one can do with each now', () => {
    const entryOf = (...given: Parameters<typeof drive>) =>
      find(menuOf(daemon(job('blue', { drives: [drive(...given)] }))), 'drives')?.children.map(({ label, action }) => [
        label,
        action,
      ]);
    expect(entryOf('connected')).toEqual([['Eject Blue', { kind: 'eject', poolGuid: '1234567890123456789' }]]);
    expect(entryOf('plugged')).toEqual([['Blue: Back up now', { kind: 'back-up', job: 'blue' }]]);
    expect(entryOf('safe')).toEqual([['Blue: safe to unplug', { kind: 'open', page: 'drives' }]]);
    expect(entryOf('busy')).toEqual([['Blue: being backed up to, do not unplug', { kind: 'open', page: 'drives' }]]);
    expect(find(menuOf(well()), 'drives')?.enabled).toBe(false);
  });

  it('starts one job or all that can run', () => {
    expect(find(menuOf(well()), 'back-up')?.children.map(({ label, action }) => [label, action])).toEqual([
      ['All jobs', { kind: 'back-up', job: null }],
      ['nas', { kind: 'back-up', job: 'nas' }],
      ['tidy', { kind: 'back-up', job: 'tidy' }],
    ]);
    const one = daemon(job('nas'), job('cellar', { type: 'sink' }));
    expect(find(menuOf(one), 'back-up')?.children.map(({ label }) => label)).toEqual(['nas']);
  });

  it('resumes what is paused', () => {
    const paused = { sinceMs: NOW_MS, untilMs: null };
    expect(find(menuOf({ ...well(), paused }), 'resume')?.action).toEqual({ kind: 'resume' });
    expect(find(menuOf(daemon(job('nas', { paused }))), 'resume')).toBeDefined();
    expect(find(menuOf(well()), 'pause')?.children.map(({ action }) => action)).toEqual([
      { kind: 'pause', until: 'hour' },
      { kind: 'pause', until: 'tomorrow' },
    ]);
  });

  it('offers nothing of the service while that does not answer', () => {
    const menu = menuOf(null);
    expect(labels(menu)[0]).toBe("Snapferry's service isn't running.");
    expect(find(menu, 'back-up')?.enabled).toBe(false);
    expect(find(menu, 'pause')).toBeUndefined();
    expect(find(menu, 'open')?.enabled).toBe(true);
  });

  it('keeps its width, however long a name is', () => {
    for (const label of labels(menuOf(daemon(job('j'.repeat(255))))).concat(labels(menuOf(well())))) {
      expect([...label].length).toBeLessThanOrEqual(90);
    }
  });

  it('has each key once, and nothing invisible in its labels', () => {
    fc.assert(
      fc.property(anyStatus(), fc.constantFrom('en' as const, 'de'), (status, language) => {
        const named = { ...status, jobs: status.jobs.map((one, index) => ({ ...one, name: `j\u202e${index}` })) };
        const parts = menuOf(named, language).flatMap((part): readonly MenuPart[] =>
          'separator' in part ? [part] : [part, ...part.children],
        );
        const keys = parts.map(({ key }) => key);
        expect(new Set(keys).size).toBe(keys.length);
        expect(labels(parts).join('')).not.toContain('\u202e');
      }),
    );
  });
});

describe('the menu on the bus', () => {
  function onBus() {
    const chosen: MenuAction[] = [];
    const revisions: number[] = [];
    const menu = new DbusMenu({
      layoutUpdated: (revision) => revisions.push(revision),
      chosen: (one) => chosen.push(one),
    });
    const call = (member: string, ...args: readonly unknown[]) =>
      menu.exported[MENU_INTERFACE]?.methods[member]?.call(args) as readonly unknown[];
    return { menu, chosen, revisions, call };
  }
  /** Number of the entry with that label. */
  function idOf(call: ReturnType<typeof onBus>['call'], label: string): number {
    const [all] = call('GetGroupProperties', [], ['label']) as [readonly (readonly [number, readonly unknown[]])[]];
    return all.find(([, properties]) => JSON.stringify(properties).includes(JSON.stringify(label)))?.[0] ?? -1;
  }

  it('gives its layout as deep as asked, with the properties asked for', () => {
    const { menu, call } = onBus();
    menu.show(menuOf(well()));
    const [revision, [root, , children]] = call('GetLayout', 0, 1, ['label']) as [number, [number, unknown, unknown[]]];
    expect([revision, root, children.length]).toEqual([2, 0, 9]);
    expect(JSON.stringify(children)).not.toContain('All jobs');
    expect(JSON.stringify(call('GetLayout', 0, -1, []))).toContain('All jobs');
    expect(() => call('GetLayout', 999, -1, [])).toThrow();
  });

  it('tells of another menu, and not of the same', () => {
    const { menu, revisions } = onBus();
    menu.show(menuOf(well()));
    menu.show(menuOf(well()));
    menu.show(menuOf(null));
    expect(revisions).toEqual([2, 3]);
  });

  it('keeps the number of an entry, whatever comes and goes around it', () => {
    const { menu, call } = onBus();
    menu.show(menuOf(well()));
    const before = idOf(call, 'Open Snapferry');
    menu.show(menuOf(null));
    expect(idOf(call, 'Open Snapferry')).toBe(before);
  });

  it('does what was clicked, and nothing that is disabled, gone or only hovered', () => {
    const { menu, chosen, call } = onBus();
    menu.show(menuOf(well()));
    const tidy = idOf(call, 'tidy');
    call('Event', tidy, 'clicked', ['s', ''], 0);
    call('Event', tidy, 'hovered', ['s', ''], 0);
    call('Event', idOf(call, 'Drives'), 'clicked', ['s', ''], 0);
    call('Event', 12_345, 'clicked', ['s', ''], 0);
    expect(chosen).toEqual([{ kind: 'back-up', job: 'tidy' }]);
    expect(
      call('EventGroup', [
        [tidy, 'clicked', 0, 0],
        [12_345, 'clicked', 0, 0],
      ]),
    ).toEqual([[12_345]]);
    expect(chosen).toHaveLength(2);
  });

  it('has no shortcuts by accident', () => {
    const { menu, call } = onBus();
    menu.show(menuOf(daemon(job('my_job'))));
    expect(idOf(call, 'my__job')).toBeGreaterThan(0);
  });

  it('throws at anything else, which the bus answers with an error', () => {
    const { menu } = onBus();
    menu.show(menuOf(well()));
    fc.assert(
      fc.property(
        fc.constantFrom(...Object.keys(menu.exported[MENU_INTERFACE]?.methods ?? {})),
        fc.array(fc.anything(), { maxLength: 4 }),
        (member, args) => {
          try {
            expect(Array.isArray(menu.exported[MENU_INTERFACE]?.methods[member]?.call(args))).toBe(true);
          } catch (thrown) {
            expect(thrown).toBeInstanceOf(Error);
          }
        },
      ),
    );
  });
});
