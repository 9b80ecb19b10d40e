/** Where the window lives inside Electron: an address of our own, which nothing else has. Pure. */

export const SCHEME = 'snapferry';
const HOST = 'window';
export const ORIGIN = `${SCHEME}://${HOST}`;
export const START_URL = `${ORIGIN}/index.html`;

/** Whether an address is one of the window's own. What cannot be read is not. */
export function isOurs(address: string): boolean {
  const url = URL.parse(address);
  // With a password, a user or a port it would be another place that only looks like this one.
  return (
    url !== null &&
    url.protocol === `${SCHEME}:` &&
    url.host === HOST &&
    url.username === '' &&
    url.password === '' &&
    url.port === ''
  );
}

/** What the scheme may do: as little as a page needs. Given to Electron before it is ready. */
export const SCHEME_PRIVILEGES = {
  scheme: SCHEME,
  privileges: {
    standard: true,
    secure: true,
    bypassCSP: false,
    allowServiceWorkers: false,
    supportFetchAPI: false,
    corsEnabled: false,
    stream: false,
    codeCache: false,
    allowExtensions: false,
  },
} as const;
