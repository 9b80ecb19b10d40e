import { PROBLEM_ERROR_CODE, PROTOCOLS, STATUS_CHANGED } from '../../../../core/api/contract.ts';
import type { ProblemError } from '../../../../core/api/problem.ts';
import type { DaemonStatus, JobStatus } from '../../../../core/api/status.ts';
import type { OpenTransport, Transport, TransportEvents } from '../../../../renderer/transport/transport.ts';

interface Message {
  readonly id: number;
  readonly method: string;
  readonly params: unknown;
}

/** The other end of a transport: connections that a test opens, answers and ends. */
export class FakeEnd {
  readonly connections: FakeConnection[] = [];

  readonly open: OpenTransport = (events) => {
    const connection = new FakeConnection(events);
    this.connections.push(connection);
    return connection;
  };

  /** The newest. */
  get last(): FakeConnection {
    const last = this.connections.at(-1);
    if (last === undefined) throw new Error('nobody has connected');
    return last;
  }
}

export class FakeConnection implements Transport {
  readonly events: TransportEvents;
  readonly received: Message[] = [];
  ended = false;

  constructor(events: TransportEvents) {
    this.events = events;
  }

  send(text: string): void {
    this.received.push(JSON.parse(text) as Message);
  }

  close(): void {
    if (this.ended) return;
    this.ended = true;
    this.events.closed();
  }

  say(message: object): void {
    this.events.message(JSON.stringify({ jsonrpc: '2.0', ...message }));
  }

  /** Answers the oldest request of that method that is still open. */
  answer(method: string, result: unknown): void {
    this.say({ id: this.#take(method), result });
  }

  refuse(method: string, error: ProblemError): void {
    this.say({
      id: this.#take(method),
      error: { code: PROBLEM_ERROR_CODE, message: 'refused', data: error.toProblem() },
    });
  }

  hello(protocol: number = PROTOCOLS.newest): void {
    this.answer('hello', {
      protocol,
      protocols: { oldest: protocol, newest: protocol },
      version: '0.1.0',
      configFile: '/etc/snapferry/snapferry.yml',
      features: [],
      you: { uid: 1000, user: 'ada', administrator: false },
    });
  }

  changed(status: DaemonStatus, jobs: readonly JobStatus[]): void {
    const { revision, nowMs, commands, state, paused, conditions } = status;
    this.say({ method: STATUS_CHANGED, params: { revision, nowMs, jobs, commands, state, paused, conditions } });
  }

  #take(method: string): number {
    const at = this.received.findIndex((message) => message.method === method);
    const [message] = at < 0 ? [] : this.received.splice(at, 1);
    if (message === undefined) throw new Error(`nobody asked ${method}`);
    return message.id;
  }
}
