/** What the command line says of this machine and of others that may become destinations. */
import type { Reply } from '../api/contract.ts';
import type { LookedAt } from '../api/destination.ts';
import type { DestinationCheck, DestinationChecks } from '../api/surroundings.ts';
import { formatBytes, formatCount } from './text/format.ts';

const CHECKS: Readonly<Record<DestinationCheck, string>> = {
  reachable: 'it answers',
  'host-key': 'it is the machine it should be',
  login: 'it lets us in',
  zfs: 'it has ZFS',
  rights: 'the account may receive there',
  target: 'the target exists',
  space: 'there is room',
};

const STATES: Readonly<Record<DestinationChecks['checks'][number]['state'], string>> = {
  ok: 'yes',
  failed: 'NO',
  unknown: 'not known',
  skipped: 'not tried',
};

const LOOKED: Readonly<Record<LookedAt['state'], string>> = {
  absent: 'nothing there yet',
  placeholder: 'an empty stand-in there',
  begun: 'a first transfer was begun',
  common: 'goes on from',
  unusable: 'CANNOT GO ON',
  unreadable: 'NOT KNOWN',
};

export const surroundingsTexts = {
  passwordOf: (user: string, host: string): string => `Password of ${user} on ${host}, used once and not kept: `,
  brought: {
    added: 'The key was added to authorized_keys.',
    present: 'The key stands in authorized_keys already.',
  } satisfies Record<Reply<'destination/bring-key'>['outcome'], string>,
  look: ({ datasets, elsewhere, adoptions, availableBytes }: Reply<'destination/look'>): string[] => [
    ...datasets.map(({ dataset, copy, state, common, bytes, bytesBy }) => {
      const from = state === 'common' && common !== null ? ` ${common.name}` : '';
      const size = bytes === null ? '' : `, ${formatBytes(bytes)}${bytesBy === 'referenced' ? ' on disk' : ''} to send`;
      return `${dataset} → ${copy}: ${LOOKED[state]}${from}${size}`;
    }),
    ...elsewhere.map(({ dataset, copy, common }) => `  ${copy} is a copy of ${dataset}, up to ${common.name}`),
    ...adoptions.map(({ rootFs, clientIdentity, plainIdentity, datasets: count }) => {
      const identity = clientIdentity === null ? '' : ` --identity ${clientIdentity}`;
      const second = plainIdentity === undefined ? '' : ` --plain-identity ${plainIdentity}`;
      return `With --root ${rootFs}${identity}${second} it would go on from ${count} ${count === 1 ? 'copy' : 'copies'} there.`;
    }),
    ...(availableBytes == null ? [] : [`${formatBytes(availableBytes)} are free there.`]),
  ],
  discovered: ({ zfs, pools, silentPools = [], datasets, leftOut }: Reply<'discover'>): string[] => [
    ...(zfs === null ? [] : [`OpenZFS ${zfs.userland}, kernel ${zfs.kernel}`]),
    ...pools.map(
      ({ name, sizeBytes, freeBytes, health }) =>
        `pool ${name}: ${health}, ${formatBytes(freeBytes)} of ${formatBytes(sizeBytes)} free`,
    ),
    ...silentPools.map((name) => `pool ${name}: its disk is gone; it is not asked for anything`),
    ...datasets.map(({ name, usedBytes, encrypted, snapshots }) =>
      [
        `  ${name}`,
        ...(usedBytes === null ? [] : [formatBytes(usedBytes)]),
        ...(encrypted ? ['encrypted'] : []),
        ...snapshots.map(({ tool, count }) => `${formatCount(count, 'snapshot')} of ${tool}`),
      ].join(', '),
    ),
    ...(leftOut === 0 ? [] : [`… ${formatCount(leftOut, 'more dataset')}`]),
  ],
  hostKeys: (keys: Reply<'destination/hostkeys'>['keys']): string[] => [
    ...keys.map(({ type, fingerprint }) => `${type} ${fingerprint}`),
    'Compare with what the console of that machine says: ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub',
  ],
  key: ({ publicLine, fingerprint, identityFile, existed }: Reply<'destination/key'>): string[] => [
    `${existed ? 'The key is' : 'A new key is'} ${identityFile} (${fingerprint}).`,
    'One line for ~/.ssh/authorized_keys of the account on the other machine:',
    publicLine,
  ],
  checks: (checks: DestinationChecks['checks']): string[] =>
    checks.map(({ check, state, detail }) => {
      const shown = check === 'space' && /^\d+$/.test(detail) ? `${formatBytes(Number(detail))} free` : detail;
      return `${CHECKS[check]}: ${STATES[state]}${shown === '' ? '' : ` (${shown})`}`;
    }),
};
