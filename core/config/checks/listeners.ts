/** In-process connections need somebody at the other end, and nobody can listen where another does. */
import { configFault } from '../../api/config-fault.ts';
import type { LocatedJob } from '../schema/file.ts';
import { nearest } from '../suggest.ts';
import type { JobConfig, ServeConfig } from '../types.ts';
import { quote } from '../values/parsed.ts';
import { placeOf } from '../yaml/nodes.ts';

function serveOf(job: JobConfig | null): ServeConfig | null {
  return job?.type === 'sink' || job?.type === 'source' ? job.serve : null;
}

/** Names under which a serving job takes something for itself alone, with the key that says so. */
function claims(serve: ServeConfig): readonly { readonly key: string; readonly claim: string }[] {
  switch (serve.type) {
    case 'tcp':
    case 'tls':
      return [{ key: 'listen', claim: configFault('claim-address', { text: quote(serve.listen) }) }];
    case 'stdinserver':
      return [...new Set(serve.clientIdentities)].map((identity) => ({
        key: 'client_identities',
        claim: configFault('claim-identity', { text: quote(identity) }),
      }));
    case 'local':
      return [{ key: 'listener_name', claim: configFault('claim-listener', { text: quote(serve.listenerName) }) }];
  }
}

function checkClaims(jobs: readonly LocatedJob[]): void {
  const taken = new Map<string, string>();
  for (const { job, node, at } of jobs) {
    const serve = serveOf(job);
    if (job === null || serve === null) continue;
    for (const { key, claim } of claims(serve)) {
      const other = taken.get(claim);
      if (other === undefined) {
        taken.set(claim, job.name);
        continue;
      }
      // Files with two in-process listeners of one name are around; neither job is run (see runnable.ts), but both are read.
      const severity = serve.type === 'local' ? 'warning' : 'error';
      const message = configFault('served-twice', { claim, job: quote(other) });
      at.key('serve')
        .key(key)
        .complain(placeOf(node, 'serve', key), message, { severity });
    }
  }
}

/** Complains where two jobs serve the same thing, and about local connections that lead nowhere. */
export function checkListeners(jobs: readonly LocatedJob[]): void {
  checkClaims(jobs);
  // The listener may be that of a job that could not be read.
  const someUnreadable = jobs.some(({ job }) => job === null);
  for (const { job, node, at } of jobs) {
    if ((job?.type !== 'push' && job?.type !== 'pull') || job.connect.type !== 'local') continue;
    const wanted = job.type === 'push' ? 'sink' : 'source';
    const listeners = jobs.flatMap(({ job: other }) =>
      other?.type === wanted && other.serve.type === 'local' ? [other.serve.listenerName] : [],
    );
    const name = job.connect.listenerName;
    if (listeners.includes(name) || someUnreadable) continue;
    const meant = nearest(name, listeners);
    at.key('connect')
      .key('listener_name')
      .complain(
        placeOf(node, 'connect', 'listener_name'),
        configFault('no-listener', { type: wanted, listener: quote(name) }),
        {
          hint:
            meant === null ? configFault('no-listener-hint', { type: wanted }) : configFault('meant', { word: meant }),
        },
      );
  }
}
