/**
 * The text of a failed zfs command as a problem of the closed list. Pure. An unknown text is `command-failed`: never success,
 * and never a guess.
 */
import { ProblemError } from '../api/problem.ts';
import type { ExitStatus } from '../host/types.ts';
import { type ErrorRule, GENERAL_RULES, OPERATION_RULES, type ZfsOperation } from './error-rules.ts';
import { parentOf } from './names.ts';
import { decodeResumeToken } from './token.ts';

export type { ZfsOperation } from './error-rules.ts';

export interface ZfsFailure {
  readonly operation: ZfsOperation;
  /** Full names the command was about; the first one is what the sentences speak of. */
  readonly names: readonly string[];
  /** Other facts for the sentences, such as the tag of a hold. */
  readonly facts?: Readonly<Record<string, string>>;
  readonly stderr: string;
  readonly stdout?: string;
  readonly exit: ExitStatus;
  /** As a person knows the host. */
  readonly host: string;
}

const MISSING = /^cannot open '([^\n]*)': (?:dataset does not exist|no such pool or dataset|no such pool)$/gm;
const HOLD_MISSING = /^cannot hold snapshot '([^\n]*)': dataset does not exist$/gm;
const BOOKMARK_MISSING = /^bookmark '([^\n]*)' does not exist\.?$/gm;
const CREATE_BOOKMARK_MISSING = /^cannot create bookmark '[^\n]*': dataset does not exist$/m;
const PARENT_MISSING = /^cannot create '[^\n]*': parent does not exist$/m;
const DESTINATION_MISSING = /: (?:specified fs \(|destination ')[^\n]*[')] does not exist$/m;
const RESUMABLE =
  /A resuming stream can be generated on the sending system by running:\s{1,20}zfs send -t (1-[0-9a-f]+-[0-9a-f]+-[0-9a-f]+)/;

/** The name among the expected ones that the text reports as missing; names nobody asked for prove nothing. */
function missingName(operation: ZfsOperation, names: readonly string[], text: string): string | null {
  const expected = new Set(names);
  for (const pattern of [MISSING, HOLD_MISSING, BOOKMARK_MISSING]) {
    for (const match of text.matchAll(pattern)) {
      if (match[1] !== undefined && expected.has(match[1])) return match[1];
    }
  }
  const first = names[0] ?? '';
  if (operation === 'bookmark' && CREATE_BOOKMARK_MISSING.test(text)) return first;
  if (operation === 'create' && PARENT_MISSING.test(text)) return parentOf(first) ?? first;
  if (operation === 'receive' && DESTINATION_MISSING.test(text)) return first;
  return null;
}

function ruleFor(rules: readonly ErrorRule[], text: string): ErrorRule | undefined {
  return rules.find((rule) => rule.pattern.test(text));
}

/** The resume token that a failed receive printed; null when it printed none that can be decoded. */
export function resumeTokenIn(text: string): string | null {
  const token = RESUMABLE.exec(text)?.[1];
  if (token === undefined) return null;
  try {
    decodeResumeToken(token);
    return token;
  } catch {
    return null;
  }
}

function describe(failure: ZfsFailure): string {
  const text = [failure.stderr, failure.stdout ?? ''].map((part) => part.trim()).find((part) => part !== '');
  if (text !== undefined) return text;
  return failure.exit.signal === null
    ? `no message, exit status ${failure.exit.code}`
    : `no message, ended by ${failure.exit.signal}`;
}

function classifyText(failure: ZfsFailure, text: string): ProblemError | null {
  const { operation, names, host } = failure;
  const facts = { name: names[0] ?? host, host, ...failure.facts };
  const detail = describe(failure);
  if (operation === 'receive' && resumeTokenIn(text) !== null) {
    return new ProblemError('receive-interrupted', facts, { detail });
  }
  // A send whose dataset or snapshot is missing has lost its source; that is what its own rules say.
  const sends = operation === 'send' || operation === 'estimate';
  const missing = sends ? null : missingName(operation, names, text);
  if (missing !== null) return new ProblemError('not-found', { ...facts, name: missing }, { detail });
  const rule = ruleFor(OPERATION_RULES[operation] ?? [], text) ?? ruleFor(GENERAL_RULES, text);
  return rule === undefined ? null : new ProblemError(rule.code, facts, { detail });
}

/** The problem behind a command that failed. Looks at standard error first, then at standard output. */
export function classifyZfsError(failure: ZfsFailure): ProblemError {
  for (const text of [failure.stderr, failure.stdout ?? '']) {
    const problem = text === '' ? null : classifyText(failure, text);
    if (problem !== null) return problem;
  }
  return new ProblemError(
    'command-failed',
    { name: failure.names[0] ?? failure.host, host: failure.host, ...failure.facts },
    { detail: describe(failure) },
  );
}
