/**
 * The bus of the person's session, as little of it as is needed: calls with a deadline whose replies are checked, signals, and
 * objects of our own. Whatever another program sends, it gets an error at most.
 */
import { connect, type Socket } from 'node:net';
import type { z } from 'zod';
import type { Clock } from '../../core/api/clock.ts';
import { unixSockets } from './address.ts';
import { type Exported, type ExportedObject, introspection } from './exported.ts';
import { MESSAGE_TYPE, NO_REPLY_EXPECTED, openWire, type Wire, type WireMessage } from './wire.ts';

const CALL_MS = 5_000;
const BUS = { destination: 'org.freedesktop.DBus', path: '/org/freedesktop/DBus', interface: 'org.freedesktop.DBus' };
const PROPERTIES = 'org.freedesktop.DBus.Properties';

export interface Call<R> {
  readonly destination: string;
  readonly path: string;
  readonly interface: string;
  readonly member: string;
  readonly signature?: string;
  readonly body?: readonly unknown[];
  /** Checks the values of the reply. */
  readonly reply: z.ZodType<R>;
}

export interface SignalRule {
  readonly sender: string;
  readonly path: string;
  readonly interface: string;
  readonly member: string;
}

/** What went wrong with a call, by the name that the other end gave it. */
export class BusError extends Error {
  override readonly name = 'BusError';
}

interface Waiting {
  readonly resolve: (body: readonly unknown[]) => void;
  readonly reject: (error: BusError) => void;
}

export interface Bus {
  /** Rejects with a `BusError`: refused, not in time, or a reply of another form. */
  call<R>(call: Call<R>): Promise<R>;
  /** Calls the listener with the values of every such signal. Returns how to stop that. */
  onSignal(rule: SignalRule, listener: (body: readonly unknown[]) => void): () => void;
  /** Offers an object at a path. */
  offer(path: string, object: ExportedObject): void;
  /** Sends a signal of an object that was offered. */
  signal(path: string, iface: string, member: string, body: readonly unknown[]): void;
  /** Settles when the connection has ended. */
  readonly closed: Promise<void>;
  close(): void;
}

/** Connects to the first address that answers. Rejects when none does. */
export async function openBus(address: string, clock: Clock): Promise<Bus> {
  let failure: unknown = new BusError(`no Unix socket in "${address}"`);
  for (const path of unixSockets(address)) {
    try {
      return await SessionBus.over(await openSocket(path), clock);
    } catch (thrown) {
      failure = thrown;
    }
  }
  throw failure;
}

function openSocket(path: string): Promise<Socket> {
  const { promise, resolve, reject } = Promise.withResolvers<Socket>();
  const socket = connect({ path });
  socket.once('connect', () => resolve(socket));
  socket.once('error', reject);
  return promise;
}

class SessionBus implements Bus {
  readonly closed: Promise<void>;
  readonly #clock: Clock;
  readonly #wire: Wire;
  readonly #waiting = new Map<number, Waiting>();
  readonly #objects = new Map<string, ExportedObject>();
  readonly #listeners = new Map<string, Set<(body: readonly unknown[]) => void>>();
  #serial = 0;
  #open = true;

  private constructor(stream: Socket, clock: Clock) {
    this.#clock = clock;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.closed = promise;
    this.#wire = openWire(
      stream,
      (message) => this.#hear(message),
      () => {
        this.#open = false;
        for (const waiting of this.#waiting.values()) waiting.reject(new BusError('the bus has gone'));
        this.#waiting.clear();
        resolve();
      },
    );
  }

  static async over(stream: Socket, clock: Clock): Promise<SessionBus> {
    const bus = new SessionBus(stream, clock);
    await bus.#wire.ready;
    await bus.#ask({ ...BUS, member: 'Hello' });
    return bus;
  }

  async call<R>(call: Call<R>): Promise<R> {
    const body = await this.#ask(call);
    const reply = call.reply.safeParse(body);
    if (reply.success) return reply.data;
    throw new BusError(`the answer to ${call.member} has another form: ${reply.error.message}`);
  }

  onSignal(rule: SignalRule, listener: (body: readonly unknown[]) => void): () => void {
    const key = signalKey(rule);
    const all = this.#listeners.get(key) ?? new Set();
    this.#listeners.set(key, all);
    all.add(listener);
    const match = `type='signal',sender='${rule.sender}',path='${rule.path}',interface='${rule.interface}',member='${rule.member}'`;
    void this.#ask({ ...BUS, member: 'AddMatch', signature: 's', body: [match] }).catch(() => {});
    return () => all.delete(listener);
  }

  offer(path: string, object: ExportedObject): void {
    this.#objects.set(path, object);
  }

  signal(path: string, iface: string, member: string, body: readonly unknown[]): void {
    const signature = this.#objects.get(path)?.[iface]?.signals[member];
    if (signature === undefined) throw new BusError(`there is no signal ${iface}.${member} at ${path}`);
    this.#send({ type: MESSAGE_TYPE.signal, path, interface: iface, member, ...values(signature, body) });
  }

  close(): void {
    this.#wire.close();
  }

  async #ask(call: Omit<Call<unknown>, 'reply'>): Promise<readonly unknown[]> {
    if (!this.#open) throw new BusError('the bus has gone');
    const { promise, resolve, reject } = Promise.withResolvers<readonly unknown[]>();
    const { destination, path, member, signature = '', body = [] } = call;
    const serial = this.#send({
      type: MESSAGE_TYPE.call,
      destination,
      path,
      interface: call.interface,
      member,
      ...values(signature, body),
    });
    this.#waiting.set(serial, { resolve, reject });
    const settled = new AbortController();
    this.#clock.sleep(CALL_MS, settled.signal).then(
      () => reject(new BusError(`no answer to ${member}`)),
      () => {},
    );
    try {
      return await promise;
    } finally {
      this.#waiting.delete(serial);
      settled.abort();
    }
  }

  #send(message: object): number {
    this.#serial += 1;
    this.#wire.send({ ...message, serial: this.#serial });
    return this.#serial;
  }

  #hear(message: WireMessage): void {
    const body = message.body ?? [];
    switch (message.type) {
      case MESSAGE_TYPE.reply:
        this.#waiting.get(message.replySerial ?? 0)?.resolve(body);
        break;
      case MESSAGE_TYPE.error:
        this.#waiting
          .get(message.replySerial ?? 0)
          ?.reject(new BusError(message.errorName ?? 'an error without a name'));
        break;
      case MESSAGE_TYPE.signal:
        this.#hearSignal(message, body);
        break;
      default:
        void this.#answer(message, body);
    }
  }

  /** The bus lets through what a rule of ours asked for by its sender; here it is found again by the rest. */
  #hearSignal(message: WireMessage, body: readonly unknown[]): void {
    const { path = '', member = '' } = message;
    for (const hear of this.#listeners.get(signalKey({ path, interface: message.interface ?? '', member })) ?? []) {
      hear(body);
    }
  }

  async #answer(message: WireMessage, body: readonly unknown[]): Promise<void> {
    let reply: object;
    try {
      const { signature, results } = await this.#perform(message, body);
      reply = { type: MESSAGE_TYPE.reply, ...values(signature, results) };
    } catch (thrown) {
      const name = thrown instanceof BusError ? thrown.message : 'org.freedesktop.DBus.Error.Failed';
      reply = { type: MESSAGE_TYPE.error, errorName: name, ...values('s', ['Snapferry does not do this.']) };
    }
    if ((message.flags & NO_REPLY_EXPECTED) !== 0) return;
    try {
      this.#send({ ...reply, replySerial: message.serial, destination: message.sender });
    } catch {
      // A value that cannot be written is a defect of ours; the caller must not wait for it.
      const refusal = { type: MESSAGE_TYPE.error, errorName: 'org.freedesktop.DBus.Error.Failed' };
      this.#send({ ...refusal, replySerial: message.serial, destination: message.sender });
    }
  }

  async #perform(
    message: WireMessage,
    body: readonly unknown[],
  ): Promise<{ readonly signature: string; readonly results: readonly unknown[] }> {
    const { member = '', signature = '' } = message;
    const iface = message.interface ?? '';
    const object = this.#objects.get(message.path ?? '');
    if (iface === 'org.freedesktop.DBus.Peer' && member === 'Ping') return { signature: '', results: [] };
    if (object === undefined) throw new BusError('org.freedesktop.DBus.Error.UnknownObject');
    if (iface === 'org.freedesktop.DBus.Introspectable') return { signature: 's', results: [introspection(object)] };
    if (iface === PROPERTIES) return property(object, member, body);
    const exported = Object.hasOwn(object, iface) ? object[iface] : undefined;
    const method =
      exported !== undefined && Object.hasOwn(exported.methods, member) ? exported.methods[member] : undefined;
    if (method === undefined) throw new BusError('org.freedesktop.DBus.Error.UnknownMethod');
    if (method.in !== signature) throw new BusError('org.freedesktop.DBus.Error.InvalidArgs');
    return { signature: method.out, results: await method.call(body) };
  }
}

function property(object: ExportedObject, member: string, [iface, name]: readonly unknown[]) {
  const exported: Exported | undefined =
    typeof iface === 'string' && Object.hasOwn(object, iface) ? object[iface] : undefined;
  if (exported === undefined) throw new BusError('org.freedesktop.DBus.Error.UnknownInterface');
  const properties = exported.properties();
  if (member === 'GetAll') return { signature: 'a{sv}', results: [Object.entries(properties)] };
  const found = typeof name === 'string' && Object.hasOwn(properties, name) ? properties[name] : undefined;
  if (member !== 'Get' || found === undefined) throw new BusError('org.freedesktop.DBus.Error.UnknownProperty');
  return { signature: 'v', results: [found] };
}

function signalKey(rule: { readonly path: string; readonly interface: string; readonly member: string }): string {
  return `${rule.path} ${rule.interface} ${rule.member}`;
}

/** The library writes no body for an empty signature, and takes none. */
function values(signature: string, body: readonly unknown[]): object {
  return signature === '' ? {} : { signature, body };
}
