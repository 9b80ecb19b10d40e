/**
 * What reading a text gives: a value, or why there is none. Values of the configuration are read without exceptions, because
 * all complaints about a file are collected and shown at once.
 */
import { ProblemError } from '../../api/problem.ts';

export type Parsed<T> =
  | { readonly ok: true; readonly value: T }
  /** `reason` completes a sentence that names the key: lower case, no full stop. */
  | { readonly ok: false; readonly reason: string };

export function good<T>(value: T): Parsed<T> {
  return { ok: true, value };
}

export function bad(reason: string): { readonly ok: false; readonly reason: string } {
  return { ok: false, reason };
}

/** Runs a function that says no by throwing a `ProblemError` with the fact `reason`. Other errors pass through. */
export function fromThrowing<T>(read: () => T): Parsed<T> {
  try {
    return good(read());
  } catch (thrown) {
    if (thrown instanceof ProblemError) return bad(thrown.facts.reason ?? thrown.message);
    throw thrown;
  }
}

/** A value as a complaint quotes it: short, on one line, without control characters. */
export function quote(text: string): string {
  const short = text.length > 60 ? `${text.slice(0, 57)}...` : text;
  return `"${short.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '?')}"`;
}
