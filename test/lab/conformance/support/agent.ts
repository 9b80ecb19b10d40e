/** The helper inside a guest that does one thing after another for the cases, over one kept connection. */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Host } from '../../../../core/host/types.ts';
import type { Guest } from '../../guests/index.ts';

export interface Agent {
  /** Does a deed of agent.pl. @throws Error with its words where it fails. */
  ask(...words: readonly string[]): Promise<readonly string[]>;
  /** Ends it; what it mounted stays. */
  end(): Promise<void>;
}

interface Waiting {
  resolve(words: readonly string[]): void;
  reject(reason: Error): void;
}

/** Takes answers off the front of what has come so far. */
function takeAnswer(buffer: Buffer): { readonly words: readonly string[]; readonly rest: Buffer } | null {
  const newline = buffer.indexOf(0x0a);
  if (newline < 0) return null;
  const lengths = buffer.toString('latin1', 0, newline).split(' ').map(Number);
  let start = newline + 1;
  if (buffer.length < start + lengths.reduce((sum, length) => sum + length, 0)) return null;
  const words = lengths.map((length) => {
    start += length;
    return buffer.toString('utf8', start - length, start);
  });
  return { words, rest: buffer.subarray(start) };
}

/** Brings the helper into a guest and starts it there. */
export async function startAgent(guest: Guest, host: Host): Promise<Agent> {
  const path = `/run/conformance-${randomBytes(4).toString('hex')}.pl`;
  await guest.copyIn(join(import.meta.dirname, 'agent.pl'), path);
  const command = await host.start(['/usr/bin/perl', path], {});
  const waiting: Waiting[] = [];
  let unread: Buffer = Buffer.alloc(0);
  let over: Error | null = null;
  command.stdout.on('data', (chunk: Buffer) => {
    unread = Buffer.concat([unread, chunk]);
    for (let answer = takeAnswer(unread); answer !== null; answer = takeAnswer(unread)) {
      unread = answer.rest;
      const [problem = '', ...words] = answer.words;
      const next = waiting.shift();
      if (problem === '') next?.resolve(words);
      else next?.reject(new Error(problem.trim()));
    }
  });
  const ended = command.ended.then(
    ({ stderr }) => new Error(`the helper in ${guest.name} has ended: ${stderr}`),
    (thrown: unknown) => (thrown instanceof Error ? thrown : new Error(String(thrown))),
  );
  ended.then((reason) => {
    over = reason;
    for (const each of waiting.splice(0)) each.reject(reason);
  });
  return {
    ask: (...words) =>
      new Promise((resolve, reject) => {
        if (over !== null) return reject(over);
        const bytes = words.map((word) => Buffer.from(word));
        waiting.push({ resolve, reject });
        command.stdin.write(Buffer.concat([Buffer.from(`${bytes.map(({ length }) => length).join(' ')}\n`), ...bytes]));
      }),
    end: async () => {
      command.stdin.end();
      await ended;
    },
  };
}
