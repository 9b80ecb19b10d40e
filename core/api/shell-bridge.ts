/** What a page finds in its `window` where the shell is Electron: a way to send and hear texts, and nothing else. */

/** The name in `window`. */
export const BRIDGE_NAME = 'snapferry';

/** One JSON-RPC message per text, both ways. */
export interface BridgeConnection {
  /** Sends one message; one that is sent after the end is lost. */
  readonly send: (text: string) => void;
  /** Ends it; `closed` is told once, however it ends. */
  readonly close: () => void;
}

export interface BridgeEvents {
  readonly opened: () => void;
  readonly message: (text: string) => void;
  readonly closed: () => void;
}

export interface ShellBridge {
  /** Opens a connection to the shell. A page has one at a time: a new one ends the one before. */
  readonly connect: (events: BridgeEvents) => BridgeConnection;
}
