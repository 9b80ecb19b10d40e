import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  clientRoot,
  missingAncestors,
  type ReceivingRoot,
  toLocalName,
  toSenderName,
} from '../../../core/endpoint/mapping.ts';

const own: ReceivingRoot = { rootFs: 'backup/root', clientIdentity: null };
const client: ReceivingRoot = { rootFs: 'backup/root', clientIdentity: 'laptop' };

describe('where a receiver keeps things', () => {
  it('below its root, by the names of the sender', () => {
    expect(clientRoot(own)).toBe('backup/root');
    expect(clientRoot(client)).toBe('backup/root/laptop');
    expect(toLocalName(own, 'tank/a b')).toBe('backup/root/tank/a b');
    expect(toLocalName(client, 'tank')).toBe('backup/root/laptop/tank');
  });

  it('and tells them apart again; the root itself and everything elsewhere is nobody’s', () => {
    expect(toSenderName(client, 'backup/root/laptop/tank/a')).toBe('tank/a');
    for (const dataset of ['backup/root/laptop', 'backup/root', 'backup/root/laptop2/tank', 'backup/rootx/a', 'tank']) {
      expect(toSenderName(client, dataset)).toBeNull();
    }
  });

  it.each(['../x', '..', '.', 'a/b', '', 'a@b', 'a#b', 'a%b', 'ä', 'a\nb', 'x'.repeat(256)])(
    'a client cannot be called %j',
    (clientIdentity) => {
      const refused = () => clientRoot({ rootFs: 'backup/root', clientIdentity });
      expect(refused).toThrow(expect.objectContaining({ code: 'name-invalid' }));
    },
  );

  it.each([
    '',
    '/',
    '/tank',
    'tank/',
    'tank//a',
    '../tank',
    'tank/../..',
    'tank/.',
    'tank@a',
    'tank#a',
    'tank/%recv',
    '-tank',
    'tänk',
    'tank\t',
    'x'.repeat(250),
  ])('a dataset called %j leads nowhere', (dataset) => {
    expect(() => toLocalName(client, dataset)).toThrow(expect.objectContaining({ code: 'name-invalid' }));
  });

  it('whatever the other side calls its datasets, it is refused or stays below the root', () => {
    const text = fc.oneof(fc.string(), fc.stringMatching(/^[a-z./@#% -]{0,12}$/));
    fc.assert(
      fc.property(text, text, (identity, dataset) => {
        let name: string;
        try {
          name = toLocalName({ rootFs: 'backup/root', clientIdentity: identity }, dataset);
        } catch (error) {
          expect(error).toMatchObject({ code: 'name-invalid' });
          return;
        }
        expect(name).toBe(`backup/root/${identity}/${dataset}`);
        expect(name.split('/')).not.toContain('..');
        expect(toSenderName({ rootFs: 'backup/root', clientIdentity: identity }, name)).toBe(dataset);
      }),
    );
  });
});

describe('parents that are missing', () => {
  const missing = (local: string, ...existing: string[]) =>
    missingAncestors(client, local, (name) => existing.includes(name));

  it('are those between the root and the dataset, from the top', () => {
    expect(missing('backup/root/laptop/tank/a/b')).toEqual([
      'backup/root/laptop',
      'backup/root/laptop/tank',
      'backup/root/laptop/tank/a',
    ]);
    expect(missing('backup/root/laptop/tank/a', 'backup/root/laptop', 'backup/root/laptop/tank')).toEqual([]);
  });

  it('never the root itself or anything above it', () => {
    expect(missing('backup/root')).toEqual([]);
    expect(missing('backup/root/laptop')).toEqual([]);
  });
});
