/** What docs/guarantees.md calls its proof is there. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '..', '..', '..');
const checkers = ['check', 'drives'].flatMap((folder) => {
  const path = join(ROOT, 'test', 'simulation', 'engine', folder);
  return readdirSync(path).map((file) => readFileSync(join(path, file), 'utf8'));
});
const text = readFileSync(join(ROOT, 'docs', 'guarantees.md'), 'utf8');

const proofs = text
  .split('*Noticed by*')
  .slice(1)
  .map((part) => part.split('\n\n')[0] ?? '');
const named = proofs.flatMap((proof) => [...proof.matchAll(/`([a-z0-9/-]+)`/g)].map(([, name = '']) => name));
const rules = new Set(
  checkers.flatMap((source) => [...source.matchAll(/'([a-z]+(?:-[a-z]+)+)'/g)].map(([, rule = '']) => rule)),
);

it('every promise has a proof, and every proof is there', () => {
  const promises = text.split('\n## What is not promised')[0]?.match(/^\*\*[A-Z]/gm) ?? [];
  expect(proofs).toHaveLength(promises.length);
  for (const name of named) {
    if (name.startsWith('test/')) expect(existsSync(join(ROOT, name)), name).toBe(true);
    else if (name.includes('/')) expect(existsSync(join(ROOT, 'test', 'lab', `${name}.lab.test.ts`)), name).toBe(true);
    else expect(rules, name).toContain(name);
  }
});

it('every rule that the checkers know is a promise', () => {
  const told = new Set(named);
  const violated = checkers.flatMap((source) =>
    [...source.matchAll(/violate\(\s*'([a-z-]+)'/g)].map(([, rule = '']) => rule),
  );
  expect(violated.length).toBeGreaterThan(20);
  expect([...new Set(violated)].filter((rule) => !told.has(rule))).toEqual([]);
});
