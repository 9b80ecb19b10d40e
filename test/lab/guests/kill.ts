import type { Guest } from './run/guest.ts';

/** Outcome of {@link killProcess}. */
export interface Killed {
  readonly pids: readonly number[];
  /** Those still there after the deadline: a process in the kernel's state D does not die. */
  readonly left: readonly number[];
}

/**
 * Kills (SIGKILL) processes in a guest: one pid, or all whose whole command line matches an extended regular expression.
 * Waits until they are gone, up to `timeoutMs` (default 5 s); what is left then is reported and no error.
 */
export async function killProcess(guest: Guest, target: number | string, timeoutMs = 5_000): Promise<Killed> {
  // The script comes over standard input: on a command line, the pattern would match the shell that runs it.
  const find = typeof target === 'number' ? `echo ${target}` : `pgrep -f -- "$(echo ${encoded(target)} | base64 -d)"`;
  const script = `
pids=$(${find})
[ -n "$pids" ] && kill -9 $pids 2>/dev/null
n=0
while [ $n -lt ${Math.ceil(timeoutMs / 50)} ]; do
  left=
  for pid in $pids; do
    state=$(sed 's/.*) //; s/ .*//' /proc/$pid/stat 2>/dev/null)
    case "$state" in ''|Z) ;; *) left="$left $pid" ;; esac
  done
  [ -z "$left" ] && break
  n=$((n + 1)); sleep 0.05
done
echo "$pids" | tr '\\n' ' '; echo; echo "$left"
`;
  const [pids = '', left = ''] = (await guest.runOk(['sh', '-s'], { stdin: script })).split('\n');
  return { pids: numbers(pids), left: numbers(left) };
}

const encoded = (text: string): string => Buffer.from(text).toString('base64');

const numbers = (words: string): number[] =>
  words
    .split(/\s+/)
    .filter((word) => word !== '')
    .map(Number);
