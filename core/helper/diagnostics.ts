/** Gathers what `diagnostics` tells. Starts no program, and asks no other machine. */
import type { ConfigComplaint } from '../api/config.ts';
import { plainTree } from '../config/plain-tree.ts';
import { type DiagnosticsVersions, diagnosticsText } from '../monitoring/diagnostics/bundle.ts';
import type { History } from './history.ts';
import type { StatusHub } from './status-hub.ts';

/** Runs that are told. */
const RUNS_MAX = 60;

/** Gives the text of a bundle, without names. */
export type Diagnostics = () => Promise<string>;

export interface DiagnosticsParts {
  readonly hub: StatusHub;
  readonly history: History;
  readonly configText: () => { readonly text: string | null; readonly problems: readonly ConfigComplaint[] };
  readonly recentLines: () => readonly string[];
  readonly versions: () => Promise<DiagnosticsVersions>;
}

export function createDiagnostics({ hub, history, configText, recentLines, versions }: DiagnosticsParts): Diagnostics {
  return async () => {
    const { text, problems } = configText();
    return diagnosticsText({
      atMs: hub.nowMs,
      versions: await versions(),
      configuration: text === null ? null : plainTree(text),
      complaints: problems,
      status: hub.status(),
      history: history.page(null, null, RUNS_MAX).entries,
      log: recentLines(),
      trouble: [],
    });
  };
}
