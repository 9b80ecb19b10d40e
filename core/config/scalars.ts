/**
 * Decoders of single values. The place decides what a word means: `off` is false where a boolean is expected and the text
 * "off" where a text is, as in the YAML 1.1 files that this dialect comes from.
 */
import { configFault } from '../api/config-fault.ts';
import { fieldFault } from '../api/field-fault.ts';
import type { ComplaintOptions } from './complaint.ts';
import { type Decoder, INVALID } from './decode.ts';
import { hintFor } from './suggest.ts';
import { parseInteger } from './values/integer.ts';
import { bad, good, type Parsed, quote } from './values/parsed.ts';
import { isNull } from './yaml/nodes.ts';

/** A text as written. No text at all is the empty one; an unquoted word for null is ambiguous and refused. */
export const text: Decoder<string> = (node, at) => {
  if (node.kind === 'broken') return INVALID;
  if (node.kind !== 'scalar') return at.complain(node.place, configFault('no-value'));
  if (isNull(node) && node.text !== '') {
    return at.complain(node.place, configFault('null-or-word', { text: node.text }), {
      hint: configFault('null-or-word-hint', { text: node.text }),
    });
  }
  return node.text;
};

interface ParsedOptions<T> extends ComplaintOptions {
  /** The value when the key is given without one; without this an empty text is parsed. */
  readonly whenNull?: T;
}

/** A text that is read by a function. */
export function parsed<T>(parse: (text: string) => Parsed<T>, options: ParsedOptions<T> = {}): Decoder<T> {
  const { whenNull, ...complaint } = options;
  return (node, at) => {
    if (whenNull !== undefined && isNull(node)) return whenNull;
    const written = text(node, at);
    if (written === INVALID) return INVALID;
    const result = parse(written);
    return result.ok ? result.value : at.complain(node.place, result.reason, complaint);
  };
}

const TRUE_WORDS = /^(?:y|Y|yes|Yes|YES|true|True|TRUE|on|On|ON)$/;
const FALSE_WORDS = /^(?:n|N|no|No|NO|false|False|FALSE|off|Off|OFF)$/;

/** Whether an unquoted word stands for yes. */
export function saysTrue(word: string): boolean {
  return TRUE_WORDS.test(word);
}

/** A boolean by the words of YAML 1.1. Given without a value it is false. */
export const bool: Decoder<boolean> = (node, at) => {
  if (node.kind === 'broken') return INVALID;
  if (isNull(node)) return false;
  if (node.kind === 'scalar' && !node.quoted) {
    if (TRUE_WORDS.test(node.text)) return true;
    if (FALSE_WORDS.test(node.text)) return false;
  }
  const isQuoted = node.kind === 'scalar' && node.quoted;
  return at.complain(node.place, configFault(isQuoted ? 'bool-quoted' : 'bool'));
};

/** A whole number within bounds. Given without a value it is 0. */
export function integer(min: number, max: number): Decoder<number> {
  return (node, at) => {
    if (node.kind === 'broken') return INVALID;
    if (node.kind !== 'scalar' || node.quoted) return at.complain(node.place, fieldFault('number-quoted'));
    const result = isNull(node) ? good(0) : parseInteger(node.text);
    if (!result.ok) return at.complain(node.place, result.reason);
    if (result.value < min || result.value > max) {
      return at.complain(
        node.place,
        fieldFault('number-beyond', { text: `${result.value}`, least: `${min}`, most: `${max}` }),
      );
    }
    return result.value;
  };
}

/** One of a few words. */
export function oneOf<const T extends string>(
  words: readonly T[],
  options: { readonly whenNull?: T } = {},
): Decoder<T> {
  return (node, at) => {
    if (options.whenNull !== undefined && isNull(node)) return options.whenNull;
    const written = text(node, at);
    if (written === INVALID) return INVALID;
    const word = words.find((candidate) => candidate === written);
    return (
      word ??
      at.complain(node.place, configFault('word-unknown', { word: quote(written) }), { hint: hintFor(written, words) })
    );
  };
}

/** A text that must not be empty. */
export const filled: Decoder<string> = parsed((value) => (value === '' ? bad(fieldFault('value-empty')) : good(value)));
