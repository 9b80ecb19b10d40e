/** Several addresses at which one and the same machine may answer. */
import { asProblemError, type ProblemCode, ProblemError } from '../api/problem.ts';

/** Nobody is there, or somebody else: the machine itself was not met, and may be at another address. */
const NOT_MET: ReadonlySet<ProblemCode> = new Set(['host-unreachable', 'host-key-mismatch', 'ssh-incompatible']);

export type Addresses = readonly [first: string, ...others: string[]];

/**
 * Tries the addresses in order until one gives a connection. Where none does, the problem is that of the first, with what the
 * others said in its detail. What the machine itself refuses (a login) ends the search.
 */
export async function firstAnswering<T>(
  addresses: Addresses,
  dialAt: (address: string) => Promise<T>,
): Promise<{ readonly address: string; readonly dialled: T }> {
  const failures: { readonly address: string; readonly problem: ProblemError }[] = [];
  for (const address of addresses) {
    try {
      return { address, dialled: await dialAt(address) };
    } catch (thrown) {
      const problem = asProblemError(thrown);
      if (!NOT_MET.has(problem.code)) throw problem;
      failures.push({ address, problem });
    }
  }
  throw together(failures);
}

function together(failures: readonly { readonly address: string; readonly problem: ProblemError }[]): ProblemError {
  const [first] = failures;
  if (first === undefined) return new ProblemError('internal', { reason: 'a machine without an address' });
  const { code, facts, detail, cause, place } = first.problem;
  if (failures.length === 1) return first.problem;
  const lines = failures.map(({ address, problem }) => `${address}: ${said(problem)}`);
  // It may be awake at the one and asleep at none: only where all refuse, it is known to be awake.
  const { answer, ...rest } = facts;
  const refused = failures.every(({ problem }) => problem.facts.answer === 'refused');
  const common = refused && answer !== undefined ? facts : rest;
  return new ProblemError(code, common, { detail: lines.join('\n') || detail, cause, place });
}

function said({ code, facts, detail }: ProblemError): string {
  return code === 'host-key-mismatch' ? `answered with another host key (${facts.seen ?? ''})` : detail;
}
