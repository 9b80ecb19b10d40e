/** Puts a public key into `authorized_keys` of another machine, once, with the password of the account there. */
import type { Client } from 'ssh2';
import { invariant, ProblemError } from '../api/problem.ts';
import { pinFingerprint } from './host-key.ts';
import { quoteArgv } from './quote.ts';
import { dial } from './ssh-dial.ts';
import { passwordLogin } from './ssh-login.ts';
import { whenAborted } from './waiting.ts';

const CONNECT_TIMEOUT_MS = 15_000;
const OUTPUT_CHARS_MAX = 4096;
const PUBLIC_LINE = /^(ssh-ed25519 [A-Za-z0-9+/]{20,800}={0,2}) [A-Za-z0-9@.-]{1,400}$/;

export interface KeyPlace {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  /** Fingerprint that the machine must show; before it has, nothing is sent. */
  readonly hostKey: string;
}

/**
 * What runs there, with the line as `$1` and its key as `$2`: nothing of either is part of it. No quotation marks and no line
 * ends, so that every login shell passes it on as it is. What stands there already in whatever form counts, but for comments.
 */
const SCRIPT = [
  'umask 077',
  'cd || exit 1',
  'mkdir -p .ssh || exit 1',
  'f=.ssh/authorized_keys',
  'if [ -e "$f" ] && grep -v "^[[:space:]]*#" "$f" | grep -qF -e "$2"; then echo present; exit 0; fi',
  // A last line without an end would become one with ours.
  'if [ -s "$f" ] && [ -n "$(tail -c 1 "$f")" ]; then echo >> "$f" || exit 1; fi',
  'printf "%s\\n" "$1" >> "$f" || exit 1',
  // sshd does not heed what others may write to.
  'chmod go-w .ssh "$f"',
  'echo added',
].join('; ');

/** The command for the login shell there. `restrict` lets the key run commands and nothing else: no terminal, no tunnels. */
export function bringKeyCommand(publicLine: string): string {
  const key = PUBLIC_LINE.exec(publicLine)?.[1];
  invariant(key !== undefined, 'a public line of our own has another form');
  return quoteArgv(['/usr/bin/env', 'LC_ALL=C', '/bin/sh', '-c', SCRIPT, 'snapferry', `restrict ${publicLine}`, key]);
}

/**
 * Logs in with the password, adds the line unless the key is there already, and logs out. The password is kept nowhere and is part
 * of no command, message or error. Errors: those of `dial` with `password-refused` for the login, `host-key-unpinned`,
 * `key-not-brought`.
 */
export async function bringKey(
  place: KeyPlace,
  password: string,
  publicLine: string,
  signal: AbortSignal,
): Promise<'added' | 'present'> {
  const { host, port, user, hostKey } = place;
  const command = bringKeyCommand(publicLine);
  const pin = pinFingerprint(hostKey);
  if (pin === null) throw new ProblemError('host-key-unpinned', { host });
  const target = {
    label: `${user}@${host}`,
    address: host,
    port,
    user,
    connectTimeoutMs: CONNECT_TIMEOUT_MS,
    keepAliveIntervalMs: CONNECT_TIMEOUT_MS,
    keepAliveCount: 1,
  };
  const { client } = await dial(target, passwordLogin(password), pin, signal);
  try {
    const said = await run(client, host, command, signal);
    const outcome = said.stdout.trim();
    if (outcome === 'added' || outcome === 'present') return outcome;
    throw new ProblemError('key-not-brought', { host, user }, { detail: said.stderr || said.stdout });
  } finally {
    client.destroy();
  }
}

/** Whatever it prints, bounded; what the exit status says, its last word says too. */
function run(
  client: Client,
  host: string,
  command: string,
  signal: AbortSignal,
): Promise<{ readonly stdout: string; readonly stderr: string }> {
  return new Promise((resolve, reject) => {
    const stop = whenAborted(signal, () => reject(new ProblemError('command-aborted')));
    const settle = (act: () => void): void => {
      stop();
      act();
    };
    client.once('close', () => settle(() => reject(new ProblemError('connection-lost', { host }))));
    client.exec(command, (error, channel) => {
      if (error) {
        settle(() => reject(error));
        return;
      }
      const said = { stdout: '', stderr: '' };
      const collect = (stream: 'stdout' | 'stderr') => (chunk: Buffer) => {
        said[stream] = (said[stream] + chunk.toString('utf8')).slice(0, OUTPUT_CHARS_MAX);
      };
      channel.on('data', collect('stdout'));
      channel.stderr.on('data', collect('stderr'));
      channel.on('error', (thrown: Error) => settle(() => reject(thrown)));
      channel.once('close', () => settle(() => resolve(said)));
    });
  });
}
