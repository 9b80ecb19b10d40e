/** Which way there is to the shell of this window. */
import { BRIDGE_NAME, type ShellBridge } from '../../core/api/shell-bridge.ts';
import type { OpenTransport } from './transport.ts';
import { rpcUrl, webSocketTransport } from './web-socket.ts';

/** What is looked at of the browser's `window`. */
export interface PageWorld {
  readonly [BRIDGE_NAME]?: unknown;
  readonly location: { readonly href: string };
}

/** The bridge, where Electron's preload script has put one into the page; a WebSocket to the server of the page otherwise. */
export function transportOf(world: PageWorld): OpenTransport {
  const bridge = world[BRIDGE_NAME];
  if (isBridge(bridge)) return (events) => bridge.connect(events);
  return webSocketTransport(rpcUrl(new URL(world.location.href)));
}

function isBridge(value: unknown): value is ShellBridge {
  return typeof value === 'object' && value !== null && 'connect' in value && typeof value.connect === 'function';
}
