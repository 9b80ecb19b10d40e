import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hasErrors, parsePoolErrors } from '../../../core/drives/pool-errors.ts';

const status = (rows: string, more = 'No known data errors') => `  pool: blue
 state: ONLINE
  scan: resilvered 1.2M in 00:00:03 with 0 errors on Fri Nov 27 01:00:00 2026
config:

\tNAME                             STATE     READ WRITE CKSUM
${rows}

errors: ${more}
`;

describe('the errors of a pool', () => {
  it('are none of one that is well', () => {
    const errors = parsePoolErrors(
      status(
        '\tblue                             ONLINE       0     0     0\n\t  usb-Maker_Model_0123-0:0-part1  ONLINE       0     0     0',
      ),
    );
    expect(errors).toEqual({ readCount: 0, writeCount: 0, checksumCount: 0 });
    expect(errors !== null && hasErrors(errors)).toBe(false);
  });

  it('are the most that any row counts, whatever follows it', () => {
    const rows = [
      '\tblue                             DEGRADED     0     0     2',
      '\t  mirror-0                       DEGRADED     0     0     4',
      '\t    usb-Maker one-part1          FAULTED      3 19123     0  too many errors',
      '\t    usb-Maker two-part1          ONLINE       0     0     4  (resilvering)',
    ].join('\n');
    const errors = parsePoolErrors(status(rows, "2 data errors, use '-v' for a list"));
    expect(errors).toEqual({ readCount: 3, writeCount: 19_123, checksumCount: 4 });
  });

  it('are not known where nothing says so', () => {
    expect(parsePoolErrors('')).toBeNull();
    expect(parsePoolErrors('errors: List of errors unavailable: pool I/O is currently suspended\n')).toBeNull();
    expect(parsePoolErrors(status('\tblue  ONLINE  many  0  0'))).toBeNull();
  });

  it('never throw, and are whole numbers', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.nat(), fc.nat(), fc.nat(), (name, read, write, checksum) => {
        const row = `\tx${name.replaceAll(/\s/g, '')} ONLINE ${read} ${write} ${checksum}`;
        const errors = parsePoolErrors(`${name}\n${row}\n`);
        for (const count of errors === null ? [] : Object.values(errors)) expect(Number.isInteger(count)).toBe(true);
      }),
    );
  });
});
