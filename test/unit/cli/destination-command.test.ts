import { describe, expect, it } from 'vitest';
import type { DestinationLook } from '../../../core/api/destination.ts';
import { ProblemError } from '../../../core/api/problem.ts';
import { EXIT } from '../../../core/cli/exit.ts';
import { RunningDaemon } from '../helper/support/running-daemon.ts';
import { NO_SURROUNDINGS } from '../helper/support/surroundings.ts';
import { CommandLine } from './support/command-line.ts';

const HOST_KEY = `SHA256:${'A'.repeat(43)}`;
const ACCOUNT = ['nas', '--user', 'keeper', '--key', 'nas', '--host-key', HOST_KEY] as const;

describe('destination bring-key', () => {
  it('hands the password on once, and shows it nowhere', async () => {
    const asked: unknown[] = [];
    const surroundings = {
      ...NO_SURROUNDINGS,
      bringKey: async (params: unknown) => {
        asked.push(params);
        return { outcome: asked.length === 1 ? ('added' as const) : ('present' as const) };
      },
    };
    await using daemon = await RunningDaemon.start([], undefined, undefined, undefined, surroundings);
    const line = new CommandLine();
    line.io.secret = 'open sesame';
    const bring = () => line.run('destination', 'bring-key', ...ACCOUNT, '--socket', daemon.socketPath);
    expect(await bring()).toBe(EXIT.ok);
    expect(line.io.out).toContain('was added');
    expect(await bring()).toBe(EXIT.ok);
    expect(line.io.out).toContain('already');
    const account = { host: 'nas', port: 22, user: 'keeper', key: 'nas', hostKey: HOST_KEY };
    expect(asked[0]).toEqual({ ...account, password: 'open sesame' });
    expect(line.io.out + line.io.err).not.toContain('sesame');
    line.io.secret = null;
    expect(await bring()).toBe(EXIT.cancelled);
    expect(asked).toHaveLength(2);
  });
});

describe('destination look', () => {
  const found: DestinationLook = {
    datasets: [
      {
        dataset: 'rpool/a',
        copy: 'tank/desk/rpool/a',
        state: 'common',
        common: { name: '@x', guid: '1', createdMs: null },
        problem: null,
        bytes: 2048,
        bytesBy: 'dry-run',
      },
      {
        dataset: 'rpool/b',
        copy: 'tank/desk/rpool/b',
        state: 'unusable',
        common: null,
        problem: new ProblemError('destination-exists', { name: 'tank/desk/rpool/b', host: 'nas' }).toProblem(),
        bytes: null,
        bytesBy: null,
      },
    ],
    elsewhere: [
      {
        dataset: 'rpool/b',
        copy: 'tank/old/rpool/b',
        common: { name: '@y', guid: '2', createdMs: null },
        adopt: { rootFs: 'tank', clientIdentity: 'old' },
      },
    ],
    adoptions: [
      { rootFs: 'tank', clientIdentity: 'old', datasets: 1 },
      { rootFs: 'tank', clientIdentity: 'old', plainIdentity: 'open', datasets: 2 },
    ],
    adopted: 1,
    availableBytes: 4096,
  };

  it('says what is there, and with what the rest would be found', async () => {
    const asked: unknown[] = [];
    const surroundings = {
      ...NO_SURROUNDINGS,
      look: async (params: unknown) => {
        asked.push(params);
        return found;
      },
    };
    await using daemon = await RunningDaemon.start([], undefined, undefined, undefined, surroundings);
    const line = new CommandLine();
    const where = ['--root', 'tank', '--identity', 'desk', 'rpool/a', 'rpool/b', '--socket', daemon.socketPath];
    expect(await line.run('destination', 'look', ...ACCOUNT, ...where)).toBe(EXIT.problems);
    expect(asked).toMatchObject([
      { rootFs: 'tank', clientIdentity: 'desk', datasets: ['rpool/a', 'rpool/b'], encryptedAs: 'raw', sudo: false },
    ]);
    expect(line.io.out.split('\n')).toEqual([
      'rpool/a → tank/desk/rpool/a: goes on from @x, 2.0 KiB to send',
      'rpool/b → tank/desk/rpool/b: CANNOT GO ON',
      '  tank/old/rpool/b is a copy of rpool/b, up to @y',
      'With --root tank --identity old it would go on from 1 copy there.',
      'With --root tank --identity old --plain-identity open it would go on from 2 copies there.',
      '4.0 KiB are free there.',
      '',
    ]);
    expect(line.io.err).toContain('tank/desk/rpool/b');
    const json = new CommandLine();
    await json.run('destination', 'look', ...ACCOUNT, ...where, '--plain', '--sudo', '--json');
    expect(JSON.parse(json.io.out)).toEqual(found);
    expect(asked[1]).toMatchObject({ encryptedAs: 'plain', sudo: true });
    expect(asked[1]).not.toHaveProperty('plainIdentity');
    const two = new CommandLine();
    await two.run('destination', 'look', ...ACCOUNT, ...where, '--plain-identity', 'open');
    expect(asked[2]).toMatchObject({ clientIdentity: 'desk', plainIdentity: 'open' });
  });
});
