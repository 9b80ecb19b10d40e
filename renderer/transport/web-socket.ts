import type { OpenTransport } from './transport.ts';

/** Where the shell that served the page listens for messages. */
export const RPC_PATH = '/rpc';

/** A WebSocket to the shell that served this page. Only text is heard. */
export function webSocketTransport(url: URL): OpenTransport {
  return ({ opened, message, closed }) => {
    const socket = new WebSocket(url);
    socket.addEventListener('open', opened);
    socket.addEventListener('message', ({ data }) => {
      if (typeof data === 'string') message(data);
    });
    // An error is always followed by the end.
    socket.addEventListener('close', closed, { once: true });
    return {
      send: (text) => {
        if (socket.readyState === WebSocket.OPEN) socket.send(text);
      },
      close: () => socket.close(),
    };
  };
}

/** The address of the messages beside a page. */
export function rpcUrl(page: URL): URL {
  const url = new URL(RPC_PATH, page);
  url.protocol = page.protocol === 'https:' ? 'wss:' : 'ws:';
  return url;
}
