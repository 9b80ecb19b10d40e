/** Writes JSON-RPC messages to a stream, none longer than the other side reads. */
import { Buffer } from 'node:buffer';
import type { Writable } from 'node:stream';
import { AbstractMessageWriter, Message, type MessageWriter } from 'vscode-jsonrpc/node';
import { PROBLEM_ERROR_CODE } from '../contract.ts';
import { ProblemError } from '../problem.ts';

/** A reply that would be too long is replaced by an error that says so; any other message that long is refused. */
export class BoundedMessageWriter extends AbstractMessageWriter implements MessageWriter {
  readonly #stream: Writable;
  readonly #messageBytesMax: number;

  constructor(stream: Writable, messageBytesMax: number) {
    super();
    this.#stream = stream;
    this.#messageBytesMax = messageBytesMax;
    stream.on('error', (error) => this.fireError(error));
    stream.on('close', () => this.fireClose());
  }

  /** Resolves when the bytes were handed to the kernel, so that a caller who waits cannot outrun a slow reader. */
  async write(message: Message): Promise<void> {
    let body = Buffer.from(JSON.stringify(message));
    if (body.length > this.#messageBytesMax) {
      const problem = new ProblemError('output-too-large', {
        host: 'the daemon',
        limitBytes: String(this.#messageBytesMax),
      });
      if (!Message.isResponse(message)) throw problem;
      const error = { code: PROBLEM_ERROR_CODE, message: problem.message, data: problem.toProblem() };
      body = Buffer.from(JSON.stringify({ jsonrpc: '2.0', id: message.id, error }));
    }
    const header = Buffer.from(`Content-Length: ${body.length}\r\n\r\n`);
    await new Promise<void>((resolve, reject) => {
      this.#stream.write(Buffer.concat([header, body]), (error) => (error ? reject(error) : resolve()));
    });
  }

  end(): void {
    this.#stream.end();
  }
}
