/** The page's end of the connection, as the preload script offers it. Runs in the sandbox, beside the page and apart from it. */
import { REQUEST_BYTES_MAX } from '../../core/api/message-bounds.ts';
import type { BridgeEvents, ShellBridge } from '../../core/api/shell-bridge.ts';
import { TO_PAGE, TO_SHELL, type ToPage, type ToShell } from './channels.ts';

/** What is used of Electron's `ipcRenderer`. */
export interface IpcRendererPort {
  send(channel: string, message: ToShell): void;
  on(channel: string, listener: (event: unknown, message: ToPage) => void): unknown;
}

/** The page never sees the channels: it can send texts over the connection it has, and that is all. */
export function bridgeOf(ipc: IpcRendererPort): ShellBridge {
  let connection = 0;
  let events: BridgeEvents | null = null;

  const end = (): void => {
    const ended = events;
    events = null;
    ended?.closed();
  };
  ipc.on(TO_PAGE, (_event, message) => {
    if (message.connection !== connection || events === null) return;
    switch (message.kind) {
      case 'opened':
        events.opened();
        break;
      case 'text':
        events.message(message.text);
        ipc.send(TO_SHELL, { kind: 'heard', connection });
        break;
      case 'closed':
        end();
        break;
    }
  });

  return {
    connect: (wanted) => {
      end();
      connection += 1;
      events = wanted;
      const own = connection;
      ipc.send(TO_SHELL, { kind: 'open', connection: own });
      const isOpen = (): boolean => own === connection && events !== null;
      return {
        send: (text) => {
          // What is not text, or longer than any request, would only be refused at the other end.
          if (typeof text !== 'string' || text.length > REQUEST_BYTES_MAX || !isOpen()) return;
          ipc.send(TO_SHELL, { kind: 'text', connection: own, text });
        },
        close: () => {
          if (!isOpen()) return;
          ipc.send(TO_SHELL, { kind: 'close', connection: own });
          end();
        },
      };
    },
  };
}
