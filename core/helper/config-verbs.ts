/** What is asked about the configuration. Everything is decided on the text; only `put` has an effect. */
import type { ConfigChange, ConfigComplaint, ConfigEdit, ConfigEffect } from '../api/config.ts';
import type { Params, Reply } from '../api/contract.ts';
import { describeEffect } from '../api/describe-effect.ts';
import { ProblemError } from '../api/problem.ts';
import { remark } from '../api/remark.ts';
import { changedLines } from '../config/changed-lines.ts';
import type { Complaint } from '../config/complaint.ts';
import { applyEdits, maskSecrets } from '../config/edit.ts';
import { effectsOf } from '../config/effects.ts';
import { configJobs } from '../config/job-forms.ts';
import { loadConfig, readFromDisk } from '../config/load.ts';
import { type ParsedConfig, parseConfig } from '../config/parse-config.ts';
import { protectedChanges } from '../config/protect.ts';
import type { Config } from '../config/types.ts';
import type { Caller } from './caller.ts';
import { type ConfigText, readConfigText, replaceConfig } from './config-file.ts';

const LINE_CHARS_MAX = 4096;

export interface ConfigVerbsParts {
  readonly file: string;
  readonly nowMs: () => number;
  /** Begins to work by the new text, soon after this was called. */
  readonly reload: () => void;
}

interface Judged {
  /** The text as it is. */
  readonly before: string;
  readonly was: Config | null;
  readonly text: string;
  readonly parsed: ParsedConfig;
  readonly refused: readonly string[];
  readonly effects: readonly ConfigEffect[];
}

export class ConfigVerbs {
  readonly #parts: ConfigVerbsParts;
  #writing: Promise<unknown> = Promise.resolve();

  constructor(parts: ConfigVerbsParts) {
    this.#parts = parts;
  }

  /** Whoever is no administrator does not see passwords. Of a file that cannot be read, the problems say why. */
  get(caller: Caller): Reply<'config/get'> {
    const { file } = this.#parts;
    const found = readConfigText(file);
    const parsed = found === null ? null : this.#parse(found.text);
    const shown = found === null || caller.administrator ? (found?.text ?? null) : maskSecrets(found.text);
    return {
      file,
      text: shown,
      masked: found !== null && shown !== found.text,
      digest: found?.digest ?? null,
      jobs: found === null || parsed === null ? [] : configJobs(parsed, found.text, this.#parts.nowMs()),
      problems: (parsed ?? loadConfig(file)).problems.map(complaintOf),
    };
  }

  /** What the file says and what is wrong with it, for `diagnostics` alone: nothing is masked here. */
  diagnose(): { readonly text: string | null; readonly problems: readonly ConfigComplaint[] } {
    const found = readConfigText(this.#parts.file);
    if (found === null) return { text: null, problems: [] };
    return { text: found.text, problems: this.#parse(found.text).problems.map(complaintOf) };
  }

  /** Throws `config-changed`, and what `applyEdits` throws. */
  validate({ digest, change }: Params<'config/validate'>, caller: Caller): Reply<'config/validate'> {
    const { text, parsed, refused, effects, was } = this.#judge(digest, change);
    return {
      // A text that is no YAML can only be the one that was sent.
      text: caller.administrator || change.kind === 'text' ? text : (maskSecrets(text) ?? ''),
      valid: parsed.config !== null && refused.length === 0,
      jobs: configJobs(parsed, text, this.#parts.nowMs(), was),
      problems: parsed.problems.map(complaintOf),
      refused: [...refused],
      effects: [...effects],
    };
  }

  /** What it would mean, for whoever has to agree to it. Throws as `put` does before it writes. */
  describe({ digest, change }: Params<'config/put'>): readonly string[] {
    const { effects, before } = this.#checked(digest, change);
    const edits = change.kind === 'edits' ? change.edits : [];
    return [...effects.map(describeEffect), ...newJobsOf(change), ...changedLines(before, edits)];
  }

  /** Throws `config-changed`, `config-invalid`, `config-protected`, `config-unwritable`. */
  async put({ digest, change }: Params<'config/put'>): Promise<Reply<'config/put'>> {
    const turn = this.#writing.then(async () => {
      const { text } = this.#checked(digest, change);
      const keptAs = await replaceConfig(this.#parts.file, text, digest, this.#parts.nowMs());
      const now = readConfigText(this.#parts.file);
      if (now === null) throw new ProblemError('config-unwritable', { reason: remark('unreadable-now') });
      return { digest: now.digest, keptAs };
    });
    this.#writing = turn.catch(() => {});
    const reply = await turn;
    this.#parts.reload();
    return reply;
  }

  /** Whether `edit` would be taken. Throws as it does. */
  check(edits: readonly ConfigEdit[]): void {
    this.#checked(this.#digest(), { kind: 'edits', edits: [...edits] });
  }

  /** The same as `put` for the text as it is now. */
  edit(edits: readonly ConfigEdit[]): Promise<Reply<'config/put'>> {
    return this.put({ digest: this.#digest(), change: { kind: 'edits', edits: [...edits] } });
  }

  #digest(): string {
    const found = readConfigText(this.#parts.file);
    if (found === null) throw new ProblemError('config-unwritable', { reason: remark('unreadable') });
    return found.digest;
  }

  /** Throws `config-invalid` for a file that would stop everything. */
  reload(): Reply<'config/reload'> {
    const { file } = this.#parts;
    const found = readConfigText(file);
    if (found === null || this.#parse(found.text).config === null) throw new ProblemError('config-invalid');
    this.#parts.reload();
    return { file };
  }

  #checked(digest: string, change: ConfigChange): Judged {
    const judged = this.#judge(digest, change);
    const [what] = judged.refused;
    if (what !== undefined) throw new ProblemError('config-protected', { what, file: this.#parts.file });
    const { config, problems } = judged.parsed;
    if (config !== null) return judged;
    const detail = problems
      .map(({ line, column, path, message }) => `${line}:${column}: ${path}: ${message}`)
      .join('\n');
    throw new ProblemError('config-invalid', {}, { detail });
  }

  #judge(digest: string, change: ConfigChange): Judged {
    const before = this.#current(digest);
    const text = change.kind === 'text' ? change.text : applyEdits(before.text, change.edits);
    const refused = protectedChanges(before.text, text).map((item) => item.slice(0, LINE_CHARS_MAX));
    // A text that names other files is not followed to them before an administrator has written it there.
    const parsed = this.#parse(text, refused.length === 0);
    const was = this.#parse(before.text).config;
    const effects = parsed.config === null ? [] : effectsOf(was, parsed.config);
    return { before: before.text, was, text, parsed, refused, effects };
  }

  #current(digest: string): ConfigText {
    const found = readConfigText(this.#parts.file);
    if (found === null || found.digest !== digest) throw new ProblemError('config-changed');
    return found;
  }

  #parse(text: string, withIncludes = true): ParsedConfig {
    const read = withIncludes ? { readInclude: (file: string) => readFromDisk(file) } : {};
    return parseConfig(text, { fileName: this.#parts.file, ...read });
  }
}

/** A new job as it would stand in the file: where it sends what is to be seen before anybody agrees. */
function newJobsOf(change: ConfigChange): readonly string[] {
  const added = change.kind === 'edits' ? change.edits.filter(({ op }) => op === 'add') : [];
  return added.length === 0 ? [] : applyEdits('', added).trimEnd().split('\n');
}

function complaintOf({ severity, file, line, column, path, message, hint }: Complaint): ConfigComplaint {
  return { severity, file, line, column, path: path.slice(0, LINE_CHARS_MAX), message, hint };
}
