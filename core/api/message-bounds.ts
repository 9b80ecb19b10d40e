/** How long messages of the contract may be. Apart from the schemas, for those who only carry them. */

/** Longest header block of a message, both ways. */
export const HEADER_BYTES_MAX = 8 * 1024;
/** Longest message a client may send. */
export const REQUEST_BYTES_MAX = 1024 * 1024;
/** Longest message a daemon may send: a status of many thousand datasets. */
export const REPLY_BYTES_MAX = 16 * 1024 * 1024;
