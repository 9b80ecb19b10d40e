import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Discovered } from '../../../../core/api/surroundings.ts';
import { takenOf } from '../../../../core/api/wizard/parts.ts';
import { suggest } from '../../../../core/api/wizard/suggest.ts';
import { machines } from './support.ts';

const pool = (name: string, more: Partial<Discovered['pools'][number]> = {}): Discovered['pools'][number] => ({
  name,
  guid: '1',
  sizeBytes: 100,
  freeBytes: 50,
  health: 'ONLINE',
  readonly: false,
  ...more,
});
const dataset = (name: string, mountpoint: string | null = null): Discovered['datasets'][number] => ({
  name,
  kind: 'filesystem',
  usedBytes: 1,
  referencedBytes: 1,
  encrypted: false,
  keyLoaded: null,
  mountpoint,
  snapshots: [],
});

describe('what is suggested', () => {
  it('is every pool that works, without what can be made again', () => {
    const found = suggest({
      pools: [pool('rpool'), pool('old', { health: 'FAULTED' }), pool('cd', { readonly: true }), pool('tmp')],
      datasets: [
        dataset('rpool'),
        dataset('rpool/swap', null),
        dataset('rpool/home'),
        dataset('rpool/home/me/.cache', '/home/me/.cache'),
        dataset('rpool/ROOT/debian', '/'),
        dataset('rpool/ROOT/debian/var/cache'),
        dataset('rpool/ROOT/debian/var/cache/apt'),
        dataset('rpool/ROOT/debian/vt', '/var/tmp'),
        dataset('rpool/dockerdata', '/var/lib/docker'),
        dataset(`rpool/dockerdata/${'0a'.repeat(32)}`),
        dataset(`rpool/layers/${'0b'.repeat(32)}-init`),
        dataset('rpool/layers'),
        dataset('rpool/incus'),
        dataset('rpool/incus/images'),
        dataset('rpool/incus/containers'),
        dataset('rpool/photos/images'),
        dataset('rpool/var/snap'),
        dataset('rpool/cachet'),
        dataset('tmp'),
        dataset('tmp/x'),
        dataset('old/swap'),
      ],
    });
    expect(found.chosen).toEqual([
      { dataset: 'rpool', below: true },
      { dataset: 'tmp', below: true },
    ]);
    expect(found.leftOut.map(({ dataset: name, below, reason }) => [name, below, reason])).toEqual([
      ['old', true, 'pool-unwell'],
      ['cd', true, 'read-only'],
      ['rpool/ROOT/debian/var/cache', true, 'cache'],
      ['rpool/ROOT/debian/vt', true, 'temporary'],
      ['rpool/dockerdata', true, 'containers'],
      ['rpool/home/me/.cache', true, 'cache'],
      ['rpool/incus/images', true, 'containers'],
      ['rpool/layers', true, 'containers'],
      ['rpool/swap', true, 'swap'],
      ['rpool/var/snap', true, 'snap-packages'],
    ]);
  });

  it('takes what is not left out, and leaves nothing out twice', () => {
    fc.assert(
      fc.property(machines, (known) => {
        const pools = [...new Set(known.map(({ name }) => name.split('/')[0] ?? ''))].map((name) => pool(name));
        const found = suggest({ pools, datasets: known.map(({ name }) => dataset(name)) });
        const out = found.leftOut.map((one) => one.dataset);
        expect(new Set(out).size).toBe(out.length);
        const taken = takenOf(found, known).map(({ name }) => name);
        for (const { name } of known) {
          expect(taken.includes(name)).toBe(!out.some((one) => name === one || name.startsWith(`${one}/`)));
        }
      }),
    );
  });
});
