/** Complaints as a terminal shows them, and as an error. */
import { ProblemError } from '../api/problem.ts';
import type { Complaint } from './complaint.ts';

const LINE_WIDTH = 100;

/** Text of a file on a terminal: tabs and control characters as one visible character each, so that columns stay. */
function visible(text: string): string {
  return text.replace(/\t/g, ' ').replace(/[\p{Cc}\p{Cf}]/gu, '?');
}

/** The line with a caret below the column; a long one is cut around it. */
function excerpt(line: string, column: number, number: number): readonly string[] {
  const start = column <= LINE_WIDTH - 20 ? 0 : column - LINE_WIDTH / 2;
  const shown = visible(line.slice(start, start + LINE_WIDTH)).trimEnd();
  const gutter = `${number}`.padStart(5);
  return [`${gutter} | ${shown}`, `      | ${' '.repeat(Math.max(0, column - 1 - start))}^`];
}

function formatOne(complaint: Complaint, lines: readonly string[] | undefined): string {
  const { file, line, column, severity, path, message, hint } = complaint;
  const kind = severity === 'warning' ? 'warning: ' : '';
  const head = `${file}:${line}:${column}: ${kind}${path === '' ? '' : `${path}: `}${message}`;
  const source = complaint.secret ? undefined : lines?.[line - 1];
  const quoted = source === undefined ? [] : excerpt(source, column, line);
  return [visible(head), ...quoted, ...(hint === null ? [] : [`      ${visible(hint)}`])].join('\n');
}

/**
 * Every complaint as `file:line:column: path: message`, the line it is about with a caret, and its hint. `texts` holds the
 * files by name, as `parseConfig` returns them.
 */
export function formatComplaints(complaints: readonly Complaint[], texts: ReadonlyMap<string, string>): string {
  const lines = new Map([...texts].map(([file, text]) => [file, text.split(/\r?\n/)]));
  return complaints.map((complaint) => formatOne(complaint, lines.get(complaint.file))).join('\n');
}

/** Complaints for programs: an array in JSON. */
export function complaintsAsJson(complaints: readonly Complaint[]): string {
  return JSON.stringify(
    complaints.map(({ secret, ...complaint }) => complaint),
    null,
    2,
  );
}

/** The error that stops a start: `config-invalid` with all complaints as its detail. */
export function configInvalid(complaints: readonly Complaint[], texts: ReadonlyMap<string, string>): ProblemError {
  const detail = formatComplaints(complaints, texts);
  return new ProblemError('config-invalid', {}, { detail, place: { phase: 'config' } });
}
