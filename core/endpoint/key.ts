/**
 * A fingerprint of how a dataset is encrypted. It moves when the key is changed or the encryption root becomes another one:
 * after either, a raw increment can leave the copy impossible to mount. Pure.
 */
import { createHash } from 'node:crypto';
import type { DatasetFacts } from '../zfs/types.ts';

/** Properties that a survey must ask for. None of them is secret. */
export const KEY_FACT_PROPERTIES: readonly string[] = ['keyformat', 'pbkdf2salt'];

/** Fingerprints by dataset; datasets that are not encrypted have none. */
export function keyFingerprints(facts: readonly DatasetFacts[]): ReadonlyMap<string, string> {
  const byName = new Map(facts.map((fact) => [fact.dataset, fact]));
  const result = new Map<string, string>();
  for (const fact of facts) {
    if (!fact.encrypted || fact.encryptionRoot === null) continue;
    const root = byName.get(fact.encryptionRoot);
    const parts = [
      root?.guid.toString() ?? 'root-outside',
      root?.properties.get('keyformat')?.value ?? '-',
      root?.properties.get('pbkdf2salt')?.value ?? '-',
    ];
    result.set(fact.dataset, createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 16));
  }
  return result;
}
