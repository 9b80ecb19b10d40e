/**
 * Replaces names by stand-ins: the same name always by the same one. Pure, but for what it remembers. Names that are known to
 * be names go wherever they stand; of everything else only numbers and known words stay (`words.ts`).
 */
import { KNOWN_WORDS } from './words.ts';

/** What a name stands for, as its stand-in says: "dataset-1". */
export type NameKind =
  | 'dataset'
  | 'snapshot'
  | 'job'
  | 'host'
  | 'user'
  | 'address'
  | 'mac'
  | 'fingerprint'
  | 'path'
  | 'name'
  | 'word';

/** Shorter names are also words of every language; alone they give nothing away. */
const NAME_CHARS_MIN = 4;

/** What consists of more than one word, wherever it begins. */
const SPECIAL = new RegExp(
  [
    '(?<fingerprint>(?:SHA256|MD5):[\\w+/=:]+)',
    '(?<time>(?<![0-9])\\d{4}-\\d\\d-\\d\\d[T _]\\d\\d:\\d\\d(?::\\d\\d(?:\\.\\d+)?)?Z?(?![\\p{L}\\p{N}]))',
    '(?<mac>(?<![0-9a-z])(?:[0-9a-f]{2}[:-]){5,7}[0-9a-f]{2}(?![0-9a-z]))',
    '(?<ipv6>(?<![0-9a-z])(?=[0-9a-f:]*(?:::|(?::[0-9a-f]*){4}))[0-9a-f:]{3,}(?:%[\\w.-]+)?)',
  ].join('|'),
  'giu',
);
const PIECE = /(?<word>[\p{L}\p{M}\p{N}_][\p{L}\p{M}\p{N}_.-]*)|[^\x20-\x7e\n]+/gu;
const IPV4 = /^\d{1,3}(?:\.\d{1,3}){3}$/;
const NUMBER = /^v?\d+(?:[.-]\d+)*(?:[kmgtpe]?i?b|[kmgtpe]i?|ms|ns|us|[smhdwyx])?(?:x\d+[smhdwy]?)?$/i;
const CURSOR = /^(zrepl_CURSOR(?:TENTATIVE_)?_G_[0-9a-f]{16}_J_)(.+)$/s;
const TAG = /^(zrepl_(?:STEP|last_received)_J_)(.+)$/s;
const LEGACY_CURSOR = 'zrepl_replication_cursor';
/** Timestamps as snapshots carry them: dense, human, ISO 8601, seconds. */
const STAMPED =
  /^(.*?)((?:\d{8}[_T-]\d{4,6}(?:[_.]\d{1,3})?|\d{4}-\d\d-\d\d(?:[T_.-]\d\d[:.-]?\d\d(?:[:.-]?\d\d)?(?:\.\d{1,9})?)?|\d{9,13})(?:Z|UTC|[+-]\d\d:?\d\d)?)$/s;
const OWN_PREFIX = /^(?:zrepl|snapferry)_?$/;
const PLAIN_TOKEN = /^[\p{L}\p{M}\p{N}](?:[\p{L}\p{M}\p{N}_.-]*[\p{L}\p{M}\p{N}])?$/u;
/** How this machine is called where machines are named. */
const THIS_MACHINE = 'this machine';

export class StandIns {
  readonly #standIns = new Map<string, string>();
  readonly #counts = new Map<NameKind, number>();
  /** Known to be names, in lower case, long enough to be looked for within words. */
  #known = new Set<string>();
  /** Known names that are more than one word to the reader of texts, longest first. */
  #phrases: string[] = [];
  readonly #mayStay = new Map<string, boolean>();

  /** The stand-in of a whole name. */
  of(kind: NameKind, name: string): string {
    if (name === '') return '';
    const known = this.#standIns.get(name);
    if (known !== undefined) return known;
    const count = (this.#counts.get(kind) ?? 0) + 1;
    this.#counts.set(kind, count);
    const standIn = `${kind}-${count}`;
    this.#standIns.set(name, standIn);
    return standIn;
  }

  /** As `of`, for what is known to be a name: it is replaced in every text from now on. */
  learn(kind: NameKind, name: string): string {
    const standIn = this.of(kind, name);
    const lower = name.toLowerCase();
    if (name.length < NAME_CHARS_MIN || this.#known.has(lower)) return standIn;
    this.#known.add(lower);
    this.#mayStay.clear();
    if (!PLAIN_TOKEN.test(name)) {
      this.#phrases.push(name);
      this.#phrases.sort((a, b) => b.length - a.length);
    }
    return standIn;
  }

  /** A dataset, or the full name of a version: part by part, so that it stays visible what lies below what. */
  entity(name: string): string {
    const end = name.search(/[@#]/);
    const dataset = end < 0 ? name : name.slice(0, end);
    const parts = dataset.split('/').map((part) => this.learn('dataset', part));
    return `${parts.join('/')}${end < 0 ? '' : `${name[end]}${this.version(name.slice(end + 1))}`}`;
  }

  /** The short name of a snapshot or bookmark, or a tag: marks and times stay, what somebody has chosen goes. */
  version(name: string): string {
    const sign = /^[@#]/.test(name) ? name.slice(0, 1) : '';
    const short = name.slice(sign.length);
    if (short === LEGACY_CURSOR) return `${sign}${short}`;
    const mark = CURSOR.exec(short) ?? TAG.exec(short);
    if (mark !== null) return `${sign}${mark[1]}${this.learn('job', mark[2] ?? '')}`;
    const stamped = STAMPED.exec(short);
    if (stamped === null) return `${sign}${this.prefix(short)}`;
    return `${sign}${this.prefix(stamped[1] ?? '')}${stamped[2]}`;
  }

  /** What the names of snapshots begin with. */
  prefix(prefix: string): string {
    if (prefix === '' || OWN_PREFIX.test(prefix)) return prefix;
    const [, own = '', rest = '', separators = ''] = /^((?:zrepl|snapferry)_)?(.*?)([_.:-]*)$/s.exec(prefix) ?? [];
    if (rest === '') return `${own}${separators}`;
    // Alone it would be too short to be looked for in texts.
    if (rest.length < NAME_CHARS_MIN) return `${own}${this.learn('snapshot', `${rest}${separators}`)}`;
    return `${own}${this.learn('snapshot', rest)}${separators}`;
  }

  /** A machine, perhaps with the account there. */
  host(name: string): string {
    if (name === THIS_MACHINE) return name;
    const at = name.lastIndexOf('@');
    const user = at < 0 ? '' : `${this.user(name.slice(0, at))}@`;
    const [, host = '', port = ''] = /^([^:]*|\[.*\])(:\d{1,5})$/s.exec(name.slice(at + 1)) ?? ['', name.slice(at + 1)];
    if (host === '') return `${user}${port}`;
    return `${user}${this.learn(IPV4.test(host) || host.includes(':') ? 'address' : 'host', host)}${port}`;
  }

  /** Where copies go: a dataset here, one of another machine, or only that machine. */
  destination(name: string): string {
    const [, host = '', dataset = ''] = /^((?:[^@/:]+@)?(?:\[[^\]]*\]|[^@/:]+)):([^:/]+(?:\/.*)?)$/s.exec(name) ?? [];
    if (dataset !== '' && !/^\d+$/.test(dataset)) return `${this.host(host)}:${this.entity(dataset)}`;
    return name.includes('/') ? this.entity(name) : this.host(name);
  }

  /** An account; root is everywhere. */
  user(name: string): string {
    return name === 'root' ? name : this.learn('user', name);
  }

  /** Any text. `kind`: what an unknown word in it is likely to be. */
  text(text: string, kind: NameKind = 'word'): string {
    const phrase = this.#phrases.find((known) => text.includes(known));
    if (phrase === undefined) return this.#pieces(text, kind);
    return text
      .split(phrase)
      .map((between) => this.text(between, kind))
      .join(this.of('name', phrase));
  }

  #pieces(text: string, kind: NameKind): string {
    const said: string[] = [];
    let end = 0;
    for (const match of text.matchAll(SPECIAL)) {
      said.push(this.#words(text.slice(end, match.index), kind), this.#special(match));
      end = match.index + match[0].length;
    }
    return [...said, this.#words(text.slice(end), kind)].join('');
  }

  #special({ 0: found, groups }: RegExpExecArray): string {
    if (groups?.time !== undefined) return found;
    if (groups?.fingerprint !== undefined) return this.of('fingerprint', found);
    return this.of(groups?.mac === undefined ? 'address' : 'mac', found);
  }

  #words(text: string, kind: NameKind): string {
    return text.replace(PIECE, (found, word?: string) => (word === undefined ? '?' : this.#word(found, kind)));
  }

  #word(word: string, kind: NameKind): string {
    const [, before = '', core = '', after = ''] = /^(_*)(.*?)([_.-]*)$/su.exec(word) ?? [];
    if (core === '') return word;
    for (const name of [word, core]) {
      const standIn = this.#standIns.get(name);
      if (standIn !== undefined && !this.#stays(name)) return name === word ? standIn : `${before}${standIn}${after}`;
    }
    if (IPV4.test(core)) return `${before}${this.of('address', core)}${after}`;
    if (this.#stays(core)) return word;
    if (/^(?:zrepl|snapferry)_/.test(word)) return this.version(word);
    const stamped = STAMPED.exec(core);
    if (stamped !== null && stamped[1] !== '') return `${before}${this.version(core)}${after}`;
    return `${before}${this.of(kind, core)}${after}`;
  }

  /** Whether a word tells nothing of anybody: numbers and known words that no known name is part of. */
  #stays(word: string): boolean {
    const known = this.#mayStay.get(word);
    if (known !== undefined) return known;
    const lower = word.toLowerCase();
    const parts = lower.split(/[_.-]+/);
    const harmless = NUMBER.test(word) || parts.every((part) => /^v?\d*$/.test(part) || isKnownWord(part));
    // Short names are words of every language; to replace them would make every text unreadable.
    const stays = harmless && !this.#holdsName(lower);
    this.#mayStay.set(word, stays);
    return stays;
  }

  #holdsName(lower: string): boolean {
    for (const name of this.#known) if (lower.includes(name)) return true;
    return false;
  }
}

/** Also with a number behind it: "bpo12". */
function isKnownWord(part: string): boolean {
  return KNOWN_WORDS.has(part) || KNOWN_WORDS.has(part.replace(/\d+$/, ''));
}
