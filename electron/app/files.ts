/** Answers the requests for the window's own files. Pure. */

import type { StaticFiles } from '../page/files.ts';
import { pageHeaders } from '../page/headers.ts';
import { isOurs } from './place.ts';

/** The page speaks with this process over IPC alone, so it may connect to nothing. */
const HEADERS = pageHeaders([]);

/** `notBuilt` is said where there is no page at all. */
export function fileAnswer(request: Request, files: StaticFiles, notBuilt: string): Response {
  if (!isOurs(request.url)) return refusal(403, 'not here');
  if (request.method !== 'GET') return refusal(405, 'only GET');
  const { pathname } = new URL(request.url);
  // Looked up by its whole path, so that no path leads anywhere else.
  const file = files.get(pathname);
  if (file !== undefined) {
    return new Response(new Uint8Array(file.bytes), { headers: { ...HEADERS, 'content-type': file.type } });
  }
  return pathname === '/index.html' ? refusal(503, notBuilt) : refusal(404, 'not here');
}

function refusal(status: number, text: string): Response {
  return new Response(`${text}\n`, { status, headers: { ...HEADERS, 'content-type': 'text/plain; charset=utf-8' } });
}
