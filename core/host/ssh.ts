/**
 * Another machine as a host: one ssh connection, one channel for each command. No user's ssh_config, no agent, no
 * password, no forwarding; the key of the machine is pinned or nothing is sent.
 */
import type { ClientChannel } from 'ssh2';
import { asProblemError, type ProblemCode, ProblemError } from '../api/problem.ts';
import { firstAnswering } from './addresses.ts';
import { runCollected, type StartCommand } from './collect.ts';
import { type HostKeyPin, pinFingerprint } from './host-key.ts';
import { readBounded, readIdentity } from './identity.ts';
import { KNOWN_HOSTS_LIMIT_BYTES, pinFromKnownHosts } from './known-hosts.ts';
import { type CommandObserver, registerCommand } from './registry.ts';
import { remoteCommandLine } from './remote-command.ts';
import { createSessionGate, SessionRefused } from './session-gate.ts';
import { KILL_GRACE_MS } from './spawn.ts';
import { type ChannelCommand, type ChannelSettings, followChannel } from './ssh-channel.ts';
import { createConnection, type LiveConnection } from './ssh-connection.ts';
import { dial, type SshTarget } from './ssh-dial.ts';
import { keyLogin } from './ssh-login.ts';
import type { Host } from './types.ts';
import { whenAborted } from './waiting.ts';

export interface SshHostOptions {
  /** As a person knows it; "user@address" if not given. */
  readonly label?: string;
  readonly address: string;
  /** Where the same machine may be found when it is not at `address`; only with the host key that is pinned for that. */
  readonly alsoAt?: readonly string[];
  /** Default 22. */
  readonly port?: number;
  readonly user: string;
  /** A private key without passphrase, readable by its owner only. */
  readonly identityFile: string;
  /** Fingerprint "SHA256:..." of the one trusted host key. Wins over `knownHostsFile`. */
  readonly hostKey?: string;
  /** Read anew for every connection. */
  readonly knownHostsFile?: string;
  /** Runs everything through `sudo -n`. */
  readonly sudo?: boolean;
  /** Default /usr/bin/sudo. */
  readonly sudoPath?: string;
  /** Time for connecting and logging in. Default 15 s. */
  readonly connectTimeoutMs?: number;
  /** A question to the other side this often; after `keepAliveCount` without an answer the connection counts as lost. */
  readonly keepAliveIntervalMs?: number;
  readonly keepAliveCount?: number;
  readonly onCommand?: CommandObserver;
  /** Monotonic milliseconds and a random number from 0 to 1, for the back-off. */
  readonly nowMs?: () => number;
  readonly random?: () => number;
}

export interface SshHost extends Host {
  /** The address at which the machine was met last; null while it was not. */
  readonly answeredAt: () => string | null;
}

/** Refusals that only a machine gives that is there. */
const ANSWERS: readonly ProblemCode[] = ['command-missing', 'command-failed', 'permission-denied'];

async function readPin(path: string, target: SshTarget): Promise<HostKeyPin> {
  const unpinned = (detail: string): ProblemError =>
    new ProblemError('host-key-unpinned', { host: target.label }, { detail });
  const content = await readBounded(path, KNOWN_HOSTS_LIMIT_BYTES).catch((thrown: unknown) => {
    throw unpinned(thrown instanceof Error ? thrown.message : String(thrown));
  });
  if (content === null) throw unpinned(`${path} is too long.`);
  const pin = pinFromKnownHosts(content.bytes.toString('utf8'), target.address, target.port);
  if (pin === null) throw unpinned(`${path} has no usable key of ${target.address}, port ${target.port}.`);
  return pin;
}

/**
 * A machine behind ssh. Nothing is opened before the first command. Throws `host-key-unpinned` when neither a readable
 * fingerprint nor a known_hosts file is given.
 */
export function createSshHost(options: SshHostOptions): SshHost {
  const label = options.label ?? `${options.user}@${options.address}`;
  const target: SshTarget = {
    label,
    address: options.address,
    port: options.port ?? 22,
    user: options.user,
    connectTimeoutMs: options.connectTimeoutMs ?? 15_000,
    keepAliveIntervalMs: options.keepAliveIntervalMs ?? 15_000,
    keepAliveCount: options.keepAliveCount ?? 4,
  };
  const { hostKey, knownHostsFile } = options;
  const fixedPin = hostKey === undefined ? null : pinFingerprint(hostKey);
  if (hostKey === undefined ? knownHostsFile === undefined : fixedPin === null) {
    const detail = hostKey === undefined ? '' : `Not a SHA256 fingerprint: ${hostKey.slice(0, 200)}`;
    throw new ProblemError('host-key-unpinned', { host: label }, { detail });
  }
  const wrapping = { sudo: options.sudo === true, sudoPath: options.sudoPath ?? '/usr/bin/sudo' };
  const gate = createSessionGate();
  let answeredAt: string | null = null;
  const connection = createConnection({
    host: label,
    dial: async (preferred, signal) => {
      const pin = fixedPin ?? (await readPin(knownHostsFile ?? '', target));
      const { identityFile } = options;
      const login = keyLogin(await readIdentity(identityFile), identityFile);
      const { address, dialled } = await firstAnswering([target.address, ...(options.alsoAt ?? [])], (at) =>
        dial({ ...target, address: at }, login, pin, signal, preferred),
      );
      answeredAt = address;
      return dialled;
    },
    nowMs: options.nowMs ?? (() => performance.now()),
    random: options.random ?? Math.random,
  });

  const open = (live: LiveConnection, line: string, settings: ChannelSettings): Promise<ChannelCommand> =>
    new Promise((resolve, reject) => {
      const refuse = (thrown: unknown): void => {
        const detail = thrown instanceof Error ? thrown.message : String(thrown);
        const lost = live.lostBy();
        const problem = lost ?? new ProblemError('command-failed', { host: label }, { detail, cause: thrown });
        const noSession = lost === undefined && thrown instanceof Error && 'reason' in thrown;
        reject(noSession ? new SessionRefused(problem) : problem);
      };
      try {
        live.client.exec(line, (thrown: Error | undefined, channel: ClientChannel) => {
          if (thrown !== undefined && thrown !== null) refuse(thrown);
          else resolve(followChannel(channel, settings));
        });
      } catch (thrown) {
        refuse(thrown);
      }
    });

  const start: StartCommand = async (argv, { signal, onStderrLine }) => {
    const line = remoteCommandLine(argv, wrapping, label);
    const live = await connection.acquire({ signal });
    const registration = registerCommand(label, argv, options.onCommand);
    const killSignal = wrapping.sudo ? 'TERM' : 'KILL';
    const settings: ChannelSettings = { host: label, argv, live, registration, killSignal, onStderrLine };
    const opening = gate.enter(signal, () => open(live, line, settings));
    opening.catch((thrown: unknown) => registration.lost(asProblemError(thrown)));
    const aborted = Promise.withResolvers<never>();
    const stopListening = whenAborted(signal, () => {
      aborted.reject(new ProblemError('command-aborted', { host: label }));
      // A half-dead machine may take long to answer; what it opens after all is ended then.
      opening.then(
        (late) => late.abort(KILL_GRACE_MS),
        () => undefined,
      );
    });
    opening.then((command) => command.ended.then(stopListening, stopListening), stopListening);
    return Promise.race([opening, aborted.promise]);
  };

  const unanswered = (cause: unknown): ProblemError =>
    new ProblemError('host-unreachable', { host: label }, { detail: 'It gave no answer in time.', cause });
  return {
    label,
    kind: 'ssh',
    answeredAt: () => answeredAt,
    run: (argv, runOptions) => runCollected(start, label, argv, runOptions),
    start,
    async ping({ signal, deadlineMs }) {
      const timeUp = AbortSignal.timeout(deadlineMs);
      const limit = signal === undefined ? timeUp : AbortSignal.any([timeUp, signal]);
      try {
        await connection.acquire({ signal: limit, insist: true });
        await runCollected(start, label, ['true'], { deadlineMs, signal: limit });
      } catch (thrown) {
        if (!(thrown instanceof ProblemError)) throw thrown;
        if (timeUp.aborted || thrown.code === 'command-timeout') throw unanswered(thrown);
        // Whatever it answers to the command, it answers: an account may be confined to other commands.
        if (!ANSWERS.includes(thrown.code)) throw thrown;
      }
    },
    close: () => connection.close(),
  };
}
