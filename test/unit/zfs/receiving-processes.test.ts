import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Argv, CommandResult, Host } from '../../../core/host/types.ts';
import { receiveArgs } from '../../../core/zfs/flags.ts';
import { parseReceiving, receivingOn } from '../../../core/zfs/receiving-processes.ts';

const COPY = 'tank/backups/laptop/home';
const OURS = `/usr/sbin/zfs receive -u -s -x mountpoint -o readonly=on ${COPY}@auto_1`;

describe('parseReceiving', () => {
  it('finds what receives into the dataset, with its age', () => {
    const table = [
      `      1  3-04:05:06 /sbin/init`,
      `    812       00:07 /bin/sh -c '/usr/bin/env' 'LC_ALL=C' '${OURS}'`,
      `    813    01:00:07 ${OURS}`,
      ` 814 12-00:00:01 zfs receive -u -F -s ${COPY}`,
    ].join('\n');
    expect(parseReceiving(table, COPY)).toEqual([
      { pid: 813, ageS: 3607 },
      { pid: 814, ageS: 12 * 86_400 + 1 },
    ]);
  });

  it.each([
    ['another dataset', `/usr/sbin/zfs receive -u -s ${COPY}2@auto_1`],
    ['one below it', `/usr/sbin/zfs receive -u -s ${COPY}/photos@auto_1`],
    ['one whose name ends alike', `/usr/sbin/zfs receive -u -s -x mountpoint other ${COPY}@auto_1`],
    ['one with a longer pool name', `/usr/sbin/zfs receive -u -s my${COPY}@auto_1`],
    ['a receive that would lose what has arrived', `/usr/sbin/zfs receive -u -x mountpoint ${COPY}@auto_1`],
    ["a person's own", `zfs receive -s ${COPY}@auto_1`],
    ['a send', `/usr/sbin/zfs send ${COPY}@auto_1`],
    ['sudo before it', `/usr/bin/sudo -n -- ${OURS}`],
  ])('passes over %s', (_, args) => {
    expect(parseReceiving(`  7 00:10 ${args}\n`, COPY)).toEqual([]);
  });

  it('knows every command line that we make ourselves', () => {
    const part = fc.stringMatching(/^[a-z0-9][a-z0-9_.: -]{0,10}[a-z0-9]$/);
    const dataset = fc.array(part, { minLength: 2, maxLength: 4 }).map((parts) => parts.join('/'));
    fc.assert(
      fc.property(dataset, fc.boolean(), fc.boolean(), fc.option(part), (name, force, inherits, snapshot) => {
        const args = receiveArgs({
          dataset: name,
          ...(snapshot === null ? {} : { snapshot: snapshot.replaceAll(' ', '_') }),
          force,
          savePartial: true,
          inherit: inherits ? ['mountpoint'] : [],
          override: [['readonly', 'on']],
        });
        expect(parseReceiving(`42 10:00 /usr/sbin/zfs ${args.join(' ')}`, name)).toEqual([{ pid: 42, ageS: 600 }]);
      }),
    );
  });

  it('believes nothing else', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (table) => {
        expect(parseReceiving(table, COPY)).toEqual([]);
      }),
    );
  });
});

describe('receivingOn', () => {
  const hostThat = (answer: (argv: Argv) => Partial<CommandResult>) => {
    const asked: Argv[] = [];
    const host: Host = {
      label: 'nas',
      kind: 'ssh',
      run: async (argv) => {
        asked.push(argv);
        return { exit: { code: 0, signal: null }, stdout: '', stderr: '', durationMs: 1, ...answer(argv) };
      },
      start: () => Promise.reject(new Error('not here')),
      ping: async () => undefined,
      close: async () => undefined,
    };
    return { host, asked };
  };

  it('asks ps, and tells apart that there is none and that nothing receives', async () => {
    const { host } = hostThat(() => ({ stdout: ` 9 00:31 ${OURS}\n` }));
    expect(await receivingOn(host).list(COPY, {})).toEqual([{ pid: 9, ageS: 31 }]);
    expect(await receivingOn(host).list('tank/other', {})).toEqual([]);
    const busybox = hostThat(() => ({ exit: { code: 1, signal: null } }));
    expect(await receivingOn(busybox.host).list(COPY, {})).toBeNull();
  });

  it('ends one process by its number, gently', async () => {
    const { host, asked } = hostThat(() => ({}));
    expect(await receivingOn(host).interrupt({ pid: 9, ageS: 31 }, {})).toBe(true);
    expect(asked).toEqual([['kill', '-TERM', '9']]);
    const refused = hostThat(() => ({ exit: { code: 1, signal: null } }));
    expect(await receivingOn(refused.host).interrupt({ pid: 9, ageS: 31 }, {})).toBe(false);
  });
});
