/** Goes through plain data and replaces what may be somebody's name, by what the key of a value says of it. Pure. */
import { StandIns } from './stand-ins.ts';

type Treatment =
  | 'entity'
  | 'version'
  | 'prefix'
  | 'host'
  | 'destination'
  | 'user'
  | 'job'
  | 'path'
  | 'free-name'
  | 'own-word'
  | 'omit'
  | 'secret'
  | 'text';

/** Of the contract and the log, of the configuration, and of the facts of problems. What is not here is text. */
const TREATMENTS: Readonly<Record<string, Treatment>> = {
  ...all('entity', [
    'dataset',
    'rootFs',
    'root_fs',
    'fullName',
    'filesystem',
    'snapshot',
    'bookmark',
    'parent',
    'pool',
  ]),
  ...all('version', ['from', 'to', 'tag']),
  ...all('prefix', ['prefix']),
  ...all('destination', ['destination']),
  ...all('host', ['host', 'address', 'listen', 'server_cn']),
  ...all('user', ['user', 'allow_users', 'allow_group', 'users', 'group']),
  ...all('job', ['job', 'jobs']),
  ...all('path', [
    'configFile',
    'folder',
    'socket',
    'file',
    'path',
    'identity_file',
    'known_hosts',
    'sockpath',
    'sockdir',
  ]),
  ...all('path', ['ca', 'cert', 'key', 'include']),
  ...all('free-name', ['title', 'client_identity', 'client_identities', 'client_cns', 'listener_name', 'host_key']),
  ...all('own-word', ['code', 'retry', 'phase', 'side', 'state', 'stage', 'kind', 'outcome', 'cause', 'level', 'why']),
  ...all('own-word', ['type', 'guarantee', 'blockedOn', 'standing', 'basis', 'proof', 'power', 'network', 'severity']),
  // What follows from the code of a problem is in the program, and names what there is.
  ...all('omit', ['happened', 'meaning', 'remedy']),
  ...all('secret', ['dsn', 'password', 'passphrase', 'secret']),
};
/** Maps in the configuration of which the keys are names. */
const NAMED_KEYS: Readonly<Record<string, Treatment>> = { filesystems: 'entity', clients: 'host', override: 'text' };
const NAMES_BELOW: Readonly<Record<string, Treatment>> = {
  jobs: 'job',
  newestCommon: 'version',
  newestLocal: 'version',
  common: 'version',
};

function all<T>(treatment: T, keys: readonly string[]): Record<string, T> {
  return Object.fromEntries(keys.map((key) => [key, treatment]));
}

const NOT_SHOWN = '(not shown)';
const TEXT_CHARS_MAX = 4000;
const DEPTH_MAX = 24;

/** Where a value stands: its key, the key of the object that it is in, and whether the object comes from a person's file. */
interface Spot {
  readonly key: string;
  readonly above: string;
  readonly written: boolean;
  readonly depth: number;
}

export type Plain = string | number | boolean | null | readonly Plain[] | { readonly [key: string]: Plain };

export class Replacer {
  readonly #standIns = new StandIns();

  #learning = false;

  /** Learns which names there are, for all texts that are replaced afterwards. Parameters as of `replace`. */
  learn(key: string, value: Plain, written: boolean): void {
    this.#learning = true;
    this.replace(key, value, written);
    this.#learning = false;
  }

  /** `key` says what the value is; `written`: its keys were chosen by a person. */
  replace(key: string, value: Plain, written: boolean): Plain {
    return this.#value(value, { key, above: '', written, depth: 0 });
  }

  #value(value: Plain, spot: Spot): Plain {
    if (typeof value === 'string') return this.#string(value, spot);
    if (typeof value !== 'object' || value === null) return value;
    if (treatmentOf(spot) === 'secret' || spot.depth > DEPTH_MAX) return NOT_SHOWN;
    const depth = spot.depth + 1;
    if (isList(value)) return value.map((item) => this.#value(item, { ...spot, depth }));
    const result: Record<string, Plain> = {};
    for (const [key, inner] of Object.entries(value)) {
      const treatment = treatmentOf({ key, above: spot.key, written: spot.written });
      if (treatment === 'omit') continue;
      result[this.#key(key, spot)] = this.#value(inner, { key, above: spot.key, written: spot.written, depth });
    }
    return result;
  }

  #key(key: string, { key: above, written }: Spot): string {
    if (!written) return key;
    const named = NAMED_KEYS[above];
    if (named === undefined) return this.#learning ? key : this.#standIns.text(key, 'name');
    // "tank/home<": the dataset and all below it.
    return named === 'entity' ? this.#pattern(key) : this.#treated(key, named);
  }

  #pattern(key: string): string {
    const [, dataset = '', sign = ''] = /^(.*?)([<!]*)$/s.exec(key) ?? [];
    return `${dataset === '' ? '' : this.#standIns.entity(dataset)}${sign}`;
  }

  #string(value: string, spot: Spot): string {
    const cut = value.length > TEXT_CHARS_MAX ? value.slice(0, TEXT_CHARS_MAX) : value;
    return this.#treated(cut, treatmentOf(spot));
  }

  #treated(value: string, treatment: Treatment): string {
    const names = this.#standIns;
    // A name that stands in a text first would be taken for a word.
    if (this.#learning && (treatment === 'text' || treatment === 'path')) return '';
    switch (treatment) {
      case 'entity':
        return names.entity(value);
      case 'version':
        return /^(.+)[@#]/s.test(value) ? names.entity(value) : names.version(value);
      case 'prefix':
        return names.prefix(value);
      case 'host':
        return names.host(value);
      case 'destination':
        return names.destination(value);
      case 'user':
        return names.user(value);
      case 'job':
        return names.learn('job', value);
      case 'path':
        return names.text(value, 'path');
      case 'free-name':
        return value === '' ? '' : names.learn('name', value);
      case 'own-word':
        return value;
      case 'secret':
      case 'omit':
        return NOT_SHOWN;
      case 'text':
        return names.text(value);
    }
  }
}

function treatmentOf({ key, above, written }: Pick<Spot, 'key' | 'above' | 'written'>): Treatment {
  if (key === 'name') return NAMES_BELOW[above] ?? 'free-name';
  const treatment = Object.hasOwn(TREATMENTS, key) ? TREATMENTS[key] : undefined;
  // In a file a person may have written anything at the place of one of our own words.
  if (treatment === undefined || (written && treatment === 'own-word')) return 'text';
  return treatment;
}

function isList(value: Plain): value is readonly Plain[] {
  return Array.isArray(value);
}
