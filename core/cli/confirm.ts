/**
 * `snapferry confirm NONCE`: an administrator agrees to what a user has asked for. Run as root: by hand with sudo, or started
 * with pkexec by the program that asks. It shows what would be done, and confirms exactly that.
 */
import type { ConsentShown } from '../api/consent.ts';
import { ProblemError } from '../api/problem.ts';
import { problemErrorOf } from '../api/wire/client.ts';
import type { CliContext } from './context.ts';
import { EXIT, type ExitCode } from './exit.ts';
import { type CliIo, printJson, printLines } from './io.ts';
import { visible } from './text/width.ts';
import { confirmTexts } from './texts-control.ts';

export interface ConfirmOptions {
  readonly socket: string;
  readonly nonce: string;
  /** Do not ask once more. */
  readonly yes: boolean;
  readonly json: boolean;
}

export async function confirmCommand(ctx: CliContext, { socket, nonce, yes, json }: ConfirmOptions): Promise<ExitCode> {
  const { io } = ctx;
  const { client, daemon } = await ctx.connect(socket, io.interrupted);
  try {
    if (!daemon.you.administrator) throw new ProblemError('not-permitted');
    if (!/^[0-9a-f]{32}$/.test(nonce)) throw new ProblemError('consent-unknown');
    const shown = await client.request('consent/show', { nonce }, io.interrupted);
    printLines(io.stderr, describe(shown));
    // Started by a desktop's dialog there is nobody to ask: the password was the answer.
    const agree = yes || !io.canAsk || (await agreed(io));
    const startedBy = startedByOf(io);
    const outcome = await client.request('consent/redeem', { nonce, digest: shown.digest, agree, startedBy });
    if (json) printJson(io.stdout, outcome);
    if (outcome.problem !== null) throw problemErrorOf(outcome.problem);
    if (!json) printLines(io.stdout, [outcome.state === 'done' ? confirmTexts.done : confirmTexts.refused]);
    return outcome.state === 'done' ? EXIT.ok : EXIT.cancelled;
  } finally {
    client.close();
  }
}

function describe({ user, uid, what, digest }: ConsentShown): string[] {
  const [first = '', ...rest] = what;
  return [
    confirmTexts.asks(visible(user), uid),
    `  ${visible(first)}`,
    ...rest.map((line) => `    ${visible(line)}`),
    confirmTexts.digest(digest),
  ];
}

/** Who has started pkexec, which clears the environment of its caller and sets this itself. */
function startedByOf({ env }: CliIo): number | null {
  const text = env.PKEXEC_UID ?? '';
  return /^\d{1,10}$/.test(text) ? Number(text) : null;
}

async function agreed(io: CliIo): Promise<boolean> {
  io.stderr.write(confirmTexts.question);
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const stop = io.onKey((key) => resolve(key === 'y' || key === 'Y'));
  io.interrupted.addEventListener('abort', () => resolve(false), { once: true });
  try {
    const answer = await promise;
    io.stderr.write(answer ? 'y\n' : 'n\n');
    return answer;
  } finally {
    stop();
  }
}
