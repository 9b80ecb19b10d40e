/** The top of a file: `global`, `jobs`, `include`. */
import { andThen, type Cursor, type Decoder, defaulted, INVALID, list, object, optional } from '../decode.ts';
import { filled } from '../scalars.ts';
import type { GlobalConfig, JobConfig } from '../types.ts';
import { entryOf, type YamlNode } from '../yaml/nodes.ts';
import { global } from './global.ts';
import { job } from './jobs.ts';

/** A job together with where it stands, for checks that look at several jobs. */
export interface LocatedJob {
  /** Null when it has faults of its own, which were complained about. */
  readonly job: JobConfig | null;
  /** Null when it has no readable one. */
  readonly name: string | null;
  readonly node: YamlNode;
  readonly at: Cursor;
}

export interface ConfigFile {
  readonly global: GlobalConfig | null;
  readonly jobs: readonly LocatedJob[];
  readonly include: readonly string[];
}

/** Never invalid itself: one bad job must not hide the others from the checks that follow. */
const locatedJob: Decoder<LocatedJob> = (node, at) => {
  const decoded = job(node, at);
  const name = entryOf(node, 'name')?.value;
  return {
    job: decoded === INVALID ? null : decoded,
    name: name?.kind === 'scalar' && name.text !== '' ? name.text : null,
    node,
    at,
  };
};

/** Keeps what could be read of a key; what could not is among the complaints. */
function keep<T>(decode: Decoder<T>, sink: (value: T) => void): Decoder<null> {
  return andThen(decode, (value) => {
    sink(value);
    return null;
  });
}

/** Reads the top of a file. Whatever is wrong with one key, the others are read. */
export function decodeFile(node: YamlNode, at: Cursor): ConfigFile {
  let globalConfig: GlobalConfig | null = null;
  let jobs: readonly LocatedJob[] = [];
  let include: readonly string[] = [];
  const decode = object<{ global: null; jobs: null; include: null }>({
    global: defaulted(
      'global',
      keep(global, (value) => {
        globalConfig = value;
      }),
    ),
    jobs: optional(
      'jobs',
      keep(list(locatedJob), (value) => {
        jobs = value;
      }),
      null,
    ),
    include: optional(
      'include',
      keep(list(filled), (value) => {
        include = value;
      }),
      null,
    ),
  });
  decode(node, at);
  return { global: globalConfig, jobs, include };
}
