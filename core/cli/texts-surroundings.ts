/** What the command line says of this machine and of others that may become destinations. */
import type { Reply } from '../api/contract.ts';
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

export const surroundingsTexts = {
  discovered: ({ zfs, pools, datasets, leftOut }: Reply<'discover'>): string[] => [
    ...(zfs === null ? [] : [`OpenZFS ${zfs.userland}, kernel ${zfs.kernel}`]),
    ...pools.map(
      ({ name, sizeBytes, freeBytes, health }) =>
        `pool ${name}: ${health}, ${formatBytes(freeBytes)} of ${formatBytes(sizeBytes)} free`,
    ),
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
