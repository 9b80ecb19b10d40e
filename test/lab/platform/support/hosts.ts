/** Guests as hosts of the engine, and hosts whose commands are tampered with on their way. */
import { createSshHost } from '../../../../core/host/ssh.ts';
import type { Argv, Host } from '../../../../core/host/types.ts';
import type { Guest } from '../../guests/index.ts';

/** The engine's own way to a guest; `port` where a link lies in between. */
export function hostOf(guest: Guest, port = guest.sshPort): Host {
  return createSshHost({
    label: guest.name,
    address: guest.sshHost,
    port,
    user: guest.sshUser,
    identityFile: guest.identityFile,
    hostKey: guest.hostKeySha256,
  });
}

/**
 * A host that answers for itself what never changes while it is up: what its zfs is, and what its pools can do. Every
 * OpenZFS on top of it would ask anew, and an emulated machine takes its time.
 */
export function rememberingProbes(host: Host): Host {
  const answers = new Map<string, ReturnType<Host['run']>>();
  return {
    ...tamperedHost(host, (argv) => argv),
    run: (argv, options) => {
      const probe = argv.length === 2 || argv.some((word) => word.startsWith('feature@'));
      const key = argv.join('\n');
      const answer = (probe ? answers.get(key) : undefined) ?? host.run(argv, options);
      if (probe) {
        answers.set(key, answer);
        answer.catch(() => answers.delete(key));
      }
      return answer;
    },
  };
}

/** A host on which every command is looked at first: what comes back runs instead of it. A promise may hold it up. */
export function tamperedHost(host: Host, tamper: (argv: Argv) => Argv | Promise<Argv>): Host {
  return {
    label: host.label,
    kind: host.kind,
    run: async (argv, options) => host.run(await tamper(argv), options),
    start: async (argv, options) => host.start(await tamper(argv), options),
    ping: (options) => host.ping(options),
    close: () => host.close(),
  };
}

/** `zfs send` itself, not a dry run and not the usage text. */
export function isSend(argv: Argv): boolean {
  return argv[1] === 'send' && argv.length > 2 && !argv.includes('-n');
}

export function isReceive(argv: Argv): boolean {
  return argv[1] === 'receive' && argv.length > 2 && !argv.includes('-A');
}

/** The command of a send whose stream ends after so many bytes, as if that had been all of it. */
export function cutShort(argv: Argv, bytes: number): Argv {
  return ['/bin/sh', '-c', `"$@" | head -c ${bytes}`, 'cut', ...argv];
}

/** The command of a receive that is killed by SIGKILL once it was given so many bytes. */
export function killedAfter(argv: Argv, bytes: number): Argv {
  const script = `fifo=$(mktemp -u); mkfifo "$fifo"; "$@" < "$fifo" & pid=$!
exec 3> "$fifo"; rm "$fifo"; head -c ${bytes} >&3; kill -9 $pid; exec 3>&-; wait $pid`;
  return ['/bin/sh', '-c', script, 'killed', ...argv];
}

/** A host whose sends end after so many bytes. */
export function partialSends(host: Host, bytes: number): Host {
  return tamperedHost(host, (argv) => (isSend(argv) ? cutShort(argv, bytes) : argv));
}

/** A command that fails with these words. */
export function failing(words: string): Argv {
  return ['/bin/sh', '-c', 'echo "$1" >&2; exit 1', 'fail', words];
}

/** A host whose first sends end after so many bytes; later ones are whole. */
export function cutFirstSends(host: Host, bytes: number, times: number): Host {
  let left = times;
  return tamperedHost(host, (argv) => (isSend(argv) && left-- > 0 ? cutShort(argv, bytes) : argv));
}

/** A host whose zfs is older than encryption: it has no such command, and no such property. */
export function hidingEncryption(host: Host): Host {
  return tamperedHost(host, (argv) => {
    if (argv[1] === 'load-key') return failing("unrecognized command 'load-key'");
    const asked = argv.flatMap((word) => word.split(','));
    const unknown = asked.find((word) => /^(encryption|encryptionroot|keystatus|keyformat|pbkdf2salt)$/.test(word));
    return unknown === undefined ? argv : failing(`bad property list: invalid property '${unknown}'`);
  });
}
