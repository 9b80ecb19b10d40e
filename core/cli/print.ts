/** Problems on the terminal. */
import { asProblemError, type Problem } from '../api/problem.ts';
import { EXIT, type ExitCode, exitCodeOf } from './exit.ts';
import { type CliIo, printJson, printLines, wantsColour, widthOf } from './io.ts';
import { type Line, paint, span } from './text/spans.ts';
import { visible } from './text/width.ts';
import { problemLines } from './view/problem.ts';

const DETAIL_LINES_MAX = 400;

/** Problems one below the other, on standard error. */
export function printProblems(io: CliIo, problems: readonly Problem[]): void {
  const width = widthOf(io.stderr);
  const colour = wantsColour(io, io.stderr);
  for (const problem of problems) {
    const lines: Line[] = problemLines(problem, { indent: 2, width, detailLines: DETAIL_LINES_MAX, unbroken: true });
    const place = [problem.side, problem.dataset].filter((part) => part !== undefined).join(' ');
    const head = span(`✗ ${visible(place === '' ? problem.code : `${place} (${problem.code})`)}`, 'bad');
    printLines(
      io.stderr,
      [[head], ...lines].map((line) => paint(line, Number.POSITIVE_INFINITY, colour)),
    );
  }
}

/** Says why a command failed, for a person or (on standard error too) for a program; gives its exit code. */
export function reportFailure(io: CliIo, thrown: unknown, json: boolean): ExitCode {
  const error = asProblemError(thrown);
  if (error.code === 'command-aborted' && io.interrupted.aborted) return EXIT.interrupted;
  if (json) printJson(io.stderr, { problem: error.toProblem() });
  else printProblems(io, [error.toProblem()]);
  return exitCodeOf(error.code);
}
