/** The proof: what lies on the NAS is compared with the workstation, file by file, without asking Snapferry anything. */
import type { Guest } from '../../test/lab/guests/index.ts';
import { KEY_FILE, PLAIN, RECEIVING_ROOT, VAULT } from './home.ts';

export interface Copy {
  readonly source: string;
  readonly target: string;
  readonly encrypted: boolean;
}

/** Where each dataset of the workstation must have arrived. */
export const COPIES: readonly Copy[] = [
  { source: PLAIN, target: `${RECEIVING_ROOT}/workstation/${PLAIN}`, encrypted: false },
  { source: `${PLAIN}/photos`, target: `${RECEIVING_ROOT}/workstation/${PLAIN}/photos`, encrypted: false },
  { source: VAULT, target: `${RECEIVING_ROOT}/workstation-vault/${VAULT}`, encrypted: true },
];

export interface Proof {
  readonly snapshotsCompared: number;
  readonly filesCompared: number;
  /** In words; empty when everything holds. */
  readonly mismatches: readonly string[];
}

interface Listed {
  readonly name: string;
  readonly guid: string;
}

async function snapshotsOf(guest: Guest, dataset: string): Promise<readonly Listed[]> {
  const text = await guest.runOk([
    'zfs',
    'list',
    '-Hp',
    '-d',
    '1',
    '-t',
    'snapshot',
    '-o',
    'name,guid',
    '-s',
    'createtxg',
    dataset,
  ]);
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [full = '', guid = ''] = line.split('\t');
      return { name: full.slice(full.indexOf('@') + 1), guid };
    });
}

/** Digests by path of everything in a snapshot, links by where they lead. */
async function digestsOf(guest: Guest, snapshot: string): Promise<ReadonlyMap<string, string>> {
  const text = await guest.runOk(
    `set -e
mkdir -p /run/proof
mount -t zfs -o ro '${snapshot}' /run/proof
trap 'umount /run/proof' EXIT
cd /run/proof
find . -type f -print0 | sort -z | xargs -0r sha256sum
find . -type l -printf 'link->%l  %p\\n' | sort
cd /`,
    { timeoutMs: 600_000 },
  );
  const digests = new Map<string, string>();
  for (const line of text.split('\n')) {
    const gap = line.indexOf('  ');
    if (gap > 0) digests.set(line.slice(gap + 2), line.slice(0, gap));
  }
  return digests;
}

/** Compares every snapshot that both sides have, and looks for marks that should not be there. */
export async function prove(workstation: Guest, nas: Guest): Promise<Proof> {
  const mismatches: string[] = [];
  let filesCompared = 0;
  let snapshotsCompared = 0;
  await nas.writeFile(KEY_FILE, await workstation.readFile(KEY_FILE));
  try {
    for (const { source, target, encrypted } of COPIES) {
      if (encrypted) {
        const encryption = (await nas.runOk(['zfs', 'get', '-Hp', '-o', 'value', 'encryption', target])).trim();
        if (encryption === 'off') mismatches.push(`${target} is not encrypted`);
        await nas.runOk(['zfs', 'load-key', '-L', `file://${KEY_FILE}`, target]);
      }
      const here = await snapshotsOf(workstation, source);
      const there = await snapshotsOf(nas, target);
      const newest = here.at(-1);
      if (newest === undefined || there.at(-1)?.guid !== newest.guid) {
        mismatches.push(`${target} does not have the newest snapshot of ${source}`);
      }
      for (const snapshot of here) {
        const copy = there.find((other) => other.guid === snapshot.guid);
        if (copy === undefined) continue;
        snapshotsCompared += 1;
        const originals = await digestsOf(workstation, `${source}@${snapshot.name}`);
        const copies = await digestsOf(nas, `${target}@${copy.name}`);
        filesCompared += originals.size;
        for (const path of new Set([...originals.keys(), ...copies.keys()])) {
          if (originals.get(path) !== copies.get(path)) mismatches.push(`${source}@${snapshot.name}: ${path} differs`);
        }
        if (originals.size === 0) mismatches.push(`${source}@${snapshot.name} is empty`);
      }
      if (encrypted) await nas.runOk(['zfs', 'unload-key', target]);
    }
    mismatches.push(...(await strayMarks(workstation, nas)));
  } finally {
    await nas.runOk(['rm', '-f', KEY_FILE]);
  }
  return { snapshotsCompared, filesCompared, mismatches };
}

/** After everything went well: one cursor on the sender, one hold on the newest copy, and nothing else. */
async function strayMarks(workstation: Guest, nas: Guest): Promise<readonly string[]> {
  const wrong: string[] = [];
  for (const { source, target } of COPIES) {
    const heldHere = await heldSnapshots(workstation, source);
    if (heldHere.length > 0) wrong.push(`stray holds on ${heldHere.join(', ')}`);
    const bookmarks = await workstation.runOk(['zfs', 'list', '-H', '-d', '1', '-t', 'bookmark', '-o', 'name', source]);
    const count = bookmarks.split('\n').filter((line) => line !== '').length;
    if (count !== 1) wrong.push(`${source} has ${count} bookmarks instead of one cursor`);
    const newest = (await snapshotsOf(nas, target)).at(-1)?.name;
    const heldThere = await heldSnapshots(nas, target);
    if (heldThere.join() !== `${target}@${newest}`) wrong.push(`held on the NAS: ${heldThere.join(', ') || 'nothing'}`);
  }
  return wrong;
}

async function heldSnapshots(guest: Guest, dataset: string): Promise<readonly string[]> {
  const text = await guest.runOk(['zfs', 'list', '-Hp', '-d', '1', '-t', 'snapshot', '-o', 'name,userrefs', dataset]);
  return text.split('\n').flatMap((line) => {
    const [name = '', userrefs = '0'] = line.split('\t');
    return name !== '' && userrefs !== '0' ? [name] : [];
  });
}
