/**
 * Stands in front of zfs in a guest. At the moment of a point it says that it is reached and holds the command still, so that
 * the deed falls exactly there: nothing depends on how fast the guest is. Everything else goes straight to the real zfs.
 */
import { shellQuote } from '../guests/index.ts';
import type { Trigger } from './points.ts';

/** Files by which the stand-in and the test talk, below a folder that a reset empties: after it the stand-in is disarmed. */
export const FILES = { armed: 'armed', count: 'count', reached: 'reached', go: 'go', lock: 'lock' } as const;

export interface StandInPaths {
  /** The real program; not the path that the stand-in is mounted over. */
  readonly zfs: string;
  readonly folder: string;
}

/** What the stand-in reads once it is armed. Lines: pattern, number, moment, bytes. */
export function armedText({ pattern, nth, moment }: Trigger): string {
  if (pattern.includes('\n')) throw new RangeError('a pattern is one line');
  if (!Number.isSafeInteger(nth) || nth < 1) throw new RangeError(`no number of a command: ${nth}`);
  const [word, bytes] = typeof moment === 'string' ? [moment, 0] : ['within', moment.afterBytes];
  if (!Number.isSafeInteger(bytes) || bytes < 0) throw new RangeError(`no number of bytes: ${bytes}`);
  return `${pattern}\n${nth}\n${word}\n${bytes}\n`;
}

/**
 * The stand-in, for bash. Counts matching commands under a lock, since several run at a time. Within a stream, the bytes up to
 * the moment have gone through the pipe and the real zfs still runs. Ends with the exit code of the real zfs.
 */
export function standIn({ zfs, folder }: StandInPaths): string {
  return `#!/bin/bash
zfs=${shellQuote([zfs])}
cd ${shellQuote([folder])} 2>/dev/null && [ -e ${FILES.armed} ] || exec "$zfs" "$@"
{ read -r pattern; read -r nth; read -r moment; read -r bytes; } < ${FILES.armed}
[[ "$*" =~ $pattern ]] || exec "$zfs" "$@"
exec 9> ${FILES.lock}
flock 9
count=$(( $(cat ${FILES.count} 2>/dev/null || echo 0) + 1 ))
echo "$count" > ${FILES.count}
exec 9>&-
[ "$count" -eq "$nth" ] || exec "$zfs" "$@"
hold() {
  echo "$*" > ${FILES.reached}.new && mv ${FILES.reached}.new ${FILES.reached}
  until [ -e ${FILES.go} ]; do sleep 0.05; done
}
case "$moment" in
  before) hold "$@"; exec "$zfs" "$@" ;;
  after) "$zfs" "$@"; code=$?; hold "$@" > /dev/null; exit "$code" ;;
esac
pass() { head -c "$bytes"; hold "$@"; exec cat; }
case "$1" in
  send) "$zfs" "$@" | pass "$@"; exit "\${PIPESTATUS[0]}" ;;
  *) pass "$@" | "$zfs" "$@"; exit "\${PIPESTATUS[1]}" ;;
esac
`;
}
