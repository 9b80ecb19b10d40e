import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseMysqlDsn, parsePostgresDsn } from '../../../../core/config/values/dsn.ts';
import { parseHost, parseHostPort } from '../../../../core/config/values/host-port.ts';
import { parseInteger } from '../../../../core/config/values/integer.ts';
import { parseDataset, parseIdentity, parsePropertyName } from '../../../../core/config/values/names.ts';
import { quote } from '../../../../core/config/values/parsed.ts';
import { parseAbsolutePath, parsePath } from '../../../../core/config/values/path.ts';
import { parseRegex } from '../../../../core/config/values/regex.ts';
import { parseSizeBits, wholeBytes } from '../../../../core/config/values/size.ts';
import { parseFingerprint, parseUser } from '../../../../core/config/values/ssh.ts';
import { parseTcpClient } from '../../../../core/config/values/tcp-client.ts';

describe('sizes', () => {
  it.each([
    ['23 bit', 23],
    ['23bit', 23],
    ['10MiB', 10 * 2 ** 20 * 8],
    ['10 MiB', 10 * 2 ** 20 * 8],
    ['10.5 Kib', 10.5 * 2 ** 10],
    ['10.5Kib', 10.5 * 2 ** 10],
    ['1 bit', 1],
    ['1 b', 1],
    ['1 B', 8],
    ['1 Kb', 1e3],
    ['1 Kib', 2 ** 10],
    ['1 Mb', 1e6],
    ['1 Mib', 2 ** 20],
    ['1 Gb', 1e9],
    ['1 Gib', 2 ** 30],
    ['1 Tb', 1e12],
    ['1 Tib', 2 ** 40],
    ['-1 B', -8],
    ['.5 KB', 4000],
  ])('%s is %d bits', (text, bits) => {
    expect(parseSizeBits(text)).toEqual({ ok: true, value: bits });
  });

  it.each(['-1', '10', '', 'MiB', '1 kB', '1.5 bit', '1 KiBs', '--1 B', '.', '1 Pb', '9999999 TiB', ' 1 B'])(
    'refuses %j',
    (text) => {
      expect(parseSizeBits(text).ok).toBe(false);
    },
  );

  it('drops what is left of a byte', () => {
    expect([wholeBytes(7), wholeBytes(8), wholeBytes(23), wholeBytes(-8)]).toEqual([0, 1, 2, -1]);
  });
});

describe('whole numbers', () => {
  it.each([
    ['0', 0],
    ['-0', 0],
    ['10', 10],
    ['+7', 7],
    ['-7', -7],
    ['1_000', 1000],
    ['0x1f', 31],
    ['0xFF_FF', 65535],
    ['0o17', 15],
    ['017', 15],
    ['0b101', 5],
  ])('%s is %d', (text, value) => {
    expect(parseInteger(text)).toEqual({ ok: true, value });
  });

  it.each([
    '',
    '08',
    '1.0',
    '1e3',
    '1:30',
    '0x',
    '0b2',
    '_1',
    'ten',
    '99999999999999999999',
    '1 0',
    '--1',
    '1'.repeat(90),
  ])('refuses %j', (text) => {
    expect(parseInteger(text).ok).toBe(false);
  });

  it('reads every number in every base', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 40 }), (value) => {
        for (const text of [
          `${value}`,
          `0x${value.toString(16)}`,
          `0o${value.toString(8)}`,
          `0b${value.toString(2)}`,
        ]) {
          expect(parseInteger(text)).toEqual({ ok: true, value });
        }
      }),
    );
  });
});

describe('addresses', () => {
  it.each([
    ['10.0.0.23:42', { host: '10.0.0.23', port: '42' }],
    [':8888', { host: '', port: '8888' }],
    ['[fe80::1%eth0]:8888', { host: 'fe80::1%eth0', port: '8888' }],
    ['backup-server.foo.bar:http', { host: 'backup-server.foo.bar', port: 'http' }],
  ])('%s', (text, value) => {
    expect(parseHostPort(text)).toEqual({ ok: true, value });
  });

  it.each(['10.0.0.23', '', 'fe80::1:42', '[::1]', 'a:', 'a:70000', 'a b:1', '[a]b:1', 'a:1:2', 'a/b:1'])(
    'refuses %j',
    (text) => {
      expect(parseHostPort(text).ok).toBe(false);
    },
  );

  it('tells how to write IPv6', () => {
    expect(parseHostPort('::1:80')).toMatchObject({ reason: expect.stringContaining('brackets') });
  });

  it('takes a host without port, and nothing that looks like an option', () => {
    for (const host of ['nas', 'nas.lan', '10.0.0.1', 'fe80::1%eth0', '::1']) expect(parseHost(host).ok).toBe(true);
    for (const host of ['-oProxyCommand=x', '', 'a b', 'user@nas', '[::1]', 'nas/x']) {
      expect(parseHost(host).ok).toBe(false);
    }
  });
});

describe('names', () => {
  it('takes datasets, not mount points', () => {
    expect(parseDataset('tank/a b/c')).toEqual({ ok: true, value: 'tank/a b/c' });
    for (const text of [
      '/tank',
      'tank/',
      '',
      'tank@a',
      'tank#a',
      'a|b',
      'a\tb',
      'a<',
      'a>b',
      'a*',
      'a//b',
      'a/../b',
      'a/b%c',
    ]) {
      expect(parseDataset(text).ok).toBe(false);
    }
    expect(parseDataset('/tank')).toMatchObject({ reason: expect.stringContaining('mount point') });
  });

  it('takes identities that are one component', () => {
    expect(parseIdentity('10.0.0.1-eth0').ok).toBe(true);
    for (const text of ['', 'a/b', '..', '../x/y', 'a@b', 'jöb']) expect(parseIdentity(text).ok).toBe(false);
  });

  it('takes names of properties', () => {
    for (const text of ['canmount', 'org.openzfs:x-y', 'a'.repeat(256)]) expect(parsePropertyName(text).ok).toBe(true);
    for (const text of ['', '-o', 'a b', 'a=b', 'a'.repeat(257)]) expect(parsePropertyName(text).ok).toBe(false);
  });

  it('takes paths', () => {
    expect(parsePath('ca.crt').ok).toBe(true);
    for (const text of ['', 'a\0b', 'a'.repeat(5000)]) expect(parsePath(text).ok).toBe(false);
    expect(parseAbsolutePath('/etc/key').ok).toBe(true);
    expect(parseAbsolutePath('key').ok).toBe(false);
    expect(parseAbsolutePath('~/key')).toMatchObject({ reason: expect.stringContaining('"~"') });
  });

  it('takes accounts and fingerprints', () => {
    for (const user of ['root', 'backup-1', 'DOM\\joe', 'joe@dom']) expect(parseUser(user).ok).toBe(true);
    for (const user of ['', '-l', 'a b']) expect(parseUser(user).ok).toBe(false);
    expect(parseFingerprint('SHA256:uNiVztksCsDhcc0u9e8BrrQXVUpKZIDTMczCvj3tD2s').ok).toBe(true);
    for (const text of ['', 'uNiVztksCsDhcc0u9e8BrrQXVUpKZIDTMczCvj3tD2s', 'SHA256:abc', 'MD5:00:11']) {
      expect(parseFingerprint(text).ok).toBe(false);
    }
  });

  it('quotes what was written on one short line', () => {
    expect(quote('a\n\u001b[31mb')).toBe('"a??[31mb"');
    expect(quote('x'.repeat(100))).toHaveLength(62);
  });
});

describe('regular expressions', () => {
  it.each(['', '^zrepl_', '(?i)a', '(?s).', '[[:alpha:]]\\z', '(?P<n>a)', 'keep_'])('takes %j', (text) => {
    expect(parseRegex(text)).toEqual({ ok: true, value: text });
  });

  it.each(['(', '(?=a)', '(?!a)', '(?<=a)b', '(a)\\1', 'a{2000}', '*', 'a'.repeat(1001)])('refuses %j', (text) => {
    expect(parseRegex(text).ok).toBe(false);
  });
});

describe('clients by address', () => {
  it.each([
    ['192.168.123.234', 'ident1', { address: '192.168.123.234', prefixBits: null, zone: '', identity: 'ident1' }],
    ['0.0.0.0/0', '*', { address: '0.0.0.0', prefixBits: 0, zone: '', identity: '*' }],
    ['0::/0', '*', { address: '0::', prefixBits: 0, zone: '', identity: '*' }],
    [
      '10.1.2.0/24',
      'subnet-one-two-*',
      { address: '10.1.2.0', prefixBits: 24, zone: '', identity: 'subnet-one-two-*' },
    ],
    ['fe80::/16%eth1', 'san-*', { address: 'fe80::', prefixBits: 16, zone: 'eth1', identity: 'san-*' }],
    ['fe80::1%eth1', 'one', { address: 'fe80::1', prefixBits: null, zone: 'eth1', identity: 'one' }],
  ])('%s: %s', (key, identity, value) => {
    expect(parseTcpClient(key, identity)).toEqual({ ok: true, value });
  });

  it.each([
    ['jimmy', 'x'],
    ['192.168.1.2', 'db-*'],
    ['192.168.1.0/24', 'db-'],
    ['192.168.1.0/24', '*-*'],
    ['fe80::1', 'db-*'],
    ['fe80::/64', 'db'],
    ['10.0.0.1', 'a@b'],
    ['10.0.0.1', ''],
    ['10.0.0.0/33', '*'],
    ['fe80::/129', '*'],
    ['10.0.0.1.2', 'x'],
    ['fe80::/64', `${'a'.repeat(220)}*`],
  ])('refuses %s: %s', (key, identity) => {
    expect(parseTcpClient(key, identity).ok).toBe(false);
  });
});

describe('database addresses', () => {
  it('takes the usual forms', () => {
    for (const dsn of ['postgresql://u:p@h/db?x=y', "host=localhost user=x password='a b' dbname=y", 'user=a']) {
      expect(parsePostgresDsn(dsn).ok).toBe(true);
    }
    for (const dsn of ['u:p@tcp(localhost:3306)/db', '/', 'u@unix(/run/x.sock)/db?a=b', 'u:p@ss/w@tcp(h)/']) {
      expect(parseMysqlDsn(dsn).ok).toBe(true);
    }
  });

  it('refuses others without quoting them', () => {
    for (const result of [
      parsePostgresDsn('s3cret'),
      parseMysqlDsn('user:s3cret@tcp(h)'),
      parsePostgresDsn('x '.repeat(2000)),
    ]) {
      expect(result.ok).toBe(false);
      expect(JSON.stringify(result)).not.toContain('s3cret');
    }
  });
});
