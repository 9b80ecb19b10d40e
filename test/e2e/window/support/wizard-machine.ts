/** A machine that has nothing set up yet, and a NAS within its reach, as a made-up daemon tells of them. */
import type { ConfigChange } from '../../../../core/api/config.ts';
import type { Reply } from '../../../../core/api/contract.ts';
import { destinationLookParams } from '../../../../core/api/destination.ts';
import type { DaemonStatus } from '../../../../core/api/status.ts';
import { applyEdits } from '../../../../core/config/edit.ts';
import { configJobs } from '../../../../core/config/job-forms.ts';
import { parseConfig } from '../../../../core/config/parse-config.ts';
import { type ReceivingRoot, toLocalName } from '../../../../core/endpoint/mapping.ts';
import type { SenderDataset } from '../../../../core/endpoint/types.ts';
import { type FirstRunFacts, firstRunOf } from '../../../../core/job/look-commands.ts';
import { type JudgedCopy, proposedFlags } from '../../../../core/job/look-judge.ts';
import { job } from '../../../unit/cli/support/example-status.ts';
import type { FakeDaemon } from './fake-daemon.ts';
import { calmHousehold, NOW_MS } from './scenes.ts';

const GIB = 2 ** 30;
const TIB = 2 ** 40;
const HOUR_MS = 3_600_000;
const FREE_BYTES = 6.2 * TIB;

export const NAS_KEY = `SHA256:${'uNiVztksCsDhcc0u9e8BrrQXVUpKZIDTMczCvj3tD2s'}`;
const OTHER_KEY = `SHA256:${'p2QAMXNIC1TJYWeIOttrVc98kxQ7ssDOaN7LBdO2gc0'}`;
const EMPTY_CONFIG = '# Written by Snapferry and by hand.\njobs: []\n';

type Found = Reply<'discover'>;
type Dataset = Found['datasets'][number];

function dataset(name: string, gib: number, change: Partial<Dataset> = {}): Dataset {
  return {
    name,
    kind: 'filesystem',
    usedBytes: gib * GIB,
    referencedBytes: gib * GIB,
    encrypted: false,
    keyLoaded: null,
    mountpoint: `/${name}`,
    snapshots: [],
    ...change,
  };
}

const zsys = (count: number): Dataset['snapshots'] => [
  { tool: 'zfs-auto-snapshot', count, oldestMs: NOW_MS - 30 * 24 * HOUR_MS, newestMs: NOW_MS - HOUR_MS },
];
/** Holds nothing but others. */
const small = { referencedBytes: 98_304 };
const encrypted = { encrypted: true, keyLoaded: true };

/** Two pools, an encrypted home, and things that nobody needs twice. */
export function someMachine(): Found {
  return {
    zfs: { userland: 'zfs-2.3.4-1', kernel: 'zfs-kmod-2.3.4-1' },
    problem: null,
    pools: [
      { name: 'rpool', guid: '1', sizeBytes: 1.8 * TIB, freeBytes: 0.9 * TIB, health: 'ONLINE', readonly: false },
      { name: 'scratch', guid: '2', sizeBytes: 0.4 * TIB, freeBytes: 0.3 * TIB, health: 'DEGRADED', readonly: false },
    ],
    datasets: [
      dataset('rpool', 905, small),
      dataset('rpool/home', 702, { ...small, ...encrypted, snapshots: zsys(412) }),
      dataset('rpool/home/ada', 655, { ...encrypted, referencedBytes: 102 * GIB }),
      dataset('rpool/home/ada/photos', 512, { ...encrypted, snapshots: zsys(96) }),
      dataset('rpool/home/ada/projects', 41, encrypted),
      dataset('rpool/home/grace', 46, { encrypted: true, keyLoaded: false }),
      dataset('rpool/root', 38),
      dataset('rpool/swap', 16, { kind: 'volume', mountpoint: null }),
      dataset('rpool/tmp', 3, { mountpoint: '/tmp' }),
      dataset('rpool/var', 36, small),
      dataset('rpool/var/cache', 9, { mountpoint: '/var/cache' }),
      dataset('rpool/var/lib', 27, small),
      dataset('rpool/var/lib/postgres', 27, {
        snapshots: [{ tool: 'other', count: 2, oldestMs: null, newestMs: null }],
      }),
      dataset('scratch', 88, { referencedBytes: 8 * GIB }),
      dataset('scratch/builds', 80),
    ],
    leftOut: 0,
  };
}

/** As many as a large machine has. */
export function largeMachine(count: number): Found {
  const datasets = Array.from({ length: count }, (_, index) =>
    dataset(`tank/group-${Math.floor(index / 50)}/data-${String(index).padStart(4, '0')}`, (index % 9) + 1),
  );
  const groups = [...new Set(datasets.map(({ name }) => name.slice(0, name.lastIndexOf('/'))))];
  const machine = someMachine();
  return {
    ...machine,
    pools: machine.pools.slice(0, 1).map((pool) => ({ ...pool, name: 'tank' })),
    datasets: [dataset('tank', 4000), ...groups.map((name) => dataset(name, 100)), ...datasets],
  };
}

/** Nothing is configured. */
export function bareHousehold(): DaemonStatus {
  return { ...calmHousehold(), jobs: [] };
}

const ok = (check: Reply<'destination/test'>['checks'][number]['check'], detail = '') => ({
  check,
  state: 'ok' as const,
  problem: null,
  detail,
});

export function everythingWorks(): Reply<'destination/test'> {
  return {
    checks: [
      ok('reachable'),
      ok('host-key'),
      ok('login'),
      ok('zfs', 'zfs-2.2.6-1'),
      ok('rights', 'create, mount, receive, hold, release, destroy'),
      ok('target', 'tank/backup'),
      { ...ok('space', String(FREE_BYTES)), state: 'unknown' },
    ],
    usable: true,
  };
}

/** What a look finds where nothing is: sizes as they are on disk, and dry runs for what has snapshots. */
export function nothingThere(params: unknown, found: Found, availableBytes = FREE_BYTES): Reply<'destination/look'> {
  const { rootFs, clientIdentity, plainIdentity, datasets, encryptedAs, sudo } = destinationLookParams.parse(params);
  const known = datasets.flatMap((name) => found.datasets.find((one) => one.name === name) ?? []);
  const rootOf = (one: Dataset): ReceivingRoot => ({
    rootFs,
    clientIdentity: one.encrypted ? clientIdentity : (plainIdentity ?? clientIdentity),
  });
  const toldOf = (one: Dataset) => ({
    dataset: one.name,
    copy: toLocalName(rootOf(one), one.name),
    state: 'absent' as const,
    common: null,
    problem: null,
  });
  const judge = (one: Dataset): JudgedCopy => ({
    told: toldOf(one),
    send: { source: sourceOf(one), from: null, flags: proposedFlags(one.encrypted && encryptedAs === 'raw') },
  });
  const bytesOf = (name: string) => known.find((one) => one.name === name)?.referencedBytes ?? null;
  const kinds =
    plainIdentity === undefined ? [known] : [true, false].map((is) => known.filter((one) => one.encrypted === is));
  const firstRuns = kinds.flatMap((own) => {
    const [first] = own;
    if (first === undefined) return [];
    const facts: FirstRunFacts = {
      root: rootOf(first),
      properties: { inherit: [], override: new Map(), protective: true },
      judged: own.map(judge),
      target: () => undefined,
      exists: (local) => local === rootFs,
      there: { createUnmounted: true, nativeEncryption: true },
      savePartial: true,
      sudo,
      nowMs: NOW_MS,
    };
    return firstRunOf(facts, bytesOf) ?? [];
  });
  const looked = known.map((one) => ({
    ...toldOf(one),
    bytes: one.referencedBytes,
    bytesBy: one.snapshots.length > 0 ? ('dry-run' as const) : ('referenced' as const),
  }));
  return { datasets: looked, elsewhere: [], adoptions: [], adopted: 0, availableBytes, firstRuns };
}

function sourceOf({ name, kind, encrypted, keyLoaded }: Dataset): SenderDataset {
  return {
    dataset: name,
    guid: 1n,
    kind,
    isPlaceholder: false,
    encrypted,
    keyLoaded,
    keyFingerprint: encrypted ? 'd1f3a2c4' : null,
    versions: [],
  };
}

const edited = (text: string, change: ConfigChange): string =>
  change.kind === 'text' ? change.text : applyEdits(text, change.edits);

/** Answers whatever the wizard asks, with the real editing of the file. Jobs that are saved are there at once. */
export function wizardAnswers(daemon: FakeDaemon, found: Found = someMachine()): void {
  const { answers } = daemon;
  daemon.config = { ...daemon.config, text: EMPTY_CONFIG };
  daemon.look = (change) => {
    const text = edited(daemon.config.text ?? '', change);
    const parsed = parseConfig(text, { fileName: daemon.config.file });
    const jobs = configJobs(parsed, text, daemon.status.nowMs);
    const effects = jobs.map(({ name }) => ({ job: name, kind: 'added' as const }));
    return { text, valid: parsed.config !== null, jobs, problems: [], refused: [], effects };
  };
  daemon.onSaved = ({ jobs }) => {
    daemon.status = {
      ...daemon.status,
      jobs: jobs.map(({ name }) =>
        job(name, {
          destination: 'snapferry@nas.lan:tank/backup/desk',
          lastSuccessMs: null,
          replication: null,
          safety: [],
        }),
      ),
    };
  };
  answers.set('discover', () => found);
  answers.set('destination/hostkeys', () => ({
    keys: [
      { type: 'ssh-rsa', fingerprint: OTHER_KEY },
      { type: 'ssh-ed25519', fingerprint: NAS_KEY },
    ],
  }));
  answers.set('destination/key', () => ({
    publicLine: 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJm0Q5l1nXg2m0d0yqv8qk1pYx5s3V5b1c0sWq7uTn4T snapferry-nas-lan',
    fingerprint: OTHER_KEY,
    identityFile: '/var/lib/snapferry/keys/nas-lan/id_ed25519',
    existed: false,
  }));
  answers.set('destination/bring-key', () => ({ outcome: 'added' }));
  answers.set('destination/test', () => everythingWorks());
  answers.set('destination/look', (params) => nothingThere(params, found));
  answers.set('drive/disks', () => ({ disks: [] }));
  answers.set('limit/get', () => ({ bytesPerSecond: null, jobs: [] }));
}
