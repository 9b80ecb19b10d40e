/** Where the daemon listens, for root and for each user. The path is the identity: see docs/design.md, "Trust". */

/** The socket of a user, beside that of root. */
export function userSocketPath(rootSocket: string, uid: number): string {
  const folder = rootSocket.slice(0, rootSocket.lastIndexOf('/') + 1);
  return `${folder}user-${uid}.sock`;
}
