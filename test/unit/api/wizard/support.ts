import fc from 'fast-check';
import type { Draft } from '../../../../core/api/wizard/draft.ts';
import type { KnownDataset } from '../../../../core/api/wizard/patterns.ts';
import { PRESETS } from '../../../../core/api/wizard/presets.ts';

export function draftOf(
  given: Partial<Omit<Draft, 'destination'>> & {
    destination?: Partial<Extract<Draft['destination'], { type: 'ssh' }>>;
  } = {},
): Draft {
  const [, balanced] = PRESETS;
  if (balanced === undefined) throw new Error('there are three presets');
  const { intervalS, keepSender, keepReceiver } = balanced;
  return {
    name: 'desk-to-nas',
    chosen: [{ dataset: 'rpool', below: true }],
    leftOut: [],
    encryptedAs: 'raw',
    intervalS,
    keepSender,
    keepReceiver,
    ...given,
    destination: {
      type: 'ssh',
      host: 'nas.lan',
      port: 22,
      user: 'snapferry',
      key: 'nas',
      hostKey: `SHA256:${'A'.repeat(43)}`,
      identityFile: '/var/lib/snapferry/keys/nas/id_ed25519',
      sudo: false,
      rootFs: 'tank/backups',
      clientIdentity: 'desk',
      plainIdentity: null,
      ...given.destination,
    },
  };
}

export const plain = (...names: string[]): KnownDataset[] => names.map((name) => ({ name, encrypted: false }));
export const secret = (...names: string[]): KnownDataset[] => names.map((name) => ({ name, encrypted: true }));

const part = fc.constantFrom('a', 'b', 'ab');
const path = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'));
/** A machine with some datasets, each with all that is above it. */
export const machines = fc.array(fc.tuple(path, fc.boolean()), { minLength: 1, maxLength: 12 }).map((some) => {
  const known = new Map<string, boolean>();
  for (const [name, encrypted] of some) {
    const parts = name.split('/');
    for (let length = 1; length < parts.length; length += 1) {
      const above = parts.slice(0, length).join('/');
      if (!known.has(above)) known.set(above, encrypted);
    }
    known.set(name, encrypted);
  }
  return [...known].map(([name, encrypted]) => ({ name, encrypted }));
});
export const choices = fc.array(fc.record({ dataset: path, below: fc.boolean() }), { maxLength: 5 });
