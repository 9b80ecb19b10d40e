import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { configChangeSchema } from '../../../core/api/config.ts';
import { furtherChange, furtherFor, isFurther, parseFurther } from '../../../renderer/model/further-drive.ts';
import { parseRoute, routeHash } from '../../../renderer/model/route.ts';
import { chosenDrive, EMPTY_DRIVE, provenDriveBy } from '../../../renderer/model/setup/drive.ts';
import { driveHousehold } from '../../e2e/window/support/scenes.ts';
import { DISK } from '../drives/disks/some-disk.ts';

const chosen = chosenDrive(EMPTY_DRIVE, { pool: 'red', poolGuid: '7' });
const tried = { ...chosen, proven: provenDriveBy(chosen) };

describe('a further drive', () => {
  it('is added only once it was tried as it is', () => {
    expect(furtherChange('home', EMPTY_DRIVE)).toBeNull();
    expect(furtherChange('home', chosen)).toBeNull();
    expect(furtherChange('home', { ...tried, rootFs: 'red/other' })).toBeNull();
    expect(furtherChange('home', { ...tried, title: '  ' })).toEqual({
      kind: 'edits',
      edits: [
        {
          op: 'add-drive',
          job: 'home',
          drive: { title: 'red', pool: 'red', poolGuid: '7', rootFs: 'red/backups', keyFile: null },
        },
      ],
    });
  });

  it('is what the daemon takes, or nothing, whatever was typed', () => {
    const text = fc.oneof(fc.string(), fc.constantFrom('red', 'red/x', 'red/backups', '/key'));
    fc.assert(
      fc.property(text, text, fc.option(text), (title, rootFs, keyFile) => {
        const typed = { ...chosen, title, rootFs, keyFile };
        const change = furtherChange('home', { ...typed, proven: provenDriveBy(typed) });
        expect(change === null || configChangeSchema.safeParse(change).success).toBe(true);
      }),
    );
  });

  it('is remembered for its job alone, and what is not understood is nothing', () => {
    const kept = parseFurther(JSON.stringify({ job: 'home', drive: tried }));
    expect(furtherFor(kept, 'home')).toEqual(tried);
    expect(furtherFor(kept, 'music')).toEqual(EMPTY_DRIVE);
    for (const text of [null, '', '{', '{}', '[]', JSON.stringify({ job: 'home', drive: { ...tried, more: 1 } })]) {
      expect(parseFurther(text)).toBeNull();
    }
  });

  it('is not one that the job has, plugged in or connected', () => {
    const drives = driveHousehold('plugged').jobs[1]?.drives ?? [];
    const [blue] = drives;
    if (blue === undefined) throw new Error('no drive');
    const { pool, poolGuid } = blue;
    const inUse = (why: 'imported-pool' | 'mounted', what: string) =>
      isFurther({ ...DISK, verdict: { kind: 'in-use', why, what } }, drives);
    expect(isFurther({ ...DISK, verdict: { kind: 'pool', pool, poolGuid } }, drives)).toBe(false);
    // A pool of the same name is another drive.
    expect(isFurther({ ...DISK, verdict: { kind: 'pool', pool, poolGuid: '8' } }, drives)).toBe(true);
    expect([inUse('imported-pool', pool), inUse('imported-pool', 'rpool'), inUse('mounted', pool)]).toEqual([
      false,
      true,
      true,
    ]);
    expect(isFurther({ ...DISK, verdict: { kind: 'free', content: [] } }, drives)).toBe(true);
  });

  it('has an address of its own', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), (job) => {
        expect(parseRoute(routeHash({ page: 'add-drive', job }))).toEqual({ page: 'add-drive', job });
      }),
    );
    expect(parseRoute('#/drives/add')).toEqual({ page: 'drives' });
    expect(parseRoute('#/drives/add/%')).toEqual({ page: 'drives' });
  });
});
