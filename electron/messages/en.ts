/** English. */
import type { ShellMessages } from './keys.ts';

export const en: ShellMessages = {
  entry: {
    opening: 'Opening Snapferry …',
    refused:
      'This address was used before or is too old. Open Snapferry again from its icon, or with “snapferry open”.',
  },
  menu: {
    backUpNow: 'Back up now',
    allJobs: 'All jobs',
    pause: 'Pause',
    pauseHour: 'For an hour',
    pauseTomorrow: 'Until tomorrow',
    resume: 'Resume',
    eject: (drive) => `Eject ${drive}`,
    drives: 'Drives',
    restore: 'Restore …',
    open: 'Open Snapferry',
    quit: 'Quit (backups go on)',
  },
  window: {
    file: 'File',
    close: 'Close window',
    view: 'View',
    zoomIn: 'Larger',
    zoomOut: 'Smaller',
    zoomReset: 'Actual size',
    fullScreen: 'Full screen',
  },
  notices: {
    show: 'Show',
    review: 'Review',
    tryNow: 'Try now',
    backUpNow: 'Back up now',
    notToday: 'Not today',
    driveAsksBody: 'Its job asks before it begins. The icon says when it is safe to unplug.',
    snoozeDay: 'Not for a day',
    serviceLost: 'Whether backups run is not known. What is backed up already is not touched by this.',
    broken: (job) => `${job}: a promise does not hold any more`,
    question: (job) => `${job} needs a decision of yours`,
    overdue: (job) => `${job} is overdue`,
    firstDone: (job) => `${job}: the first backup is complete`,
    runDone: (job) => `${job} is backed up`,
    runAnyway: 'Run anyway',
    waitsLong: (job) => `${job} waits and is late by now`,
    updated: (version) => `Snapferry is version ${version} now`,
    updatedBody: 'The service was updated. Backups go on.',
    otherVersion: 'This window is older or newer than the service',
    otherVersionBody: (service, own) =>
      `The service is version ${service}, the window and the icon are version ${own}. Quit Snapferry and open it again; backups go on meanwhile.`,
    several: (count) => `${count} things need you`,
    notDone: 'That did not work',
    noTray: 'This desktop shows no icon for Snapferry',
    noTrayBody:
      'Backups and notices work all the same. Open the window from the menu of programs, or with “snapferry open”.',
  },
  connecting: 'Connecting to Snapferry …',
  notOpened: 'Open Snapferry from its icon, or with "snapferry open".',
  notBuilt: 'The window of Snapferry is not part of this copy.',
  opened: 'Snapferry is open in your browser.',
  openYourself: (address) => `Within a minute, open this address once:\n${address}`,
};
