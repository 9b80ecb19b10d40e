/** Reads JSON-RPC messages from a stream with bounds; stands in front of vscode-jsonrpc, whose own reader has none. */
import type { Readable } from 'node:stream';
import { AbstractMessageReader, type DataCallback, type Disposable } from 'vscode-jsonrpc/node';
import { isEnvelope } from './envelope.ts';
import { FrameError, type FrameLimits, FrameSplitter } from './frame.ts';

/**
 * Whole, well-formed messages only. Anything else raises `onError` once and destroys the stream: after a malformed message
 * there is no telling where the next one begins.
 */
export class BoundedMessageReader extends AbstractMessageReader {
  readonly #stream: Readable;
  readonly #splitter: FrameSplitter;
  #ended = false;

  constructor(stream: Readable, limits: FrameLimits) {
    super();
    this.#stream = stream;
    this.#splitter = new FrameSplitter(limits);
  }

  listen(callback: DataCallback): Disposable {
    const onData = (chunk: Buffer): void => this.#onData(chunk, callback);
    const onError = (error: Error): void => this.fireError(error);
    const onClose = (): void => this.fireClose();
    this.#stream.on('data', onData);
    this.#stream.on('error', onError);
    this.#stream.on('close', onClose);
    return {
      dispose: () => {
        this.#stream.off('data', onData);
        this.#stream.off('error', onError);
        this.#stream.off('close', onClose);
      },
    };
  }

  #onData(chunk: Buffer, callback: DataCallback): void {
    if (this.#ended) return;
    try {
      for (const body of this.#splitter.push(chunk)) {
        callback(parseMessage(body));
      }
    } catch (error) {
      this.#ended = true;
      this.fireError(error);
      this.#stream.destroy();
    }
  }
}

function parseMessage(body: Buffer): Parameters<DataCallback>[0] {
  const text = new TextDecoder('utf-8', { fatal: true }).decode(body);
  const value: unknown = JSON.parse(text);
  if (!isEnvelope(value)) throw new FrameError('not a JSON-RPC message');
  return value;
}
