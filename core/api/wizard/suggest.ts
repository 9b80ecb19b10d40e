/** What to back up of a machine, before anybody was asked. Pure. */
import type { Discovered } from '../surroundings.ts';
import type { Choice } from './draft.ts';

export type LeftOutReason =
  /** Can be made or fetched again. */
  | 'cache'
  | 'temporary'
  | 'swap'
  /** Memory of a machine that crashed. */
  | 'crash-dump'
  /** Layers and images of containers, by the thousand. */
  | 'containers'
  | 'snap-packages'
  /** Nothing can be written there, so that no snapshot can be taken. */
  | 'read-only'
  /** The pool does not work as it should. */
  | 'pool-unwell';

export interface LeftOut extends Choice {
  readonly reason: LeftOutReason;
}

export interface Suggestion {
  readonly chosen: readonly Choice[];
  readonly leftOut: readonly LeftOut[];
}

type Dataset = Discovered['datasets'][number];
type Sign = readonly [LeftOutReason, RegExp];

/** Whole last parts of names. */
const NAMES: readonly Sign[] = [
  ['swap', /^swap[0-9]*$/i],
  ['crash-dump', /^(dump|crash|kdump)$/i],
  ['temporary', /^(tmp|temp|vartmp)$/i],
  ['cache', /^\.?(cache|caches|ccache|pkgcache)$/i],
  ['containers', /^(docker|containerd|podman)$/i],
  ['snap-packages', /^(snap|snapd)$/i],
];
/** Where they are mounted, with all that is below. */
const PLACES: readonly Sign[] = [
  ['temporary', /^(\/tmp|\/var\/tmp)(\/|$)/],
  ['cache', /^\/var\/cache(\/|$)/],
  ['cache', /^\/(home\/[^/]+|root)\/\.cache(\/|$)/],
  ['crash-dump', /^\/var\/crash(\/|$)/],
  ['containers', /^\/var\/lib\/(docker|containerd|containers)(\/|$)/],
  ['containers', /^\/home\/[^/]+\/\.local\/share\/(docker|containers)(\/|$)/],
  ['snap-packages', /^\/var\/(snap|lib\/snapd)(\/|$)/],
];
/** A layer of a container, as Docker and Podman name them. */
const LAYER = /^[0-9a-f]{64}(-init)?$/;
/** LXD and Incus: images that were fetched. */
const FETCHED_IMAGE = /(^|\/)(lxd|incus)[^/]*\/(images|deleted)$/;

/** Whole pools, so that what is made later takes part, too, without what can be made again. */
export function suggest({ pools, datasets }: Pick<Discovered, 'pools' | 'datasets'>): Suggestion {
  const chosen: Choice[] = [];
  const leftOut: LeftOut[] = [];
  for (const { name, readonly, health } of pools) {
    const unwell = readonly ? 'read-only' : /^(ONLINE|DEGRADED)$/.test(health) ? null : 'pool-unwell';
    if (unwell === null) chosen.push({ dataset: name, below: true });
    else leftOut.push({ dataset: name, below: true, reason: unwell });
  }
  const trees = new Set(chosen.map(({ dataset }) => dataset));
  const layered = parentsOfLayers(datasets);
  const out = new Set<string>();
  for (const dataset of [...datasets].sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const { name } = dataset;
    if (!trees.has(partsOf(name)[0] ?? '') || ancestorsOf(name).some((one) => out.has(one))) continue;
    const reason = layered.has(name) ? 'containers' : reasonOf(dataset);
    if (reason === null) continue;
    out.add(name);
    leftOut.push({ dataset: name, below: true, reason });
  }
  return { chosen, leftOut };
}

function reasonOf({ name, mountpoint }: Dataset): LeftOutReason | null {
  const parts = partsOf(name);
  // A pool is never left out for its name.
  if (parts.length < 2) return null;
  const last = parts.at(-1) ?? '';
  const named = NAMES.find(([, pattern]) => pattern.test(last));
  if (named !== undefined) return named[0];
  if (FETCHED_IMAGE.test(name)) return 'containers';
  return PLACES.find(([, pattern]) => mountpoint !== null && pattern.test(mountpoint))?.[0] ?? null;
}

/** Datasets with layers directly below them; a pool itself is none. */
function parentsOfLayers(datasets: readonly Dataset[]): ReadonlySet<string> {
  const found = datasets.flatMap(({ name }) => {
    const parts = partsOf(name);
    return parts.length > 2 && LAYER.test(parts.at(-1) ?? '') ? [parts.slice(0, -1).join('/')] : [];
  });
  return new Set(found);
}

function partsOf(name: string): readonly string[] {
  return name.split('/');
}

function ancestorsOf(name: string): readonly string[] {
  const parts = partsOf(name);
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join('/'));
}
