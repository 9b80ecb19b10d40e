import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { quoteArgument } from '../../../core/api/shell-quote.ts';
import { quoteArgv } from '../../../core/host/quote.ts';

/** What a real shell makes of many command lines, in one process: the arguments of each. */
function readBack(argvs: readonly (readonly string[])[]): string[][] {
  const script = argvs
    .map((argv) => `printf '%s\\0' ${argv.map(quoteArgument).join(' ')}; printf '\\001\\0'`)
    .join('\n');
  const { stdout, status } = spawnSync('/bin/sh', ['-s'], { input: script, encoding: 'utf8', env: { LC_ALL: 'C' } });
  expect(status).toBe(0);
  return stdout
    .split('\u0001\0')
    .slice(0, -1)
    .map((part) => part.split('\0').slice(0, -1));
}

const argument = fc.oneof(
  fc.string({ unit: 'binary', minLength: 0, maxLength: 40 }),
  fc.string({
    unit: fc.constantFrom("'", '"', '\\', '\n', '$', '`', ' ', '!', '*', '~', '=', '-', ';', '&', '\t', 'a'),
  }),
);

test('a POSIX shell reads back exactly what was quoted', () => {
  const clean = argument.map((text) => text.toWellFormed().replaceAll(/[\0\u0001]/g, '_'));
  fc.assert(
    fc.property(
      fc.array(fc.array(clean, { minLength: 1, maxLength: 5 }), { minLength: 60, maxLength: 60 }),
      (argvs) => {
        expect(readBack(argvs)).toEqual(argvs);
      },
    ),
    { numRuns: 6 },
  );
});

test('quoting is quiet where nothing needs it', () => {
  expect(quoteArgv(['/sbin/zfs', 'list', '-o', 'name,guid', 'tank/a b', "it's", ''])).toBe(
    `/sbin/zfs list -o name,guid 'tank/a b' 'it'\\''s' ''`,
  );
  // As the first word it would be an assignment.
  expect(quoteArgv(['A=b', 'readonly=on'])).toBe("'A=b' readonly=on");
});

test('what no program can receive is refused', () => {
  expect(() => quoteArgument('a\0b')).toThrow(/NUL/);
  expect(() => quoteArgument('\ud800')).toThrow(/Unicode/);
});
