/** What a simulated command prints and how it ends. */
import { poolOf } from '../../../core/zfs/names.ts';
import { poolRefusal } from './effects.ts';
import { findDataset, findPool } from './lookup.ts';
import type { Machine } from './world.ts';

export interface Output {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export function succeed(stdout = ''): Output {
  return { code: 0, stdout, stderr: '' };
}

export function fail(stderr: string, code = 1, stdout = ''): Output {
  return { code, stdout, stderr: `${stderr}\n` };
}

/** Ends well unless there is something to complain about. */
export function endWith(complaints: readonly string[], stdout = ''): Output {
  return complaints.length === 0 ? succeed(stdout) : fail(complaints.join('\n'), 1, stdout);
}

/** The complaint of a command that cannot open what it is about; null when it can. */
export function openComplaint(machine: Machine, name: string, exists: boolean): string | null {
  const refusal = poolRefusal(findPool(machine, poolOf(name)), false);
  if (refusal !== null) return `cannot open '${name}': ${refusal}`;
  return exists ? null : `cannot open '${name}': dataset does not exist`;
}

export function openDatasetComplaint(machine: Machine, dataset: string): string | null {
  return openComplaint(machine, dataset, findDataset(machine, dataset) !== undefined);
}

/** Options of one letter, and those that take a value; the rest are operands. */
export interface Options {
  readonly flags: ReadonlySet<string>;
  readonly values: readonly (readonly [option: string, value: string])[];
  readonly operands: readonly string[];
}

/** Takes arguments apart as getopt(3) does. Null: an option that is not among these. */
export function readOptions(args: readonly string[], flags: string, withValue: string): Options | null {
  const found = new Set<string>();
  const values: (readonly [string, string])[] = [];
  let at = 0;
  for (; at < args.length; at++) {
    const arg = args[at] ?? '';
    if (!arg.startsWith('-') || arg === '-') break;
    for (const [index, letter] of [...arg.slice(1)].entries()) {
      if (withValue.includes(letter)) {
        const rest = arg.slice(index + 2);
        values.push([letter, rest === '' ? (args[++at] ?? '') : rest]);
        break;
      }
      if (!flags.includes(letter)) return null;
      found.add(letter);
    }
  }
  return { flags: found, values, operands: args.slice(at) };
}

export function optionValue(options: Options, option: string): string | undefined {
  return options.values.find(([name]) => name === option)?.[1];
}
