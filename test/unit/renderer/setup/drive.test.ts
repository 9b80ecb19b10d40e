import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Disk } from '../../../../core/api/disk.ts';
import { confirmationText } from '../../../../core/api/drive-making.ts';
import { newJobName } from '../../../../core/api/wizard/draft.ts';
import { EMPTY_DRAFT, finishedDraft, parseDraft, type SetupDraft } from '../../../../renderer/model/setup/draft.ts';
import {
  chosenDrive,
  EMPTY_DRIVE,
  isDriveProven,
  jobNameForDrive,
  madeDrive,
  missingOfDrive,
  provenDriveBy,
  sortedDisks,
} from '../../../../renderer/model/setup/drive.ts';
import { lookDriveParams } from '../../../../renderer/model/setup/first-look.ts';
import { type Making, makeParams, makingFaults, NOTHING_MADE } from '../../../../renderer/model/setup/making.ts';
import { plannedOf } from '../../../../renderer/model/setup/planned.ts';
import { suggestedOf } from '../../../../renderer/model/setup/ticked.ts';
import { treeOf } from '../../../../renderer/model/setup/tree.ts';
import { someMachine } from '../../../e2e/window/support/wizard-machine.ts';
import { DISK } from '../../drives/disks/some-disk.ts';

const MADE = {
  pool: 'blue',
  poolGuid: '77',
  rootFs: 'blue/backups',
  keyFile: '/var/lib/snapferry/drive-keys/blue-0a1b2c3d/key',
  sizeBytes: 1e12,
  availableBytes: 9e11,
};

describe('a drive that has a pool', () => {
  it('is chosen, tested, and no longer tested when something else is meant', () => {
    expect(missingOfDrive(EMPTY_DRIVE)).toBe('drive');
    const chosen = chosenDrive(EMPTY_DRIVE, { pool: 'blue', poolGuid: '77' });
    expect(chosen.rootFs).toBe('blue/backups');
    expect(missingOfDrive(chosen)).toBe('not-proven');
    const proven = { ...chosen, proven: provenDriveBy(chosen) };
    expect(missingOfDrive(proven)).toBeNull();
    expect(missingOfDrive({ ...proven, rootFs: 'blue/other' })).toBe('not-proven');
    for (const rootFs of ['', 'red/backups', 'blues', 'blue/']) {
      expect(missingOfDrive({ ...proven, rootFs })).toBe('target');
    }
    expect(chosenDrive(proven, { pool: 'blue', poolGuid: '77' })).toBe(proven);
    expect(isDriveProven(chosenDrive(proven, { pool: 'red', poolGuid: '78' }))).toBe(false);
  });

  it('becomes jobs that name it', () => {
    const found = someMachine();
    const roots = treeOf(found.datasets);
    const { ticked } = suggestedOf(found);
    const drive = { ...madeDrive(EMPTY_DRIVE, MADE, false), clientIdentity: 'desk', title: 'Blue' };
    const draft: SetupDraft = { ...EMPTY_DRAFT, place: 'drive', drive };
    const { faults, edits, names, places } = plannedOf(draft, roots, ticked, ['blue']);
    expect(faults).toEqual([]);
    expect(names).toEqual(['blue-2', 'blue-2-plain']);
    expect(places).toEqual(['blue/backups/desk', 'blue/backups/desk-plain']);
    expect(edits[0]).toMatchObject({
      op: 'add',
      job: {
        connect: {
          type: 'drive',
          name: 'Blue',
          pool: 'blue',
          pool_guid: '77',
          root_fs: 'blue/backups',
          key_file: MADE.keyFile,
          client_identity: 'desk',
          on_plug: 'ask',
        },
      },
    });
    const chosen = found.datasets.filter(({ name }) => ticked.has(name));
    expect(lookDriveParams(draft, chosen)).toMatchObject({ poolGuid: '77', plainIdentity: 'desk-plain' });
    expect(lookDriveParams({ ...draft, drive: EMPTY_DRIVE }, chosen)).toBeNull();
    expect(finishedDraft({ ...draft, drive: EMPTY_DRIVE }, roots, ticked, [])).toBeNull();
  });

  it('what an older window has kept knows of no drive, and is gone on with', () => {
    const { drive: _, ...older } = { ...EMPTY_DRAFT, name: 'kept' };
    expect(parseDraft(JSON.stringify(older))).toEqual({ ...EMPTY_DRAFT, name: 'kept' });
  });

  it('gives a job a name that it may have', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Za-z][\w.: -]{0,80}$/), fc.nat(3), (pool, count) => {
        const taken: string[] = [];
        for (let made = 0; made <= count; made += 1) {
          const name = jobNameForDrive(pool, taken);
          expect(taken).not.toContain(name);
          taken.push(name);
        }
        expect(newJobName.safeParse(taken[0]).success).toBe(true);
      }),
    );
  });
});

describe('a pool that is to be made', () => {
  const full: Making = {
    ...NOTHING_MADE,
    pool: 'blue',
    ids: ['usb-T7'],
    typed: { 'usb-T7': confirmationText(DISK) },
  };

  it('is asked for once the right disk was typed, with what is on it', () => {
    expect(makeParams(full, [DISK])).toEqual({
      pool: 'blue',
      rootFs: 'blue/backups',
      layout: 'single',
      disks: [
        {
          id: 'usb-T7',
          model: 'Samsung T7',
          serial: 'S6XN',
          sizeBytes: 1e12,
          content: [{ form: 'ntfs', label: 'Photos', sizeBytes: 5e8 }],
          typed: 'Samsung T7 S6XN 1 TB',
        },
      ],
      encryption: { kind: 'none' },
    });
    expect(makingFaults({ ...full, typed: { 'usb-T7': 'yes' } }, [DISK])).toEqual(['not-typed']);
    // Unplugged, or in use, since it was chosen.
    expect(makeParams(full, [])).toBeNull();
    expect(makeParams(full, [{ ...DISK, verdict: { kind: 'in-use', why: 'mounted', what: '/x' } }])).toBeNull();
  });

  it('with a passphrase that was typed twice, and long enough', () => {
    const secret: Making = { ...full, encryption: 'passphrase', passphrase: 'correct horse', again: 'correct horse' };
    expect(makeParams(secret, [DISK])?.encryption).toEqual({ kind: 'passphrase', passphrase: 'correct horse' });
    expect(makingFaults({ ...secret, again: 'correct' }, [DISK])).toEqual(['passphrase-differs']);
    expect(makingFaults({ ...secret, passphrase: 'short', again: 'short' }, [DISK])).toEqual(['passphrase-short']);
    expect(makingFaults({ ...secret, pool: 'mirror' }, [DISK])).toEqual(['name']);
  });

  it('of two disks is a mirror, each of them typed', () => {
    const other = { ...DISK, id: 'usb-T8', serial: 'S7' };
    const two: Making = { ...full, ids: ['usb-T7', 'usb-T8'] };
    expect(makingFaults(two, [DISK, other])).toEqual(['not-typed']);
    const typed = { ...full.typed, 'usb-T8': confirmationText(other) };
    expect(makeParams({ ...two, typed }, [DISK, other])?.layout).toBe('mirror');
  });
});

it('disks are sorted by what can be done with them; parts of one pool are one drive', () => {
  const pool = { kind: 'pool' as const, pool: 'blue', poolGuid: '77' };
  const inside = { ...DISK, id: 'ata', hotplug: false };
  const used: Disk = { ...DISK, id: 'sys', verdict: { kind: 'in-use', why: 'mounted', what: '/' } };
  const parts = [1, 2].map((part) => ({ ...DISK, id: `part${part}`, verdict: pool }));
  expect(sortedDisks([used, inside, ...parts, DISK])).toEqual({
    pools: [{ pool: 'blue', poolGuid: '77', disks: parts }],
    free: [DISK, inside],
    others: [used],
  });
});
