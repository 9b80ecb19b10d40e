/** What a person does at the console, as single steps of the helper in a guest. */
import { createHash } from 'node:crypto';
import type { CreateOptions, Operator } from '../../../conformance/fixture.ts';
import type { Agent } from './agent.ts';

export const ZFS = '/usr/sbin/zfs';
const VOLUME_SIZE = '16M';
/** Without hardware every key that is made of a passphrase takes its seconds, with as few rounds as zfs permits. */
const SALTED: readonly string[] = [
  '-o',
  'keyformat=passphrase',
  '-o',
  'keylocation=prompt',
  '-o',
  'pbkdf2iters=100000',
];
const QUICK: readonly string[] = ['-o', 'keyformat=hex', '-o', 'keylocation=prompt'];

/** What a command reads as the key of this passphrase. */
function keyText(passphrase: string, isSalted: boolean): string {
  return `${isSalted ? passphrase : createHash('sha256').update(passphrase).digest('hex')}\n`;
}

export interface ConsoleMemory {
  /** Datasets whose live data were written to; what zfs says of them may be a moment behind. */
  readonly written: Set<string>;
  readonly volumes: Set<string>;
}

export function guestOperator(agent: Agent, memory: ConsoleMemory): Operator {
  const zfs = async (args: readonly string[], stdin = ''): Promise<void> => {
    const [code, , , stderr] = await agent.ask('run', stdin, ZFS, ...args);
    if (code !== '0') throw new Error(`zfs ${args.join(' ')}: ${stderr}`);
  };
  const isSaltedKey = async (dataset: string): Promise<boolean> => {
    const [, , stdout = ''] = await agent.ask('run', '', ZFS, 'get', '-H', '-o', 'value', 'keyformat', dataset);
    return stdout.trim() === 'passphrase';
  };
  const change = async (deed: string, dataset: string, ...more: readonly string[]): Promise<void> => {
    memory.written.add(dataset);
    await agent.ask(deed, ...more, dataset);
  };
  const create = async (dataset: string, options: CreateOptions = {}): Promise<void> => {
    const { kind = 'filesystem', passphrase, isSalted = false, properties = {} } = options;
    const encryption = passphrase === undefined ? [] : ['-o', 'encryption=on', ...(isSalted ? SALTED : QUICK)];
    const words = Object.entries(properties).flatMap(([property, value]) => ['-o', `${property}=${value}`]);
    const volume = kind === 'volume' ? ['-s', '-V', VOLUME_SIZE] : ['-u'];
    await zfs(
      ['create', ...volume, ...encryption, ...words, dataset],
      passphrase === undefined ? '' : keyText(passphrase, isSalted),
    );
    if (kind === 'volume') memory.volumes.add(dataset);
    else if (properties.canmount !== 'off') await agent.ask('mount', dataset);
  };
  return {
    create,
    append: async (dataset, blocks) => {
      memory.written.add(dataset);
      await agent.ask('append', memory.volumes.has(dataset) ? 'volume' : 'filesystem', dataset, String(blocks));
    },
    overwrite: (dataset) => change('overwrite', dataset),
    clear: (dataset) => change('clear', dataset),
    snapshot: (...snapshots) => zfs(['snapshot', ...snapshots]),
    destroySnapshot: (snapshot, { defer = false } = {}) => zfs(['destroy', ...(defer ? ['-d'] : []), snapshot]),
    destroyDataset: async (dataset) => {
      await agent.ask('unmount', dataset);
      await zfs(['destroy', '-r', dataset]);
    },
    renameSnapshot: (snapshot, name) =>
      zfs(['rename', snapshot, `${snapshot.slice(0, snapshot.indexOf('@'))}@${name}`]),
    renameDataset: (dataset, name) => zfs(['rename', dataset, name]),
    rollback: (snapshot) => zfs(['rollback', '-r', snapshot]),
    hold: (tag, snapshot) => zfs(['hold', tag, snapshot]),
    release: (tag, snapshot) => zfs(['release', tag, snapshot]),
    bookmark: (snapshot, name) => zfs(['bookmark', snapshot, `${snapshot.slice(0, snapshot.indexOf('@'))}#${name}`]),
    destroyBookmark: (bookmark) => zfs(['destroy', bookmark]),
    clone: (snapshot, dataset) => zfs(['clone', snapshot, dataset]),
    set: (dataset, property, value) => zfs(['set', `${property}=${value}`, dataset]),
    inherit: (dataset, property) => zfs(['inherit', property, dataset]),
    loadKey: async (dataset, passphrase) => zfs(['load-key', dataset], keyText(passphrase, await isSaltedKey(dataset))),
    unloadKey: async (dataset) => {
      await agent.ask('unmount', dataset);
      await zfs(['unload-key', dataset]);
    },
    changeKey: async (dataset, passphrase) => {
      const isSalted = await isSaltedKey(dataset);
      await zfs(['change-key', ...(isSalted ? SALTED : QUICK), dataset], keyText(passphrase, isSalted));
    },
    inheritKey: (dataset) => zfs(['change-key', '-i', dataset]),
  };
}
