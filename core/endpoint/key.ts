/**
 * A fingerprint of how a dataset is encrypted. It moves when the key is changed or the encryption root becomes another one:
 * after either, a raw increment can leave the copy impossible to mount. Pure.
 */
import { createHash } from 'node:crypto';
import type { DatasetFacts, PropertyValue } from '../zfs/types.ts';

/** Properties that a survey must ask for. None of them is secret. */
export const KEY_FACT_PROPERTIES: readonly string[] = ['keyformat', 'pbkdf2salt'];

/** What a fingerprint is made of, read from an encryption root. */
export interface KeyFacts {
  readonly guid: string;
  readonly properties: ReadonlyMap<string, PropertyValue>;
}

/** Encryption roots that these datasets use and that are not among them: they must be read by themselves. */
export function outsideRoots(facts: readonly DatasetFacts[]): readonly string[] {
  const names = new Set(facts.map((fact) => fact.dataset));
  const roots = facts.flatMap(({ encryptionRoot }) => (encryptionRoot === null ? [] : [encryptionRoot]));
  return [...new Set(roots)].filter((root) => !names.has(root)).sort();
}

/**
 * Fingerprints by dataset. Datasets that are not encrypted have none, and neither have those whose root is not known: the
 * same key must not look like another one because less was listed.
 */
export function keyFingerprints(
  facts: readonly DatasetFacts[],
  outside: ReadonlyMap<string, KeyFacts> = new Map(),
): ReadonlyMap<string, string> {
  const roots = new Map<string, KeyFacts>(outside);
  for (const { dataset, guid, properties } of facts) roots.set(dataset, { guid: guid.toString(), properties });
  const result = new Map<string, string>();
  for (const fact of facts) {
    if (!fact.encrypted || fact.encryptionRoot === null) continue;
    const root = roots.get(fact.encryptionRoot);
    if (root === undefined) continue;
    const parts = [
      root.guid,
      root.properties.get('keyformat')?.value ?? '-',
      root.properties.get('pbkdf2salt')?.value ?? '-',
    ];
    result.set(fact.dataset, createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 16));
  }
  return result;
}
