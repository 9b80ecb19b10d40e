/**
 * Where jobs receive. Two jobs that receive into the same tree would discard, roll on and prune what the other one keeps
 * there, so the trees must be apart. Pure.
 */
import { ancestorsOf } from '../zfs/names.ts';
import type { Config, JobConfig, SinkJob, SshConnect } from './types.ts';

/** A tree that one job receives into. */
export interface ReceivingRoot {
  readonly job: string;
  /** Which machine it is on; trees on different machines never meet. Empty: this one. */
  readonly machine: string;
  /** The dataset everything arrives below. A component may hold one `*`, for the address of a client. */
  readonly root: string;
  /** Keys that say so, for complaints. */
  readonly keys: readonly string[];
}

/** The dataset below which a push without a sink receives. */
function agentlessRoot(rootFs: string, clientIdentity: string | null): string {
  return clientIdentity === null ? rootFs : `${rootFs}/${clientIdentity}`;
}

/** The dataset below which an agentless push receives. */
export function sshReceivingRoot({ rootFs, clientIdentity }: SshConnect): string {
  return agentlessRoot(rootFs, clientIdentity);
}

function identitiesOf(sink: SinkJob, jobs: readonly JobConfig[]): readonly string[] {
  const { serve } = sink;
  switch (serve.type) {
    case 'tcp':
      return serve.clients.map((client) => client.identity);
    case 'tls':
      return serve.clientCns;
    case 'stdinserver':
      return serve.clientIdentities;
    case 'local':
      return jobs.flatMap((job) =>
        job.type === 'push' && job.connect.type === 'local' && job.connect.listenerName === serve.listenerName
          ? [job.connect.clientIdentity]
          : [],
      );
  }
}

/** Every tree that a job of the configuration receives into, each once. */
export function receivingRoots(jobs: Config['jobs']): readonly ReceivingRoot[] {
  return jobs.flatMap((job): readonly ReceivingRoot[] => {
    if (job.type === 'pull') return [{ job: job.name, machine: '', root: job.rootFs, keys: ['root_fs'] }];
    if (job.type === 'sink') {
      const roots = new Set(identitiesOf(job, jobs).map((identity) => `${job.rootFs}/${identity}`));
      return [...roots].map((root) => ({ job: job.name, machine: '', root, keys: ['root_fs'] }));
    }
    if (job.type === 'push' && job.connect.type === 'ssh') {
      const { host, port } = job.connect;
      const machine = `${host.toLowerCase()} port ${port}`;
      return [{ job: job.name, machine, root: sshReceivingRoot(job.connect), keys: ['connect', 'root_fs'] }];
    }
    if (job.type === 'push' && job.connect.type === 'drive') {
      // A pool that is imported is in this machine's tree, whichever drive it came on.
      const { drives, clientIdentity } = job.connect;
      const roots = new Set(drives.map(({ rootFs }) => agentlessRoot(rootFs, clientIdentity)));
      return [...roots].map((root) => ({ job: job.name, machine: '', root, keys: ['connect'] }));
    }
    return [];
  });
}

function componentsMeet(a: string, b: string): boolean {
  const [prefixA = '', suffixA] = a.split('*');
  const [prefixB = '', suffixB] = b.split('*');
  if (suffixA === undefined && suffixB === undefined) return a === b;
  if (suffixA === undefined) return componentsMeet(b, a);
  if (suffixB === undefined) {
    return b.length >= prefixA.length + suffixA.length && b.startsWith(prefixA) && b.endsWith(suffixA);
  }
  return (
    (prefixA.startsWith(prefixB) || prefixB.startsWith(prefixA)) &&
    (suffixA.endsWith(suffixB) || suffixB.endsWith(suffixA))
  );
}

/**
 * Whether two dataset paths are equal or one is below the other. `maybe`: only for some address that a `*` stands for.
 * The empty path is no root and meets nothing.
 */
export function rootsMeet(a: string, b: string): 'yes' | 'maybe' | 'no' {
  if (a === '' || b === '') return 'no';
  const left = a.split('/');
  const right = b.split('/');
  let answer: 'yes' | 'maybe' = 'yes';
  for (const [index, component] of left.entries()) {
    const other = right[index];
    if (other === undefined) break;
    if (!componentsMeet(component, other)) return 'no';
    if (component.includes('*') || other.includes('*')) answer = 'maybe';
  }
  return answer;
}

/**
 * Pairs of roots of different jobs on one machine that meet, the earlier one first. Looks names up instead of comparing all
 * with all: a sink may have thousands of clients. Only roots with a `*` are compared one by one.
 */
export function* meetingRoots(
  roots: readonly ReceivingRoot[],
): Generator<readonly [earlier: ReceivingRoot, later: ReceivingRoot, meet: 'yes' | 'maybe']> {
  /** Fixed roots by their own name, and by the name of everything above them. */
  const exact = new Map<string, ReceivingRoot[]>();
  const below = new Map<string, ReceivingRoot[]>();
  const starred: ReceivingRoot[] = [];
  const seen: ReceivingRoot[] = [];
  for (const root of roots) {
    const key = (name: string) => `${root.machine}\n${name}`;
    const above = ancestorsOf(root.root);
    const isStarred = root.root.includes('*');
    const near = [root.root, ...above].flatMap((name) => exact.get(key(name)) ?? []);
    const candidates = isStarred ? seen : [...near, ...(below.get(key(root.root)) ?? []), ...starred];
    for (const other of candidates) {
      if (other.job === root.job || other.machine !== root.machine) continue;
      const meet = rootsMeet(other.root, root.root);
      if (meet !== 'no') yield [other, root, meet];
    }
    seen.push(root);
    if (isStarred) {
      starred.push(root);
      continue;
    }
    exact.set(key(root.root), [...(exact.get(key(root.root)) ?? []), root]);
    for (const name of above) {
      const list = below.get(key(name));
      if (list === undefined) below.set(key(name), [root]);
      else list.push(root);
    }
  }
}
