/**
 * What no page gets, whatever it asks for: permissions, devices, downloads, other addresses, other windows, the network. The
 * window needs none of it, so there are no exceptions to get wrong but one, to copy text to the clipboard.
 */

import { isOurs } from './place.ts';
import type { AppPort, ContentsPort, Preventable, SessionPort } from './port.ts';

/** Copying what is shown, after a click. */
const ALLOWED_PERMISSION = 'clipboard-sanitized-write';

/** Before Electron is ready: no page without a sandbox, and no name that could be looked up in the network. */
export function wallsOfApp(app: AppPort): void {
  app.enableSandbox();
  app.commandLine.appendSwitch('host-resolver-rules', 'MAP * ~NOTFOUND');
  app.commandLine.appendSwitch('disable-background-networking');
  app.on('web-contents-created', (_event, contents) => wallsOfContents(contents));
}

export function wallsOfSession(session: SessionPort): void {
  session.webRequest.onBeforeRequest(({ url }, answer) => answer({ cancel: !isOurs(url) }));
  session.setPermissionRequestHandler((_contents, permission, answer) => answer(permission === ALLOWED_PERMISSION));
  session.setPermissionCheckHandler((_contents, permission) => permission === ALLOWED_PERMISSION);
  session.setDevicePermissionHandler(() => false);
  session.setDisplayMediaRequestHandler((_request, answer) => answer(null));
  session.setBluetoothPairingHandler((_details, answer) => answer({ confirmed: false }));
  // It would fetch its dictionaries from elsewhere.
  session.setSpellCheckerEnabled(false);
  session.on('will-download', refuse);
  session.on('select-hid-device', (event, _details, choose) => {
    refuse(event);
    choose();
  });
  session.on('select-usb-device', (event, _details, choose) => {
    refuse(event);
    choose();
  });
  session.on('select-serial-port', (event, _ports, _contents, choose) => {
    refuse(event);
    choose('');
  });
}

/** The window is loaded by us, and moves within its own page only. */
function wallsOfContents(contents: ContentsPort): void {
  contents.setWindowOpenHandler(() => ({ action: 'deny' }));
  contents.on('will-navigate', refuse);
  contents.on('will-frame-navigate', refuse);
  contents.on('will-redirect', refuse);
  contents.on('will-attach-webview', refuse);
  contents.on('select-bluetooth-device', (event, _devices, choose) => {
    refuse(event);
    choose('');
  });
}

function refuse(event: Preventable): void {
  event.preventDefault();
}
