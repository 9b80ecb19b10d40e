/**
 * Where the streams of programs arrive that another process starts for us: a socket in a private folder. Each connection
 * begins with a word that was made up for it, and belongs to the program from then on.
 */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const WORD_BYTES = 16;
const LINE_CHARS = WORD_BYTES * 2 + 1;
const NEWLINE = 0x0a;

export interface ExpectedStream {
  readonly word: string;
  readonly socket: Promise<Socket>;
  /** It is not going to come, or not wanted any more. */
  cancel(): void;
}

export interface StreamServer {
  readonly path: string;
  expect(): ExpectedStream;
  close(): Promise<void>;
}

/** Listens in a folder that nobody else may enter (0700). */
export async function listenForStreams(): Promise<StreamServer> {
  const folder = await mkdtemp(join(tmpdir(), 'snapferry-'));
  const path = join(folder, 'streams');
  const expected = new Map<string, (socket: Socket) => void>();
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => undefined);
    afterWord(socket, (word) => {
      const take = expected.get(word);
      expected.delete(word);
      if (take === undefined) socket.destroy();
      else take(socket);
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, resolve);
  });
  // What runs keeps us alive, not that something may run.
  server.unref();
  return {
    path,
    expect() {
      const word = randomBytes(WORD_BYTES).toString('hex');
      const arrived = Promise.withResolvers<Socket>();
      expected.set(word, arrived.resolve);
      return {
        word,
        socket: arrived.promise,
        cancel() {
          expected.delete(word);
          void arrived.promise.then((socket) => socket.destroy());
        },
      };
    },
    async close() {
      server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/**
 * Reads the word and its newline, and leaves everything after it in the socket; by `read`, after which the socket is as if
 * nobody had listened yet. After `pause` it would not begin to flow when somebody does.
 */
function afterWord(socket: Socket, onWord: (word: string) => void): void {
  const onReadable = (): void => {
    const line: unknown = socket.read(LINE_CHARS);
    if (line === null) return;
    socket.off('readable', onReadable);
    if (line instanceof Buffer && line.length === LINE_CHARS && line[LINE_CHARS - 1] === NEWLINE) {
      onWord(line.toString('latin1', 0, LINE_CHARS - 1));
    } else {
      socket.destroy();
    }
  };
  socket.on('readable', onReadable);
}
