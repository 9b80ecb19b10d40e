/** The state of a place on real ZFS, read without the code under test: one listing, and digests of what is not known yet. */
import { decodeResumeToken } from '../../../../core/zfs/token.ts';
import {
  type DatasetState,
  type Glance,
  OBSERVED_PROPERTIES,
  OBSERVED_USER_PROPERTIES,
  type PlaceState,
  type SnapshotState,
} from '../../../conformance/fixture.ts';
import type { Agent } from './agent.ts';
import type { Ledger } from './ledger.ts';
import { type ConsoleMemory, ZFS } from './operator.ts';

interface Row {
  readonly name: string;
  readonly values: Map<string, string>;
  readonly properties: Record<string, readonly [string, 'local' | 'received']>;
}

/** Digests of snapshots in clear text by the guids of dataset and snapshot: such a snapshot never changes. */
type KnownDigests = Map<string, string | null>;

/** By name and not `all`, which takes zfs a second on an emulated machine. */
const LISTING: readonly string[] = [
  ...['get', '-Hp', '-r', '-t', 'all', '-s', 'local,received,none', '-o', 'name,property,value,source'],
  [
    ...['type', 'guid', 'createtxg', 'userrefs', 'receive_resume_token', 'encryptionroot', 'keystatus', 'written'],
    ...OBSERVED_PROPERTIES,
    ...OBSERVED_USER_PROPERTIES,
  ].join(','),
];

const GLANCE: readonly string[] = ['list', '-Hp', '-r', '-t', 'all', '-o', 'name,guid,createtxg'];

function parseGlance(text: string, root: string): readonly Glance[] {
  const rows = text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [name = '', guid = '', createtxg = ''] = line.split('\t');
      return { name, guid, createtxg: Number(createtxg) };
    })
    .toSorted((a, b) => a.createtxg - b.createtxg || (a.name < b.name ? -1 : 1));
  const below = (dataset: string, mark: string) =>
    rows
      .filter(({ name }) => name.startsWith(`${dataset}${mark}`))
      .map(({ name, guid }) => ({ name: name.slice(dataset.length + 1), guid }));
  return rows
    .filter(({ name }) => !/[@#]/.test(name))
    .map(({ name }) => ({
      path: name.slice(root.length + 1),
      snapshots: below(name, '@'),
      bookmarks: below(name, '#'),
    }));
}

/** By what `zfs get` prints: values of a name, and what was set on it. */
function parseRows(text: string): readonly Row[] {
  const rows = new Map<string, Row>();
  for (const line of text.split('\n')) {
    const [name, property, value, source] = line.split('\t');
    if (name === undefined || property === undefined || value === undefined || source === undefined) continue;
    const row: Row = rows.get(name) ?? { name, values: new Map(), properties: {} };
    rows.set(name, row);
    if (source === '-') row.values.set(property, value);
    else if (
      (source === 'local' || source === 'received') &&
      (OBSERVED_USER_PROPERTIES.includes(property) || OBSERVED_PROPERTIES.includes(property))
    )
      row.properties[property] = [value, source];
  }
  return [...rows.values()];
}

function factOf(row: Row, property: string): string | null {
  const value = row.values.get(property);
  return value === undefined || value === '-' || value === '' ? null : value;
}

function byTxg(a: Row, b: Row): number {
  return Number(factOf(a, 'createtxg')) - Number(factOf(b, 'createtxg')) || (a.name < b.name ? -1 : 1);
}

/** Of every snapshot that has any, its tags. */
async function tagsOf(agent: Agent, rows: readonly Row[]): Promise<ReadonlyMap<string, readonly string[]>> {
  const held = rows.filter((row) => Number(factOf(row, 'userrefs') ?? 0) > 0).map(({ name }) => name);
  const tags = new Map<string, string[]>();
  if (held.length === 0) return tags;
  const [, , stdout = ''] = await agent.ask('run', '', ZFS, 'holds', '-H', ...held);
  for (const line of stdout.split('\n')) {
    const [name, tag] = line.split('\t');
    if (name !== undefined && tag !== undefined) tags.set(name, [...(tags.get(name) ?? []), tag]);
  }
  return tags;
}

/** A state, and how much had happened until then. */
interface Seen<State> {
  readonly changes: number;
  readonly makings: number;
  readonly state: State;
}

export class Observer {
  readonly #agent: Ledger;
  readonly #memory: ConsoleMemory;
  readonly #known: KnownDigests = new Map();
  readonly #last = new Map<string, Seen<PlaceState>>();
  readonly #glances = new Map<string, Seen<readonly Glance[]>>();

  constructor(agent: Ledger, memory: ConsoleMemory) {
    this.#agent = agent;
    this.#memory = memory;
  }

  async #digest(kind: string, name: string): Promise<string | null> {
    return this.#agent.ask('digest', kind, name).then(
      ([digest = '']) => digest,
      () => null,
    );
  }

  async #snapshotDigest(dataset: Row, snapshot: Row, isEncrypted: boolean): Promise<string | null> {
    const kind = factOf(dataset, 'type') ?? '';
    if (isEncrypted) return this.#digest(kind, snapshot.name);
    const key = `${factOf(dataset, 'guid')} ${factOf(snapshot, 'guid')}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const digest = await this.#digest(kind, snapshot.name);
    this.#known.set(key, digest);
    return digest;
  }

  async #isInconsistent(dataset: Row, snapshots: readonly Row[]): Promise<boolean> {
    if (snapshots.length > 0 || factOf(dataset, 'receive_resume_token') === null) return false;
    const [, , stdout = ''] = await this.#agent.ask(
      'run',
      '',
      ZFS,
      'get',
      '-Hp',
      '-o',
      'value',
      'inconsistent',
      dataset.name,
    );
    return stdout.trim() === '1';
  }

  async #state(
    root: string,
    dataset: Row,
    rows: readonly Row[],
    tags: ReadonlyMap<string, readonly string[]>,
  ): Promise<DatasetState> {
    const below = (mark: string) =>
      rows.filter(({ name }) => name.startsWith(`${dataset.name}${mark}`)).toSorted(byTxg);
    const snapshots = below('@');
    const encryptionRoot = factOf(dataset, 'encryptionroot');
    const keyLoaded = factOf(dataset, 'keystatus') === 'available';
    const isReadable = encryptionRoot === null || keyLoaded;
    const short = ({ name }: Row): string => name.slice(dataset.name.length + 1);
    const guid = (row: Row): string => factOf(row, 'guid') ?? '';
    const states: SnapshotState[] = [];
    for (const snapshot of snapshots) {
      const digest = isReadable ? await this.#snapshotDigest(dataset, snapshot, encryptionRoot !== null) : null;
      states.push({
        name: short(snapshot),
        guid: guid(snapshot),
        tags: (tags.get(snapshot.name) ?? []).toSorted(),
        digest,
      });
    }
    const token = factOf(dataset, 'receive_resume_token');
    const decoded = token === null ? null : decodeResumeToken(token);
    const isAsSnapshot = factOf(dataset, 'written') === '0' && !this.#memory.written.has(dataset.name);
    const last = states.at(-1);
    const live = async (): Promise<string | null> => {
      if (!isReadable || (await this.#isInconsistent(dataset, snapshots))) return null;
      return isAsSnapshot && last !== undefined
        ? last.digest
        : this.#digest(factOf(dataset, 'type') ?? '', dataset.name);
    };
    return {
      path: dataset.name.slice(root.length + 1),
      guid: guid(dataset),
      kind: factOf(dataset, 'type') === 'volume' ? 'volume' : 'filesystem',
      digest: await live(),
      snapshots: states,
      bookmarks: below('#').map((bookmark) => ({ name: short(bookmark), guid: guid(bookmark) })),
      token:
        decoded === null
          ? null
          : { fromGuid: decoded.fromGuid?.toString() ?? null, toGuid: `${decoded.toGuid}`, raw: decoded.rawOk },
      encryptionRoot: encryptionRoot === null ? null : encryptionRoot.slice(root.length + 1),
      keyLoaded,
      properties: Object.fromEntries(Object.entries(dataset.properties).toSorted(([a], [b]) => (a < b ? -1 : 1))),
    };
  }

  async observe(root: string): Promise<PlaceState> {
    const changes = this.#agent.changesOf(root);
    const makings = this.#agent.makingsOf(root);
    const last = this.#last.get(root);
    if (last?.changes === changes) return last.state;
    const state = await this.#read(root);
    this.#last.set(root, { changes, makings, state });
    return state;
  }

  /** Reads names and guids only; nothing is mounted for it. */
  async glance(root: string): Promise<readonly Glance[]> {
    const changes = this.#agent.changesOf(root);
    const makings = this.#agent.makingsOf(root);
    const whole = this.#last.get(root);
    if (whole?.changes === changes) return whole.state;
    const last = this.#glances.get(root);
    if (last?.changes === changes) return last.state;
    const [code, , stdout = '', stderr] = await this.#agent.ask('run', '', ZFS, ...GLANCE, root);
    if (code !== '0') throw new Error(`cannot look at ${root}: ${stderr}`);
    const state = parseGlance(stdout, root);
    this.#glances.set(root, { changes, makings, state });
    return state;
  }

  async paths(root: string): Promise<readonly string[]> {
    const makings = this.#agent.makingsOf(root);
    const last = [this.#last.get(root), this.#glances.get(root)].find((seen) => seen?.makings === makings);
    const state = last?.state ?? (await this.glance(root));
    return state.map(({ path }) => path);
  }

  async #read(root: string): Promise<PlaceState> {
    const [code, , stdout = '', stderr] = await this.#agent.ask('run', '', ZFS, ...LISTING, root);
    if (code !== '0') throw new Error(`cannot observe ${root}: ${stderr}`);
    const rows = parseRows(stdout);
    const tags = await tagsOf(this.#agent, rows);
    const datasets = rows.filter(({ name }) => !/[@#]/.test(name)).toSorted((a, b) => (a.name < b.name ? -1 : 1));
    const states: DatasetState[] = [];
    for (const dataset of datasets) states.push(await this.#state(root, dataset, rows, tags));
    return states;
  }
}
