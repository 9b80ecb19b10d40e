import { expect, test } from 'vitest';
import { type ProblemCode, ProblemError } from '../../../core/api/problem.ts';
import { firstAnswering } from '../../../core/host/addresses.ts';

/** An address that ends in a code fails with it; others answer. */
function dialler() {
  const tried: string[] = [];
  const dialAt = async (address: string) => {
    tried.push(address);
    const [, code] = address.split('!');
    if (code !== undefined) throw new ProblemError(code as ProblemCode, { host: 'nas' }, { detail: `said ${code}` });
    return address.toUpperCase();
  };
  return { tried, dialAt };
}

test('the first that answers is taken, in the given order', async () => {
  const { tried, dialAt } = dialler();
  expect(await firstAnswering(['a!host-unreachable', 'b!host-key-mismatch', 'c', 'd'], dialAt)).toEqual({
    address: 'c',
    dialled: 'C',
  });
  expect(tried).toEqual(['a!host-unreachable', 'b!host-key-mismatch', 'c']);
});

test('the machine itself refuses: nobody else is asked', async () => {
  const { tried, dialAt } = dialler();
  const found = firstAnswering(['a!host-unreachable', 'b!login-refused', 'c'], dialAt);
  await expect(found).rejects.toMatchObject({ code: 'login-refused' });
  expect(tried).toHaveLength(2);
});

test('without any, it is what happened at the first, and another key there is never made less of', async () => {
  const { dialAt } = dialler();
  await expect(firstAnswering(['a!host-key-mismatch', 'b!host-unreachable'], dialAt)).rejects.toMatchObject({
    code: 'host-key-mismatch',
  });
  await expect(firstAnswering(['a!host-unreachable', 'b!ssh-incompatible'], dialAt)).rejects.toMatchObject({
    code: 'host-unreachable',
    detail: 'a!host-unreachable: said host-unreachable\nb!ssh-incompatible: said ssh-incompatible',
  });
});
