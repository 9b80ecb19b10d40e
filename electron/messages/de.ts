/** German. */
import type { ShellMessages } from './keys.ts';

export const de: ShellMessages = {
  entry: {
    opening: 'Snapferry wird geöffnet …',
    refused:
      'Diese Adresse wurde schon benutzt oder ist zu alt. Öffnen Sie Snapferry noch einmal über sein Symbol oder mit „snapferry open“.',
  },
  notOpened: 'Öffnen Sie Snapferry über sein Symbol oder mit „snapferry open“.',
  notBuilt: 'Das Fenster von Snapferry fehlt in dieser Kopie.',
  opened: 'Snapferry ist in Ihrem Browser geöffnet.',
  openYourself: (address) => `Öffnen Sie innerhalb einer Minute einmal diese Adresse:\n${address}`,
};
