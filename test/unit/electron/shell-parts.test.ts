import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sessionBusAddress, unixSockets } from '../../../electron/dbus/address.ts';
import { completeTypes, introspection } from '../../../electron/dbus/exported.ts';
import { memorySchema, NOTHING_TOLD, type NoticeMemory } from '../../../electron/notices/memory.ts';
import { Coalescer } from '../../../electron/shell/coalesce.ts';
import { stateFolder } from '../../../electron/shell/folders.ts';
import { keepIn, readKept } from '../../../electron/shell/kept-file.ts';
import { GRACE_MS, trayView } from '../../../electron/shell/tray-view.ts';
import { daemon, job, NOW_MS, safety } from '../cli/support/example-status.ts';
import { FakeClock } from '../helper/support/fake-clock.ts';
import { privateFolder } from '../helper/support/running-daemon.ts';

describe('the address of the bus', () => {
  it.each([
    ['unix:path=/run/user/1000/bus', ['/run/user/1000/bus']],
    ['unix:abstract=/tmp/dbus-x,guid=1', ['\0/tmp/dbus-x']],
    ['unix:path=/tmp/a%20b;tcp:host=x,port=1;unix:path=/c', ['/tmp/a b', '/c']],
    ['unixexec:path=/bin/sh,argv1=x', []],
    ['', []],
  ])('%s leads to %j', (address, sockets) => {
    expect(unixSockets(address)).toEqual(sockets);
  });

  it('is what the desktop says, or the place where systemd puts it', () => {
    expect(sessionBusAddress({ DBUS_SESSION_BUS_ADDRESS: 'unix:path=/x', XDG_RUNTIME_DIR: '/y' })).toBe('unix:path=/x');
    expect(sessionBusAddress({ XDG_RUNTIME_DIR: '/y' })).toBe('unix:path=/y/bus');
    expect(sessionBusAddress({})).toBeNull();
  });
});

describe('what is offered on the bus', () => {
  it('is described with its types', () => {
    expect(completeTypes('u(ia{sv}av)sas')).toEqual(['u', '(ia{sv}av)', 's', 'as']);
    const exported = {
      methods: { Go: { in: 'is', out: 'b', call: () => [true] } },
      properties: () => ({ Size: ['u', 1] as const }),
      signals: { Gone: 's' },
    };
    const xml = introspection({ 'a.b': exported });
    expect(xml).toContain('<method name="Go"><arg type="i" direction="in"/><arg type="s" direction="in"/>');
    expect(xml).toContain('<property name="Size" type="u" access="read"/>');
    expect(xml).toContain('<signal name="Gone"><arg type="s"/></signal>');
  });
});

describe('what the icon shows', () => {
  const status = daemon(job('nas', { safety: [safety('rpool/home')] }));
  const known = { status, lostForMs: null, nowMs: NOW_MS, ground: 'dark' } as const;

  it('is the state of the service', () => {
    expect(trayView(known, 'en')).toMatchObject({ iconName: 'well-dark', urgent: false });
    const stuck = { ...status, commands: { active: 0, abandoned: 1 } };
    expect(trayView({ ...known, status: stuck }, 'en')).toMatchObject({ iconName: 'at-risk-dark', urgent: true });
  });

  it('stays for a grace when the service goes, and does not say well after it', () => {
    expect(trayView({ ...known, lostForMs: GRACE_MS - 1 }, 'en').iconName).toBe('well-dark');
    expect(trayView({ ...known, lostForMs: GRACE_MS }, 'en')).toMatchObject({
      iconName: 'unreachable-dark',
      tooltip: "Snapferry's service isn't running.",
    });
  });

  it('waits for the first word', () => {
    expect(trayView({ ...known, status: null }, 'de')).toMatchObject({
      iconName: 'waiting-dark',
      tooltip: 'Verbindung mit Snapferry …',
    });
  });
});

describe('Coalescer', () => {
  it('acts at once, then at most once in its time, and never loses the last', async () => {
    const clock = new FakeClock();
    let count = 0;
    const coalescer = new Coalescer(clock, 1000, () => count++, new AbortController().signal);
    for (let index = 0; index < 5; index += 1) coalescer.ask();
    expect(count).toBe(1);
    await clock.advance(999);
    expect(count).toBe(1);
    await clock.advance(1);
    expect(count).toBe(2);
    await clock.advance(5000);
    expect(count).toBe(2);
    coalescer.ask();
    expect(count).toBe(3);
  });
});

describe('the memory of notices', () => {
  it('survives, and is forgotten where it cannot be read', async () => {
    await using folder = await privateFolder();
    const file = join(folder.path, 'a', 'notices.json');
    expect(await readKept(file, memorySchema, NOTHING_TOLD)).toEqual(NOTHING_TOLD);
    const remember = keepIn<NoticeMemory>(file);
    remember({ ...NOTHING_TOLD, firstsDone: ['x'] });
    const last = { ...NOTHING_TOLD, trayMissed: true, told: { a: { atMs: 1, level: 1, stands: true } } };
    remember(last);
    await expect.poll(() => readKept(file, memorySchema, NOTHING_TOLD)).toEqual(last);
    for (const text of ['', '{', '[]', '{"told":1}', JSON.stringify({ ...NOTHING_TOLD, more: 1 })]) {
      await writeFile(file, text);
      expect(await readKept(file, memorySchema, NOTHING_TOLD)).toEqual(NOTHING_TOLD);
    }
    await mkdir(join(folder.path, 'b', 'notices.json'), { recursive: true });
    keepIn(join(folder.path, 'b', 'notices.json'))(last);
    expect(await readFile(file, 'utf8')).not.toBe('');
  });

  it('lies where the person keeps state', () => {
    expect(stateFolder({ XDG_STATE_HOME: '/s' }, '/home/a')).toBe('/s/snapferry');
    // A path that is not absolute is none.
    for (const XDG_STATE_HOME of ['', 's', undefined]) {
      expect(stateFolder({ XDG_STATE_HOME }, '/home/a')).toBe('/home/a/.local/state/snapferry');
    }
  });
});
