/** The NAS of a draft: what is known of it, and what may be asked next. Pure. */
import { z } from 'zod';
import {
  accountName,
  hostKeyFingerprint,
  hostName,
  keyName,
  type SshReach,
  sshPort,
  sshReach,
} from '../../../core/api/ssh-reach.ts';
import { platformSchema } from '../../../core/api/wizard/account-setup.ts';
import { clientIdentity, datasetName } from '../../../core/api/zfs-names.ts';

const TEXT_MAX = 255;
const PROVEN_MAX = 2000;

/** As it is typed: what does not fit is told, not refused. */
export const nasDraftSchema = z.strictObject({
  host: z.string().max(TEXT_MAX),
  port: sshPort,
  /** What a person has compared; null before. */
  hostKey: hostKeyFingerprint.nullable(),
  system: platformSchema,
  user: z.string().max(TEXT_MAX),
  /** The account was there before. */
  existing: z.boolean(),
  sudo: z.boolean(),
  /** The name of the key that was made; null before. */
  key: keyName.nullable(),
  /** Where it lies on this machine; null before. */
  identityFile: z.string().max(4096).nullable(),
  rootFs: z.string().max(TEXT_MAX),
  /** "" for none: then everything arrives right below `rootFs`. */
  clientIdentity: z.string().max(TEXT_MAX),
  /** The place of what is not encrypted, where that has one of its own; "" for one that is made up. */
  plainIdentity: z.string().max(TEXT_MAX).default(''),
  /** The settings with which every test passed; see `provenBy`. */
  proven: z.string().max(PROVEN_MAX).nullable(),
});
export type NasDraft = z.infer<typeof nasDraftSchema>;

export const EMPTY_NAS: NasDraft = {
  host: '',
  port: 22,
  hostKey: null,
  system: 'debian',
  user: 'snapferry',
  existing: false,
  sudo: false,
  key: null,
  identityFile: null,
  rootFs: '',
  clientIdentity: '',
  plainIdentity: '',
  proven: null,
};

/** What is typed, and whether it can be used. */
export const isHost = (text: string): boolean => hostName.safeParse(text).success;
export const isUser = (text: string): boolean => accountName.safeParse(text).success;
export const isDataset = (text: string): boolean => datasetName.safeParse(text).success;
export const isIdentity = (text: string): boolean => text === '' || clientIdentity.safeParse(text).success;

/** After a change. Another machine has another key, and nothing that was compared holds for it. */
export function changedNas(nas: NasDraft, change: Partial<NasDraft>): NasDraft {
  const next = { ...nas, ...change };
  // There is no place for a sudo that belongs to the system there.
  if (next.system === 'freebsd') next.sudo = false;
  const otherMachine = next.host !== nas.host || next.port !== nas.port;
  return otherMachine ? { ...next, hostKey: null, proven: null } : next;
}

/** How to reach it; null while something of that is missing. */
export function reachOf({ host, port, user, key, hostKey, sudo }: NasDraft): SshReach | null {
  return sshReach.safeParse({ host, port, user, key, hostKey, sudo }).data ?? null;
}

/** What a test is a proof of: every setting that it depends on, as one text. */
export function provenBy(nas: NasDraft): string {
  const { host, port, user, key, hostKey, sudo, rootFs, clientIdentity: identity, plainIdentity } = nas;
  const places = plainIdentity === '' ? [identity] : [identity, plainIdentity];
  return JSON.stringify([host, port, user, key, hostKey, sudo, rootFs, ...places]);
}

export const isProven = (nas: NasDraft): boolean => nas.proven !== null && nas.proven === provenBy(nas);

/** Which parts of the page can be filled in. */
export function whereParts(nas: NasDraft) {
  const machine = isHost(nas.host);
  const account = machine && nas.hostKey !== null;
  return { fingerprint: machine, account, target: account && isUser(nas.user) && nas.key !== null };
}

/** A name for the key that opens this machine: "nas.lan" -> "nas-lan". */
export function keyNameFor(host: string): string {
  const plain = host
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replace(/^-+/, '')
    .slice(0, 63)
    .replace(/-+$/, '');
  return plain === '' ? 'nas' : plain;
}

/** A name for the job that no other has: "nas", "nas-2". */
export function jobNameFor(host: string, taken: readonly string[]): string {
  const [first = ''] = host.split('.');
  const base = /^\d+$/.test(first) || first === '' ? 'nas' : keyNameFor(first);
  if (!taken.includes(base)) return base;
  for (let number = 2; ; number += 1) {
    if (!taken.includes(`${base}-${number}`)) return `${base}-${number}`;
  }
}
