/** Put in by the build. */
declare const SNAPFERRY_VERSION: string | undefined;

/** Version of this program; run from its sources it has none of its own. */
export const VERSION = typeof SNAPFERRY_VERSION === 'string' ? SNAPFERRY_VERSION : 'development';
