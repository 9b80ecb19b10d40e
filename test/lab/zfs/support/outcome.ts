import { ProblemError } from '../../../../core/api/problem.ts';

/** The code of the problem that some work ends with. */
export async function codeOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'no problem',
    (thrown: unknown) => {
      if (!(thrown instanceof ProblemError)) throw thrown;
      return thrown.code;
    },
  );
}
