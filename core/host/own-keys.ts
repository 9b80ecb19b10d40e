/** Keys that are made here, one for each destination, in a folder that only we can enter. */
import { constants } from 'node:fs';
import { chmod, lstat, mkdir, open, readdir, rename } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import { invariant, ProblemError } from '../api/problem.ts';
import { remark } from '../api/remark.ts';
import { fingerprintOf } from './host-key.ts';
import { readIdentity } from './identity.ts';

const NAME = /^[a-z0-9][a-z0-9-]{0,62}$/;
/** Whoever makes more is not making them for destinations. */
const KEYS_MAX = 100;
const FILE = 'id_ed25519';

export interface OwnKey {
  readonly publicLine: string;
  readonly fingerprint: string;
  readonly identityFile: string;
  readonly existed: boolean;
}

/** Where the key of this name is, whether it is there or not. */
export function ownKeyFile(folder: string, name: string): string {
  invariant(NAME.test(name), 'the name of a key was not checked');
  return join(folder, name, FILE);
}

/** The key of this name; made now if there is none. Throws `identity-unreadable` and `limit-reached`. */
export async function ownKey(folder: string, name: string): Promise<OwnKey> {
  const identityFile = ownKeyFile(folder, name);
  const existed = (await lstat(identityFile).catch(() => null)) !== null;
  if (!existed) await make(folder, name, identityFile);
  const key = await readIdentity(identityFile);
  const blob = key.getPublicSSH();
  return {
    publicLine: `ssh-ed25519 ${blob.toString('base64')} snapferry-${name}@${hostname().replace(/[^A-Za-z0-9.-]/g, '')}`,
    fingerprint: fingerprintOf(blob),
    identityFile,
    existed,
  };
}

async function make(folder: string, name: string, identityFile: string): Promise<void> {
  const own = join(folder, name);
  await mkdir(own, { recursive: true, mode: 0o700 });
  for (const path of [folder, own]) {
    const facts = await lstat(path);
    const safe = facts.isDirectory() && facts.uid === process.geteuid?.();
    if (!safe)
      throw new ProblemError('identity-unreadable', { identityFile }, { detail: `${path} is not our folder.` });
    await chmod(path, 0o700);
  }
  if ((await readdir(folder)).length > KEYS_MAX) {
    throw new ProblemError('limit-reached', { reason: remark('keys-too-many', { count: `${KEYS_MAX}` }) });
  }
  const fresh = `${identityFile}.new`;
  const { O_CREAT, O_NOFOLLOW, O_TRUNC, O_WRONLY } = constants;
  const handle = await open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0o600);
  try {
    await handle.writeFile(freshPair());
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(fresh, identityFile);
}

/** About one in some hundred that ssh2 makes cannot be read again by it (a leading zero byte is lost): those are dropped. */
function freshPair(): string {
  for (let tries = 0; tries < 50; tries += 1) {
    const pair = ssh2.utils.generateKeyPairSync('ed25519');
    if (!(ssh2.utils.parseKey(pair.private) instanceof Error)) return pair.private;
  }
  throw new ProblemError('internal', { reason: 'no usable key could be made' });
}
