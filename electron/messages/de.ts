/** German. */
import type { ShellMessages } from './keys.ts';

export const de: ShellMessages = {
  entry: {
    opening: 'Snapferry wird geöffnet …',
    refused:
      'Diese Adresse wurde schon benutzt oder ist zu alt. Öffne Snapferry noch einmal über sein Symbol oder mit „snapferry open“.',
  },
  menu: {
    backUpNow: 'Jetzt sichern',
    allJobs: 'Alle Aufträge',
    pause: 'Pause',
    pauseHour: 'Eine Stunde',
    pauseTomorrow: 'Bis morgen',
    resume: 'Fortfahren',
    eject: (drive) => `${drive} auswerfen`,
    drives: 'Laufwerke',
    restore: 'Wiederherstellen …',
    open: 'Snapferry öffnen',
    quit: 'Beenden (Sicherungen laufen weiter)',
  },
  window: {
    file: 'Datei',
    close: 'Fenster schließen',
    view: 'Ansicht',
    zoomIn: 'Größer',
    zoomOut: 'Kleiner',
    zoomReset: 'Originalgröße',
    fullScreen: 'Vollbild',
  },
  notices: {
    show: 'Zeigen',
    review: 'Ansehen',
    tryNow: 'Jetzt versuchen',
    backUpNow: 'Jetzt sichern',
    notToday: 'Heute nicht',
    driveAsksBody: 'Der Job fragt, bevor er beginnt. Das Symbol sagt, wann das Laufwerk abgezogen werden kann.',
    snoozeDay: 'Einen Tag nicht',
    serviceLost: 'Ob gesichert wird, ist nicht bekannt. Was schon gesichert ist, berührt das nicht.',
    broken: (job) => `${job}: Eine Zusage gilt nicht mehr`,
    question: (job) => `${job} braucht eine Entscheidung von dir`,
    overdue: (job) => `${job} ist überfällig`,
    firstDone: (job) => `${job}: Die erste Sicherung ist vollständig`,
    runDone: (job) => `${job} ist gesichert`,
    runAnyway: 'Trotzdem sichern',
    waitsLong: (job) => `${job} wartet und ist inzwischen spät dran`,
    updated: (version) => `Snapferry hat jetzt die Version ${version}`,
    updatedBody: 'Der Dienst wurde aktualisiert. Sicherungen laufen weiter.',
    otherVersion: 'Fenster und Dienst haben verschiedene Versionen',
    otherVersionBody: (service, own) =>
      `Der Dienst hat die Version ${service}, Fenster und Symbol die Version ${own}. Beende Snapferry und öffne es neu; Sicherungen laufen derweil weiter.`,
    several: (count) => `${count} Dinge brauchen dich`,
    notDone: 'Das hat nicht geklappt',
    noTray: 'Dieser Desktop zeigt kein Symbol für Snapferry',
    noTrayBody:
      'Sicherungen und Mitteilungen gehen trotzdem. Öffne das Fenster über das Programmmenü oder mit „snapferry open“.',
  },
  connecting: 'Verbindung mit Snapferry …',
  notOpened: 'Öffne Snapferry über sein Symbol oder mit „snapferry open“.',
  notBuilt: 'Das Fenster von Snapferry fehlt in dieser Kopie.',
  opened: 'Snapferry ist in deinem Browser geöffnet.',
  openYourself: (address) => `Öffne innerhalb einer Minute einmal diese Adresse:\n${address}`,
};
