/**
 * The page that exchanges the token for the cookie. The token stands behind the "#" of the address, which no browser sends
 * anywhere, and the exchange comes from a page of this very origin: only after such a one is a SameSite=Strict cookie sent.
 */
import type { Language } from '../../core/api/messages/languages.ts';
import { SHELL_MESSAGES } from '../messages/languages.ts';
import type { StaticFile } from './files.ts';

export const ENTRY_PATH = '/open';
export const SESSION_PATH = '/session';

const SCRIPT_PATH = '/open.js';

const SCRIPT = `const token = location.hash.slice(1);
history.replaceState(null, '', '${ENTRY_PATH}');
const body = JSON.stringify({ token });
const headers = { 'content-type': 'application/json' };
const answer = await fetch('${SESSION_PATH}', { method: 'POST', headers, body }).catch(() => null);
if (answer?.ok) {
  location.replace('/');
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
    [SCRIPT_PATH, { type: 'text/javascript; charset=utf-8', bytes: Buffer.from(SCRIPT) }],
  ]);
}
