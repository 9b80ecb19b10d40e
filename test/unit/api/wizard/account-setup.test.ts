import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RECEIVING_RIGHTS } from '../../../../core/api/receiving-rights.ts';
import { accountName } from '../../../../core/api/ssh-reach.ts';
import {
  type AccountSetup,
  accountSetup,
  accountSetupSchema,
  hostKeyLine,
  platformSchema,
} from '../../../../core/api/wizard/account-setup.ts';

const KEY = `ssh-ed25519 ${'A'.repeat(68)} snapferry-nas@desk`;
const given: AccountSetup = {
  platform: 'debian',
  user: 'snapferry',
  existing: false,
  publicLine: KEY,
  rootFs: 'tank/my backups',
  sudo: false,
};
const linesOf = (more: Partial<AccountSetup>) =>
  accountSetup({ ...given, ...more })?.map(({ step, into, lines }) => [step, into, ...lines]);

describe('setting up the account', () => {
  it('on Debian', () => {
    expect(linesOf({})).toEqual([
      ['account', 'shell', "useradd --create-home --user-group --shell /bin/sh --password '*' snapferry"],
      [
        'key',
        'shell',
        'mkdir -p ~snapferry/.ssh',
        `echo 'restrict ${KEY}' >> ~snapferry/.ssh/authorized_keys`,
        'chmod 700 ~snapferry/.ssh',
        'chmod 600 ~snapferry/.ssh/authorized_keys',
        'chown -R snapferry ~snapferry/.ssh',
      ],
      ['target', 'shell', "zfs create -p -o mountpoint=none 'tank/my backups'"],
      ['rights', 'shell', `zfs allow -u snapferry ${RECEIVING_RIGHTS.join(',')} 'tank/my backups'`],
    ]);
  });

  it('with sudo instead of rights of its own, in what is there already', () => {
    expect(linesOf({ sudo: true, existing: true, rootFs: 'tank' })?.map(([step]) => step)).toEqual(['key', 'sudo']);
    expect(linesOf({ sudo: true })?.find(([step]) => step === 'sudo')).toEqual([
      'sudo',
      'shell',
      "echo 'snapferry ALL=(root) NOPASSWD: /usr/sbin/zfs, /usr/sbin/zpool' > /etc/sudoers.d/snapferry",
      'chmod 440 /etc/sudoers.d/snapferry',
      'visudo -cf /etc/sudoers.d/snapferry',
    ]);
  });

  it('on FreeBSD, where sudo is no part of the system', () => {
    expect(linesOf({ platform: 'freebsd' })?.[0]).toEqual([
      'account',
      'shell',
      'pw useradd snapferry -m -s /bin/sh -w no',
    ]);
    expect(linesOf({ platform: 'freebsd', sudo: true })).toBeUndefined();
  });

  it('on TrueNAS through what keeps its accounts, or in their form', () => {
    const [account] = linesOf({ platform: 'truenas-scale', sudo: true }) ?? [];
    const [, json = ''] = /^midclt call user\.create '(.*)'$/.exec(account?.[2] ?? '') ?? [];
    expect(JSON.parse(json)).toMatchObject({
      username: 'snapferry',
      home: '/mnt/tank',
      sshpubkey: `restrict ${KEY}`,
      password_disabled: true,
      sudo_commands_nopasswd: ['/usr/sbin/zfs', '/usr/sbin/zpool'],
    });
    expect(linesOf({ platform: 'truenas-scale', existing: true, sudo: true })).toEqual([
      ['key', 'form', `restrict ${KEY}`],
      ['sudo', 'form', '/usr/sbin/zfs', '/usr/sbin/zpool'],
      ['target', 'shell', "zfs create -p -o mountpoint=none 'tank/my backups'"],
    ]);
  });

  it('needs for root no account and no rights', () => {
    for (const platform of platformSchema.options) {
      expect(linesOf({ platform, user: 'root' })?.map(([step]) => step)).toEqual(['key', 'target']);
    }
  });

  it('gives a shell exactly these words', () => {
    const folder = mkdtempSync(join(tmpdir(), 'snapferry-setup-'));
    try {
      const log = join(folder, 'log');
      const bin = join(folder, 'bin');
      mkdirSync(bin);
      for (const name of ['useradd', 'pw', 'zfs', 'midclt']) {
        writeFileSync(join(bin, name), `#!/bin/sh\nfor a in ${name} "$@"; do printf '%s\\n' "$a"; done >> ${log}\n`);
        chmodSync(join(bin, name), 0o755);
      }
      for (const platform of platformSchema.options) {
        writeFileSync(log, '');
        const steps = accountSetup({ ...given, platform }) ?? [];
        const lines = steps.flatMap((step) => (step.step === 'key' ? [] : step.lines));
        const { status } = spawnSync('/bin/sh', ['-s'], { input: lines.join('\n'), env: { PATH: bin } });
        expect(status).toBe(0);
        const words = readFileSync(log, 'utf8').split('\n');
        expect(words.filter((word) => word === 'tank/my backups')).toHaveLength(2);
        expect(words).toContain(RECEIVING_RIGHTS.join(','));
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('lets nothing hostile into a line', () => {
    const nasty = fc.oneof(
      fc.string(),
      fc.stringMatching(/^[a-z'"$`\\;&|<>(){}!~#*?\n\r\t =-]{0,12}$/),
      fc.constantFrom("x'; reboot; '", '$(reboot)', '`reboot`', '-rf', 'a\nreboot', 'tank/$(id)', 'root ALL=(ALL) ALL'),
    );
    const values = fc.record({
      platform: fc.constantFrom(...platformSchema.options),
      user: fc.oneof(nasty, fc.constant('keeper')),
      existing: fc.boolean(),
      publicLine: fc.oneof(
        nasty,
        nasty.map((text) => `${KEY}${text}`),
        fc.constant(KEY),
      ),
      rootFs: fc.oneof(
        nasty,
        nasty.map((text) => `tank/${text}`),
        fc.constant('tank/x'),
      ),
      sudo: fc.boolean(),
    });
    fc.assert(
      fc.property(values, (setup) => {
        const steps = accountSetup(setup);
        expect(steps === null).toBe(!accountSetupSchema.safeParse(setup).success);
        for (const line of steps?.flatMap(({ lines }) => lines) ?? []) {
          const outside = line.replaceAll(/'[^'\n]*'/g, '');
          expect(outside).toMatch(/^[A-Za-z0-9_/.:@%+=,~>* -]*$/);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('is for accounts that can be logged in to', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z_][a-z0-9_-]{0,30}$/), (user) => accountName.safeParse(user).success),
    );
  });
});

describe('the fingerprint at the console', () => {
  it('is that of the key that is shown', () => {
    expect(hostKeyLine('ssh-ed25519')).toBe('ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub');
    expect(hostKeyLine('ecdsa-sha2-nistp384')).toBe('ssh-keygen -lf /etc/ssh/ssh_host_ecdsa_key.pub');
    expect(hostKeyLine('$(reboot)')).toBe('ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub');
  });
});
