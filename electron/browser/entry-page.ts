/**
 * The page that exchanges the token for the cookie. The token stands behind the "#" of the address, which no browser sends
 * anywhere, and the exchange comes from a page of this very origin: only after such a one is a SameSite=Strict cookie sent.
 */
import type { Language } from '../../core/api/messages/languages.ts';
import { SHELL_MESSAGES } from '../messages/languages.ts';
import type { StaticFile } from '../page/files.ts';

export const ENTRY_PATH = '/open';
export const SESSION_PATH = '/session';

const SCRIPT_PATH = '/open.js';
const ICON_PATH = '/open.svg';

/** A ring with a tick, as in the tray: without an icon of its own the browser asks for one that is not there. */
const ICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="-1 -1 2 2" fill="none" stroke="#2468be" stroke-width="0.22" stroke-linecap="round" stroke-linejoin="round"><circle r="0.83"/><path d="M-0.4 0.04-0.1 0.34 0.42-0.3"/></svg>
`;

/** What follows the token is a page by name, or nothing that it knows. */
const SCRIPT = `const [token, page] = location.hash.slice(1).split('/');
history.replaceState(null, '', '${ENTRY_PATH}');
const body = JSON.stringify({ token });
const headers = { 'content-type': 'application/json' };
const answer = await fetch('${SESSION_PATH}', { method: 'POST', headers, body }).catch(() => null);
if (answer?.ok) {
  location.replace(page === 'drives' ? '/#/drives' : '/');
} else {
  document.getElementById('opening').hidden = true;
  document.getElementById('refused').hidden = false;
}
`;

/** The files that are served to whoever has no session yet. */
export function entryFiles(language: Language): ReadonlyMap<string, StaticFile> {
  const { entry } = SHELL_MESSAGES[language];
  const html = `<!doctype html>
<html lang="${language}">
  <head>
    <meta charset="utf-8" />
    <meta name="color-scheme" content="light dark" />
    <title>Snapferry</title>
    <link rel="icon" type="image/svg+xml" href="${ICON_PATH}" />
    <script type="module" src="${SCRIPT_PATH}"></script>
  </head>
  <body>
    <p id="opening" role="status">${entry.opening}</p>
    <p id="refused" role="alert" hidden>${entry.refused}</p>
  </body>
</html>
`;
  return new Map([
    [ENTRY_PATH, { type: 'text/html; charset=utf-8', bytes: Buffer.from(html) }],
    [ICON_PATH, { type: 'image/svg+xml', bytes: Buffer.from(ICON) }],
    [SCRIPT_PATH, { type: 'text/javascript; charset=utf-8', bytes: Buffer.from(SCRIPT) }],
  ]);
}
