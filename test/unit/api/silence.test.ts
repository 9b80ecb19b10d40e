import { describe, expect, it } from 'vitest';
import { HEARTBEAT_MS } from '../../../core/api/contract.ts';
import { closeWhenSilent } from '../../../core/api/wire/silence.ts';
import { FakeClock } from '../helper/support/fake-clock.ts';

/** A connection that tells when it was closed, and says something when it is told to. */
class FakeConnection {
  isClosed = false;
  readonly #words = new Set<() => void>();
  readonly #closing = Promise.withResolvers<void>();
  readonly closed = this.#closing.promise;

  onWord(listener: () => void): () => void {
    this.#words.add(listener);
    return () => this.#words.delete(listener);
  }

  say(): void {
    for (const hear of this.#words) hear();
  }

  close(): void {
    this.isClosed = true;
    this.#closing.resolve();
  }

  get listenerCount(): number {
    return this.#words.size;
  }
}

describe('silence', () => {
  it('closes the connection when two heartbeats were missed, not when one was', async () => {
    const [clock, connection] = [new FakeClock(), new FakeConnection()];
    const watching = closeWhenSilent(connection, HEARTBEAT_MS, clock);
    await clock.advance(HEARTBEAT_MS);
    expect(connection.isClosed).toBe(false);
    await clock.advance(HEARTBEAT_MS);
    expect(connection.isClosed).toBe(true);
    await watching;
    expect(connection.listenerCount).toBe(0);
  });

  it('lets every word count as a sign of life', async () => {
    const [clock, connection] = [new FakeClock(), new FakeConnection()];
    void closeWhenSilent(connection, HEARTBEAT_MS, clock);
    for (let beat = 0; beat < 20; beat += 1) {
      await clock.advance(HEARTBEAT_MS);
      connection.say();
    }
    // The rest of the period of the last word, then two without any.
    for (const closed of [false, false, true]) {
      expect(connection.isClosed).toBe(false);
      await clock.advance(HEARTBEAT_MS);
      expect(connection.isClosed).toBe(closed);
    }
  });

  it('does not call a daemon dead because the machine was asleep', async () => {
    const [clock, connection] = [new FakeClock(), new FakeConnection()];
    void closeWhenSilent(connection, HEARTBEAT_MS, clock);
    await clock.advance(HEARTBEAT_MS * 3000);
    expect(connection.isClosed).toBe(false);
  });

  it('lets a daemon be silent that promised nothing', async () => {
    const [clock, connection] = [new FakeClock(), new FakeConnection()];
    await closeWhenSilent(connection, undefined, clock);
    await clock.advance(HEARTBEAT_MS * 10);
    expect(connection.isClosed).toBe(false);
  });

  it('ends with the connection', async () => {
    const [clock, connection] = [new FakeClock(), new FakeConnection()];
    const watching = closeWhenSilent(connection, HEARTBEAT_MS, clock);
    connection.close();
    await watching;
    expect(connection.listenerCount).toBe(0);
  });
});
