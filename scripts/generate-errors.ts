/** Writes docs/errors.md from the table of problems. Run it after every change of core/api/problem.ts. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROBLEMS, type ProblemText, type RetryAdvice } from '../core/api/problem.ts';
import { ROOT } from './lib/root.ts';

const RETRY: Readonly<Record<RetryAdvice, string>> = {
  soon: 'by itself, within minutes',
  later: 'with the next run',
  replan: 'by itself, after looking at both sides again',
  never: 'only after somebody has changed something',
};

const HEAD = `# Errors

Every error of Snapferry has one of the codes below. A message says what happened, what it means for the data, and what to
do next; the raw text of the failing program stands last. Words in braces are filled in.

This page is generated: change \`core/api/problem.ts\`, then run \`node scripts/generate-errors.ts\`.
`;

/** The whole page. */
export function errorsPage(): string {
  const problems: readonly (readonly [string, ProblemText])[] = Object.entries(PROBLEMS);
  const sections = problems
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(
      ([code, { happened, meaning, remedy, retry }]) => `
## \`${code}\`

${happened}

- **For the data:** ${meaning}
- **What to do:** ${remedy}
- **Tried again:** ${RETRY[retry]}
`,
    );
  return HEAD + sections.join('');
}

if (import.meta.main) writeFileSync(join(ROOT, 'docs', 'errors.md'), errorsPage());
