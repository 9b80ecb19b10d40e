/** English. */
import type { ShellMessages } from './keys.ts';

export const en: ShellMessages = {
  entry: {
    opening: 'Opening Snapferry …',
    refused:
      'This address was used before or is too old. Open Snapferry again from its icon, or with “snapferry open”.',
  },
  notOpened: 'Open Snapferry from its icon, or with "snapferry open".',
  notBuilt: 'The window of Snapferry is not part of this copy.',
  opened: 'Snapferry is open in your browser.',
  openYourself: (address) => `Within a minute, open this address once:\n${address}`,
};
