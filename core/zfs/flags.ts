/** Arguments of `zfs send` and `zfs receive`. Pure. See zfs-send(8) and zfs-receive(8). */
import { ProblemError } from '../api/problem.ts';
import { checkDataset, checkPropertyName, propertyAssignment, showName, snapshotName, versionName } from './names.ts';
import { looksLikeResumeToken } from './token.ts';
import type { ReceiveRequest, SendFlags, SendRequest } from './types.ts';

/**
 * Flags of a send. With a token there is nothing but the token: zfs takes the flags out of it, and refuses most others
 * beside it. So a resumed step of a job that sends properties carries none.
 */
export function sendFlagArgs(flags: SendFlags, resumeToken?: string): readonly string[] {
  if (resumeToken !== undefined) return ['-t', resumeToken];
  return [
    ...(flags.raw ? ['-w'] : []),
    ...(flags.properties ? ['-p'] : []),
    ...(flags.backupProperties ? ['-b'] : []),
    ...(flags.largeBlocks ? ['-L'] : []),
    ...(flags.compressed ? ['-c'] : []),
    ...(flags.embeddedData ? ['-e'] : []),
  ];
}

function misuse(dataset: string, reason: string): ProblemError {
  return new ProblemError('internal', { reason: `${reason}: ${showName(dataset)}` });
}

/**
 * Everything after `zfs`. Progress goes to standard error (`-v -P`), once a second.
 * @throws ProblemError `name-invalid`, `token-corrupt`; `internal` for a request that no zfs can carry out
 */
export function sendArgs(request: SendRequest, mode: 'run' | 'estimate'): readonly string[] {
  const { dataset, from, to, resumeToken } = request;
  const head = ['send', ...(mode === 'estimate' ? ['-n'] : []), '-v', '-P'];
  const target = snapshotName(dataset, to.name);
  const base = from === undefined ? [] : [request.range ? '-I' : '-i', versionName(dataset, from)];
  if (request.range && from?.type !== 'snapshot') throw misuse(dataset, 'a range begins at a snapshot');
  if (resumeToken !== undefined) {
    if (request.range) throw misuse(dataset, 'a resume token is for one step');
    if (!looksLikeResumeToken(resumeToken)) throw new ProblemError('token-corrupt', { name: showName(dataset) });
    return [...head, ...sendFlagArgs(request.flags, resumeToken)];
  }
  return [...head, ...sendFlagArgs(request.flags), ...base, target];
}

/** Flags of a receive that depend on the request. */
export function receiveFlagArgs(
  request: Pick<ReceiveRequest, 'force' | 'savePartial' | 'inherit' | 'override'>,
): readonly string[] {
  return [
    ...(request.force ? ['-F'] : []),
    ...(request.savePartial ? ['-s'] : []),
    ...request.inherit.flatMap((property) => ['-x', checkPropertyName(property)]),
    ...request.override.flatMap(([property, value]) => ['-o', propertyAssignment(property, value)]),
  ];
}

/** Everything after `zfs`. Never mounts what it receives (`-u`). @throws ProblemError `name-invalid` */
export function receiveArgs(request: ReceiveRequest): readonly string[] {
  const { dataset, snapshot } = request;
  const target = snapshot === undefined ? checkDataset(dataset) : snapshotName(dataset, snapshot);
  return ['receive', '-u', ...receiveFlagArgs(request), target];
}
