/** Knows what has changed since: what is read twice with no change between need not be asked twice, at a tenth of a second each. */
import type { Agent } from './agent.ts';

export interface Ledger extends Agent {
  /** How often something was asked that may have changed the dataset of a case, or what lies below or in it. */
  changesOf(root: string): number;
  /** How often something was asked after which there may be other datasets at and below it. */
  makingsOf(root: string): number;
  /** Whether anything was asked that names it. */
  isTouched(root: string): boolean;
  /** Forgets that it was. */
  clean(root: string): void;
}

/** The dataset of a case is the second part of every name in it. */
const ROOT = /^[^/@#]+\/[^/@#]+/;
const READING: ReadonlySet<string> = new Set(['get', 'list', 'holds', 'version']);

/** Leave what datasets there are as it is. */
const KEEPING: ReadonlySet<string> = new Set([
  ...['append', 'overwrite', 'clear', 'mount', 'unmount'],
  ...['snapshot', 'hold', 'release', 'bookmark', 'set', 'inherit', 'send'],
]);

function keepsDatasets([deed = '', ...words]: readonly string[]): boolean {
  return KEEPING.has(deed === 'run' ? (words[2] ?? '') : deed);
}

function onlyReads([deed = '', ...words]: readonly string[]): boolean {
  return deed === 'digest' || (deed === 'run' && READING.has(words[2] ?? ''));
}

/** What of a request may change something. Sending changes nothing at the source. */
function changingWords(request: readonly string[]): readonly string[] {
  if (onlyReads(request)) return [];
  return request[0] === 'transfer' ? request.slice(3 + Number(request[2])) : request;
}

function rootsIn(words: readonly string[]): ReadonlySet<string> {
  return new Set(words.flatMap((word) => ROOT.exec(word)?.[0] ?? []));
}

export function keepLedger(agent: Agent): Ledger {
  const changes = new Map<string, number>();
  const makings = new Map<string, number>();
  const touched = new Set<string>();
  const add = (counts: Map<string, number>, root: string) => counts.set(root, (counts.get(root) ?? 0) + 1);
  return {
    ask: (...words) => {
      for (const root of rootsIn(words)) touched.add(root);
      for (const root of rootsIn(changingWords(words))) {
        add(changes, root);
        if (!keepsDatasets(words)) add(makings, root);
      }
      return agent.ask(...words);
    },
    end: () => agent.end(),
    changesOf: (root) => changes.get(root) ?? 0,
    makingsOf: (root) => makings.get(root) ?? 0,
    isTouched: (root) => touched.has(root),
    clean: (root) => touched.delete(root),
  };
}
