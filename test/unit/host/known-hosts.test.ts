import fc from 'fast-check';
import { expect, test } from 'vitest';
import { knownHostName, matchesHosts, matchesPattern, pinFromKnownHosts } from '../../../core/host/known-hosts.ts';

// Keys and hashed lines made with ssh-keygen (-H).
const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAICNjI621YqB4cQ3gU02DrNDwcqTkrj1k6qM6iB+yZzx6';
const OTHER = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAILM+rvN+ot98qgEN796jTiQfZfG1KaT0PtFDJ/XFSqti';
const HASHED = `|1|URf4etuuiTAFV08AIhCQweLgSRs=|ulUsDIcllB+i84/9ChMN1+6qKfc= ${KEY}`;
const HASHED_PORT = `|1|lNNdbOYvmP+9VwWHYcUdjVz00z8=|8lS4Ugy6jSv2AgtMtCaO8GQFrOs= ${KEY}`;

const blobOf = (line: string): Buffer => Buffer.from(line.split(' ')[1] ?? '', 'base64');
const trusts = (text: string, host: string, port = 22, key = KEY): boolean =>
  pinFromKnownHosts(text, host, port)?.accepts(blobOf(key)) ?? false;

test.each([
  ['plain name', `nas ${KEY}`, 'nas', 22, true],
  ['name in a list, upper case', `a,NAS,b ${KEY} comment here`, 'Nas', 22, true],
  ['other name', `nas ${KEY}`, 'nas2', 22, false],
  ['port', `[nas]:2222 ${KEY}`, 'nas', 2222, true],
  ['another port', `[nas]:2222 ${KEY}`, 'nas', 2223, false],
  ['bare name for another port', `nas ${KEY}`, 'nas', 2222, false],
  ['port 22 in brackets means nothing', `[nas]:22 ${KEY}`, 'nas', 22, false],
  ['wildcards', `*.lan,192.168.?.7 ${KEY}`, '192.168.3.7', 22, true],
  ['wildcard of one', `192.168.?.7 ${KEY}`, '192.168.33.7', 22, false],
  ['wildcard with port', `[*.lan]:2222 ${KEY}`, 'nas.lan', 2222, true],
  ['negation after a match', `*.lan,!nas.lan ${KEY}`, 'nas.lan', 22, false],
  ['negation before a match', `!nas.lan,*.lan ${KEY}`, 'nas.lan', 22, false],
  ['negation of another', `!nas.lan,*.lan ${KEY}`, 'pc.lan', 22, true],
  ['negation alone', `!nas.lan ${KEY}`, 'pc.lan', 22, false],
  ['hashed', HASHED, 'nas.lan', 22, true],
  ['hashed, upper case asked', HASHED, 'NAS.lan', 22, true],
  ['hashed, other name', HASHED, 'nas.lam', 22, false],
  ['hashed with port', HASHED_PORT, 'nas.lan', 2222, true],
  ['hashed with port, other port', HASHED_PORT, 'nas.lan', 22, false],
  ['hashed, broken', HASHED.replace('|1|', '|2|'), 'nas.lan', 22, false],
  ['tabs and leading blanks', `  nas\t${KEY.replace(' ', '\t')}\r`, 'nas', 22, true],
  ['comment', `#nas ${KEY}`, 'nas', 22, false],
  ['certificate authority', `@cert-authority nas ${KEY}`, 'nas', 22, false],
  ['unknown marker', `@trusted nas ${KEY}`, 'nas', 22, false],
  ['revoked', `@revoked nas ${KEY}`, 'nas', 22, false],
  ['revoked after trusted', `nas ${KEY}\n@revoked * ${KEY}`, 'nas', 22, false],
  ['revoked for another host', `nas ${KEY}\n@revoked pc ${KEY}`, 'nas', 22, true],
  ['another key revoked', `nas ${KEY}\n@revoked * ${OTHER}`, 'nas', 22, true],
  ['type does not fit the key', `nas ${KEY.replace('ssh-ed25519', 'ssh-rsa')}`, 'nas', 22, false],
  ['key is no base64', 'nas ssh-ed25519 AAAA!', 'nas', 22, false],
  ['key is missing', 'nas ssh-ed25519', 'nas', 22, false],
  ['second of several', `nas ${OTHER}\n\nnas ${KEY}`, 'nas', 22, true],
  ['a name that ends with a dot is another name', `nas. ${KEY}`, 'nas', 22, false],
])('%s', (_, text, host, port, expected) => {
  expect(trusts(text, host, port)).toBe(expected);
});

test('nothing trusted is no pin at all', () => {
  expect(pinFromKnownHosts('', 'nas', 22)).toBeNull();
  expect(pinFromKnownHosts(`@revoked * ${KEY}\nnas ${KEY}`, 'nas', 22)).toBeNull();
});

test('the types of the trusted keys are told', () => {
  expect(pinFromKnownHosts(`nas ${KEY}\nnas ${OTHER}`, 'nas', 22)?.keyTypes).toEqual(['ssh-ed25519']);
});

test('a pattern means what its regular expression means', () => {
  const letters = fc.string({ unit: fc.constantFrom('a', 'b', '.', '*', '?'), maxLength: 12 });
  const plain = fc.string({ unit: fc.constantFrom('a', 'b', '.'), maxLength: 12 });
  fc.assert(
    fc.property(plain, letters, (text, pattern) => {
      const source = pattern.replaceAll('.', '\\.').replaceAll('*', '.*').replaceAll('?', '.');
      expect(matchesPattern(text, pattern)).toBe(new RegExp(`^${source}$`).test(text));
    }),
    { numRuns: 2_000 },
  );
  expect(matchesPattern('a'.repeat(60_000), `${'*a'.repeat(50)}b`)).toBe(false);
});

test('no text throws or is trusted by accident', () => {
  fc.assert(fc.property(fc.string(), fc.string(), (text, host) => !trusts(text, host)));
  fc.assert(fc.property(fc.string(), (field) => void matchesHosts('nas', field)));
  expect(knownHostName('NAS', 22)).toBe('nas');
  expect(trusts(`nas ${KEY}${' x'.repeat(40_000)}`, 'nas')).toBe(false);
});
