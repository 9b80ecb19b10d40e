/**
 * Walks the rows of `zfs list -Hp -o name,guid,createtxg[,creation,userrefs]` by index: a side of a hundred thousand snapshots
 * must cost neither a field array per row nor the whole text for as long as one name of it is used. Pure. See zfs-list(8).
 */
import { flatCopy, Interned } from './flat-text.ts';
import { entityFault, NAME_BYTES_MAX } from './names.ts';
import { parseCount, parseSeconds, parseU64, readable } from './parse-common.ts';

const TAB = 0x09;
const NEWLINE = 0x0a;
const HASH = 0x23;
const AT = 0x40;
const DOT = 0x2e;
const ASCII = 0x80;

/** 1 for what the short name of a version may consist of, as `componentFault` has it. */
const IN_COMPONENT = new Uint8Array(ASCII);
for (const sign of '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_.: -') {
  IN_COMPONENT[sign.charCodeAt(0)] = 1;
}

/** One row at a time: `next()`, then the fields. */
export class VersionScanner {
  /** The dataset, also for a row of a version. */
  dataset = '';
  type: 'filesystem' | 'snapshot' | 'bookmark' = 'filesystem';
  /** Short name; empty for a row of the dataset itself. */
  name = '';
  guid = 0n;
  createtxg = 0n;
  /** With details only. */
  creationS = 0;
  /** Of snapshots, with details only. */
  userrefs = 0;

  readonly #text: string;
  readonly #details: boolean;
  readonly #names = new Interned((flat) => flat);
  readonly #txgs = new Interned(parseU64);
  /** Where the row begins, and where the next field does. */
  #row = 0;
  #at = 0;

  /** @throws ProblemError `output-unreadable` when the text does not end in a newline */
  constructor(text: string, details: boolean) {
    this.#text = text;
    this.#details = details;
    readable(text === '' || text.endsWith('\n'), 'the last line is cut off', text.slice(-200));
  }

  /** False after the last row. @throws ProblemError `output-unreadable` */
  next(): boolean {
    if (this.#at >= this.#text.length) return false;
    this.#row = this.#at;
    this.#readName();
    const guid = parseU64(this.#field(TAB));
    const createtxg = this.#txgs.get(this.#field(this.#details ? TAB : NEWLINE));
    this.#require(guid !== null && createtxg !== null, 'a row has an invalid guid or txg');
    this.guid = guid;
    this.createtxg = createtxg;
    if (this.#details) this.#readDetails();
    return true;
  }

  #readName(): void {
    const text = this.#text;
    const { dataset } = this;
    // Rows of one dataset come together: its name was checked with the first of them.
    const end = this.#row + dataset.length;
    const sign = dataset !== '' && text.startsWith(dataset, this.#row) ? text.charCodeAt(end) : TAB;
    const delimiter = sign === AT || sign === HASH ? end : this.#readDataset();
    const delimiterSign = text.charCodeAt(delimiter);
    if (delimiterSign === TAB) {
      this.type = 'filesystem';
      this.name = '';
      this.#at = delimiter + 1;
      return;
    }
    this.type = delimiterSign === AT ? 'snapshot' : 'bookmark';
    let at = delimiter + 1;
    for (let code = text.charCodeAt(at); code < ASCII && IN_COMPONENT[code] === 1; code = text.charCodeAt(++at));
    this.#require(text.charCodeAt(at) !== NEWLINE, 'a row has a wrong number of fields');
    const length = at - delimiter - 1;
    const isDots = length <= 2 && text.charCodeAt(at - 1) === DOT && (length === 1 || text.charCodeAt(at - 2) === DOT);
    this.#require(
      text.charCodeAt(at) === TAB && length > 0 && !isDots && at - this.#row <= NAME_BYTES_MAX,
      'a row has an invalid name',
    );
    this.name = this.#names.get(text.slice(delimiter + 1, at));
    this.#at = at + 1;
  }

  /** Returns where its name ends. */
  #readDataset(): number {
    const text = this.#text;
    let at = this.#row;
    let code = text.charCodeAt(at);
    while (code !== AT && code !== HASH && code !== TAB && code !== NEWLINE) code = text.charCodeAt(++at);
    this.#require(code !== NEWLINE, 'a row has a wrong number of fields');
    // Copied first: the engine keeps the last subject of a regular expression alive.
    const name = flatCopy(text.slice(this.#row, at));
    if (name === '' || name !== this.dataset) {
      this.#require(entityFault(name, 'filesystem') === null, 'a row has an invalid name');
      this.dataset = name;
    }
    return at;
  }

  #readDetails(): void {
    const creationS = parseSeconds(this.#field(TAB));
    this.#require(creationS !== null, 'a row has an invalid creation time');
    this.creationS = creationS;
    const text = this.#field(NEWLINE);
    if (this.type === 'snapshot') {
      const userrefs = parseCount(text);
      this.#require(userrefs !== null, 'a row has an invalid number of holds');
      this.userrefs = userrefs;
    } else {
      this.#require(text === '-', 'a row has holds where none can be');
    }
  }

  /** The next field, which must end in this. */
  #field(end: number): string {
    const text = this.#text;
    const start = this.#at;
    let at = start;
    let code = text.charCodeAt(at);
    while (code !== TAB && code !== NEWLINE) code = text.charCodeAt(++at);
    this.#require(code === end, 'a row has a wrong number of fields');
    this.#at = at + 1;
    return text.slice(start, at);
  }

  #require(condition: boolean, what: string): asserts condition {
    if (!condition) readable(false, what, this.#text.slice(this.#row, this.#text.indexOf('\n', this.#row)));
  }
}
