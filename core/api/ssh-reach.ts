/** How a destination behind ssh is named in requests. What does not fit these grammars never gets to a connection. */
import { z } from 'zod';

/** The name or bare address of a machine; never begins with "-". As in core/config. */
export const hostName = z.string().regex(/^[A-Za-z0-9_:][A-Za-z0-9_.:%-]{0,252}$/);
export const sshPort = z.number().int().min(1).max(65_535);
/** An account there. */
export const accountName = z.string().regex(/^[A-Za-z0-9_][A-Za-z0-9_.@\\-]{0,254}$/);
export const hostKeyFingerprint = z.string().regex(/^SHA256:[A-Za-z0-9+/]{43}$/);
/** A key of the daemon's own, by its name: no path comes over the socket. */
export const keyName = z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/);

/** Who is to be logged in where, with which of the daemon's keys; the machine must show exactly this host key. */
export const sshAccount = z.strictObject({
  host: hostName,
  port: sshPort,
  user: accountName,
  key: keyName,
  hostKey: hostKeyFingerprint,
});

/** The same, and whether zfs runs through sudo there. */
export const sshReach = z.strictObject({ ...sshAccount.shape, sudo: z.boolean() });
export type SshReach = z.infer<typeof sshReach>;
