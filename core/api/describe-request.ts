/** What a request that needs consent would do, in a sentence. Pure. */
import { type Method, REQUESTS } from './contract.ts';

/** What has no sentence of its own is told by its name. `request-invalid` is for others: `params` must have been checked. */
export function describeRequest(method: Method, params: unknown): string {
  switch (method) {
    case 'pause': {
      const { job } = REQUESTS.pause.params.parse(params);
      return `Pause ${whose(job)} until told otherwise: nothing is sent to a destination meanwhile.`;
    }
    case 'abstractions/release': {
      const { job, which } = REQUESTS['abstractions/release'].params.parse(params);
      return which === 'stale'
        ? `Release the holds and bookmarks of ${whose(job)} that nothing needs any more.`
        : `Release all holds and bookmarks of ${whose(job)}: the next replication may have to send everything anew.`;
    }
    case 'drive/make': {
      const { pool, disks } = REQUESTS['drive/make'].params.parse(params);
      return `Make the pool ${pool} and destroy everything on ${disks.map(({ model, serial }) => `${model} ${serial}`).join(', ')}.`;
    }
    case 'drive/prepare': {
      const { pool, poolGuid, rootFs } = REQUESTS['drive/prepare'].params.parse(params);
      return `Import the pool ${pool} (${poolGuid}) of a drive, make ${rootFs} in it where that is missing, and export it. Whoever has written the drive may have meant harm: the system reads it with full rights.`;
    }
    case 'drive/forget':
      return 'Forget a drive: what is on it stays, and should it come back, everything may have to be sent anew.';
    case 'config/put':
      return 'Change the configuration.';
    case 'config/reload':
      return 'Read the configuration again. Runs at work are stopped, and go on.';
    default:
      return `Carry out "${method}".`;
  }
}

function whose(job: string | null): string {
  return job === null ? 'all jobs' : `job ${job}`;
}
