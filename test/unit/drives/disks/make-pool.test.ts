import { describe, expect, it } from 'vitest';
import { confirmationText, type MakePoolParams } from '../../../../core/api/drive-making.ts';
import { asProblemError, type ProblemError } from '../../../../core/api/problem.ts';
import { type MakeParts, makePool } from '../../../../core/drives/disks/make-pool.ts';
import type { CommandResult, Host, RunOptions } from '../../../../core/host/types.ts';
import { listing, part, poolRecord, udevRecord, written } from './samples.ts';

const ID = 'usb-WD_My_Passport-0:0';
const OTHER = 'usb-WD_Elements-0:0';
const GUID = '4417253106548731923';
const FREE = { id: ID, model: 'My Passport 25E2', serial: 'SN-sdb', sizeBytes: 1_000_204_886_016 };

/** A machine whose disks are what a test says, and that writes down what is done to them. */
class Bench {
  readonly ran: string[] = [];
  readonly given: string[] = [];
  readonly keys: string[] = [];
  devices: Record<string, unknown>[] = [written({ path: '/dev/sdb' })];
  names = [udevRecord('sdb', [ID])];
  signatures = '';
  /** Answers before the machine does. */
  answer: (argv: string) => Partial<CommandResult> | undefined = () => undefined;
  poolThere = false;
  slept = 0;
  known = false;

  readonly #host: Host = {
    label: 'this machine',
    kind: 'local',
    run: async (argv, options) => this.#run(argv.join(' '), options),
    start: () => Promise.reject(new Error('nothing is started')),
    ping: async () => undefined,
    close: async () => undefined,
  };

  get parts(): MakeParts {
    return {
      host: this.#host,
      poolState: async () => (this.poolThere ? 'ONLINE' : null),
      isNameKnown: () => this.known,
      clock: {
        sleep: async () => {
          this.slept += 1;
          // Udev has heard of it meanwhile.
          if (this.slept === 2 && this.names.length === 1) this.names = [poolRecord('sdb', ID, 'blue', BigInt(GUID))];
        },
      },
      keys: {
        make: async (pool) => {
          this.keys.push(pool);
          return `/keys/${pool}/key`;
        },
        discard: async () => {
          this.keys.pop();
        },
      },
    };
  }

  /** What was changed, in order. */
  get changes(): readonly string[] {
    return this.ran.filter((argv) => /^(?:wipefs --all|zpool (?:create|export|sync)|zfs create)/.test(argv));
  }

  make(more: Partial<MakePoolParams> = {}): Promise<unknown> {
    const disks = [{ ...FREE, content: [], typed: confirmationText(FREE) }];
    const params: MakePoolParams = {
      pool: 'blue',
      rootFs: 'blue/backups',
      layout: 'single',
      disks,
      encryption: { kind: 'none' },
      ...more,
    };
    return makePool(this.parts, params, new AbortController().signal);
  }

  async #run(argv: string, { stdin }: RunOptions): Promise<CommandResult> {
    this.ran.push(argv);
    if (stdin !== undefined) this.given.push(Buffer.from(stdin).toString());
    const answered = this.answer(argv) ?? this.#answer(argv);
    return { exit: { code: 0, signal: null }, stdout: '', stderr: '', durationMs: 1, ...answered };
  }

  #answer(argv: string): Partial<CommandResult> {
    if (argv.startsWith('udevadm info')) return { stdout: this.names.join('') };
    if (argv.startsWith('lsblk')) return { stdout: listing(...this.devices) };
    if (argv.startsWith('wipefs --no-act')) return { stdout: this.signatures };
    if (argv.startsWith('zpool create')) this.poolThere = true;
    if (argv.startsWith('zpool export')) this.poolThere = false;
    if (argv.startsWith('zpool list')) return { stdout: `blue\t${GUID}\t1000\t900\tONLINE\toff\n` };
    if (argv.startsWith('zfs get')) return { stdout: '800\n' };
    return {};
  }
}

const refused = (work: Promise<unknown>): Promise<ProblemError> =>
  work.then(() => Promise.reject(new Error('it was made')), asProblemError);
const failed = (stderr: string): Partial<CommandResult> => ({ exit: { code: 1, signal: null }, stderr });

describe('making a pool', () => {
  it('of an empty disk: by the name that stays, without force, and exported at the end', async () => {
    const bench = new Bench();
    expect(await bench.make()).toEqual({
      pool: 'blue',
      poolGuid: GUID,
      rootFs: 'blue/backups',
      keyFile: null,
      sizeBytes: 1000,
      availableBytes: 800,
    });
    // Whoever looks next finds it.
    expect(bench.slept).toBe(3);
    expect(bench.changes).toEqual([
      'zpool create -o ashift=12 -o cachefile=none -o autotrim=off -o compatibility=openzfs-2.1-linux -O mountpoint=none ' +
        `-O canmount=off -O atime=off -O compression=lz4 blue /dev/disk/by-id/${ID}`,
      'zfs create -p blue/backups',
      'zpool sync blue',
      'zpool export blue',
    ]);
    expect(bench.given).toEqual([]);
  });

  it('of two that are alike, a mirror; trimmed where both are made of flash', async () => {
    const bench = new Bench();
    const flash = { rota: false, 'disc-max': 512 };
    bench.devices = [written({ path: '/dev/sdb', ...flash }), written({ path: '/dev/sdc', ...flash })];
    bench.names.push(udevRecord('sdc', [OTHER]));
    bench.answer = (argv) => (argv.startsWith('test -f') ? failed('') : undefined);
    const disks = [FREE, { ...FREE, id: OTHER, serial: 'SN-sdc' }].map((disk) => ({
      ...disk,
      content: [],
      typed: ` ${confirmationText(disk).toUpperCase()}  `,
    }));
    await bench.make({ layout: 'mirror', disks });
    const [create = ''] = bench.changes;
    expect(create).toContain('autotrim=on -O mountpoint');
    expect(create).toMatch(new RegExp(`blue mirror /dev/disk/by-id/${ID} /dev/disk/by-id/${OTHER}$`));
    const unlike = disks.map((disk, at) => ({ ...disk, sizeBytes: disk.sizeBytes + at * 1e9 }));
    bench.devices = [written({ path: '/dev/sdb' }), written({ path: '/dev/sdc', size: FREE.sizeBytes + 1e9 })];
    unlike.forEach((disk) => {
      disk.typed = confirmationText(disk);
    });
    bench.ran.length = 0;
    expect((await refused(bench.make({ layout: 'mirror', disks: unlike }))).code).toBe('disks-differ');
    expect(bench.changes).toEqual([]);
  });

  it('a passphrase goes to standard input, and into no argument', async () => {
    const bench = new Bench();
    await bench.make({ encryption: { kind: 'passphrase', passphrase: 'correct horse' } });
    expect(bench.given).toEqual(['correct horse\n']);
    expect(bench.ran.join('\n')).not.toContain('correct horse');
    expect(bench.changes[0]).toContain('-O keyformat=passphrase -O keylocation=prompt');
  });

  it('a key lies in a file, and is thrown away with a pool that did not come about', async () => {
    const bench = new Bench();
    expect(await bench.make({ encryption: { kind: 'key-file' } })).toMatchObject({ keyFile: '/keys/blue/key' });
    expect(bench.changes[0]).toContain('-O keyformat=raw -O keylocation=file:///keys/blue/key');
    expect(bench.keys).toEqual(['blue']);
    const other = new Bench();
    other.answer = (argv) => (argv.startsWith('zpool create') ? failed('cannot create: one is busy') : undefined);
    const problem = await refused(other.make({ encryption: { kind: 'key-file' } }));
    expect(problem).toMatchObject({ code: 'pool-not-made', facts: { left: 'nothing was erased' } });
    expect(problem.detail).toContain('one is busy');
    expect(other.keys).toEqual([]);
  });

  describe('with something on it', () => {
    const content = [
      { form: 'gpt', label: '', sizeBytes: FREE.sizeBytes },
      { form: 'ntfs', label: 'Photos', sizeBytes: 5_000 },
    ];
    const full = (): Bench => {
      const bench = new Bench();
      const ntfs = part('/dev/sdb1', { fstype: 'ntfs', label: 'Photos', size: 5_000 });
      bench.devices = [written({ path: '/dev/sdb', pttype: 'gpt', children: [ntfs] })];
      bench.names.push(udevRecord('sdb1', ['wwn-1-part1', `${ID}-part1`]));
      bench.signatures = 'gpt\nPMBR\nntfs\n';
      return bench;
    };
    const disks = [{ ...FREE, content, typed: confirmationText(FREE) }];

    it('erases what was named, partitions first', async () => {
      const bench = full();
      await bench.make({ disks });
      expect(bench.changes.slice(0, 3)).toEqual([
        `wipefs --all --quiet /dev/disk/by-id/${ID}-part1`,
        `wipefs --all --quiet /dev/disk/by-id/${ID}`,
        expect.stringContaining('zpool create -o'),
      ]);
    });

    it('and nothing else', async () => {
      const bench = full();
      expect((await refused(bench.make())).code).toBe('disk-changed');
      bench.signatures = 'gpt\nntfs\nzfs_member\n';
      expect(await refused(bench.make({ disks }))).toMatchObject({
        code: 'disk-changed',
        facts: { reason: 'there is zfs_member on it' },
      });
      bench.names.pop();
      expect((await refused(bench.make({ disks }))).code).toBe('disk-changed');
      expect(bench.changes).toEqual([]);
    });

    it('says what is erased where it goes no further', async () => {
      const bench = full();
      bench.answer = (argv) =>
        argv.startsWith('wipefs --all') && argv.endsWith('0:0') ? failed('Device or resource busy') : undefined;
      expect(await refused(bench.make({ disks }))).toMatchObject({
        code: 'pool-not-made',
        facts: { left: `erased: ${ID}` },
      });
      expect(bench.changes.some((argv) => argv.startsWith('zpool'))).toBe(false);
    });
  });

  it.each<[string, (bench: Bench) => void, Partial<MakePoolParams>?]>([
    ['disk-changed', (bench) => bench.names.splice(0)],
    ['disk-changed', (bench) => bench.devices.splice(0, 1, written({ path: '/dev/sdb', serial: 'another' }))],
    ['disk-changed', (bench) => bench.devices.splice(0, 1, written({ path: '/dev/sdb', size: 5e11 }))],
    ['disk-changed', (bench) => bench.devices.splice(0, 1, written({ path: '/dev/sdb', fstype: 'ext4' }))],
    ['disk-in-use', (bench) => bench.devices.splice(0, 1, written({ path: '/dev/sdb', mountpoint: '/x' }))],
    ['disk-in-use', (bench) => bench.names.splice(0, 1, poolRecord('sdb', ID, 'red', 5n))],
    ['disk-in-use', (bench) => bench.devices.push(written({ path: '/dev/sdc', serial: 'SN-sdb' }))],
    ['disk-not-confirmed', () => {}, { disks: [{ ...FREE, content: [], typed: 'yes' }] }],
    ['drive-name-taken', (bench) => Object.assign(bench, { poolThere: true })],
    ['drive-name-taken', (bench) => Object.assign(bench, { known: true })],
    ['drive-name-taken', (bench) => bench.names.push(poolRecord('sdz', 'x', 'blue', 5n))],
  ])('nothing is touched: %s', async (code, change, more = {}) => {
    const bench = new Bench();
    change(bench);
    expect((await refused(bench.make(more))).code).toBe(code);
    expect(bench.changes).toEqual([]);
  });

  it('what could not be finished is put away, and said', async () => {
    const bench = new Bench();
    bench.answer = (argv) => (argv.startsWith('zfs create') ? failed('out of space') : undefined);
    expect(await refused(bench.make())).toMatchObject({ code: 'pool-half-made', facts: { left: 'exported' } });
    expect(bench.changes.at(-1)).toBe('zpool export blue');
    const stuck = new Bench();
    stuck.answer = (argv) => (argv.startsWith('zpool export') ? failed('busy') : undefined);
    expect(await refused(stuck.make())).toMatchObject({ code: 'pool-half-made', facts: { left: 'imported' } });
  });

  it('a pool that is there although its command failed is not passed over', async () => {
    const bench = new Bench();
    bench.answer = (argv) => {
      if (!argv.startsWith('zpool create')) return undefined;
      bench.poolThere = true;
      return failed('it may only be mounted by root');
    };
    const problem = await refused(bench.make({ encryption: { kind: 'key-file' } }));
    expect(problem).toMatchObject({ code: 'pool-half-made', facts: { left: 'imported' } });
    expect(problem.detail).toContain('/keys/blue/key');
    expect(bench.keys).toEqual(['blue']);
  });
});
