/** What receiving and pruning at a destination takes; without the last ones copies would not be protected as they should be. */
export const RECEIVING_RIGHTS: readonly string[] = [
  'create',
  'mount',
  'receive',
  'hold',
  'release',
  'destroy',
  'userprop',
  'canmount',
  'mountpoint',
  'readonly',
  'setuid',
  'devices',
  'exec',
];
