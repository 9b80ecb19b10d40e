/** How the window reaches the daemon: one JSON-RPC message per text, both ways. A WebSocket today, Electron's IPC beside it. */
export interface Transport {
  /** Sends one message; one that is sent after the end is lost. */
  send(text: string): void;
  /** Ends it; `closed` is told once, however it ends. */
  close(): void;
}

export interface TransportEvents {
  readonly opened: () => void;
  readonly message: (text: string) => void;
  readonly closed: () => void;
}

export type OpenTransport = (events: TransportEvents) => Transport;
