/** How the window reaches the daemon: one JSON-RPC message per text, both ways. A WebSocket in a browser, IPC in Electron. */
import type { BridgeConnection, BridgeEvents } from '../../core/api/shell-bridge.ts';

export type Transport = BridgeConnection;
export type TransportEvents = BridgeEvents;

/** `closed` is told once, however it ends. */
export type OpenTransport = (events: TransportEvents) => Transport;
