/** German. */
import type { Messages } from './keys.ts';
import { timesIn } from './times.ts';

const { ago, span, about, days, percent, list, counted, clock } = timesIn('de', 'eben');
const until = (untilMs: number | null, nowMs: number): string =>
  untilMs === null ? 'bis du fortfahren lässt' : `bis ${clock(untilMs, nowMs)}`;

export const de: Messages = {
  nothingConfigured: 'Es ist nichts eingerichtet: Nichts wird gesichert.',
  nothingYet: 'Es ist noch nichts gesichert.',
  unreachable: 'Der Dienst von Snapferry läuft nicht.',
  onlyHere: 'Es gibt nur Snapshots auf diesem Rechner: Anderswo ist nichts gesichert.',
  answersOnly: 'Dieser Rechner antwortet nur anderen: Wie es um deren Sicherungen steht, ist dort bekannt.',
  jobRefused: (job) => `${job} läuft nicht.`,
  everything: (destinations, ageMs) => `Alles ist auf ${list(destinations)}, Stand: ${ago(ageMs)}.`,
  driveOld: (drive, ageMs) => `Stand auf dem Laufwerk ${drive}: ${ago(ageMs)}.`,
  driveBusy: (drive, fraction) =>
    `${drive} nicht abziehen: Es wird gerade darauf gesichert${fraction === null ? '' : ` (${percent(fraction)})`}.`,
  driveScrubbing: (drive, fraction) =>
    `${drive} nicht abziehen: Es wird gerade geprüft${fraction === null ? '' : ` (${percent(fraction)})`}.`,
  driveScrubState: 'wird geprüft: nicht abziehen',
  driveEjecting: (drive) => `${drive} noch nicht abziehen: Was geschrieben wurde, kommt gerade auf die Platte.`,
  driveSafe: (drive, isBackedUp) => `${drive} ${isBackedUp ? 'ist gesichert und ' : ''}kann abgezogen werden.`,
  driveAsks: (drive) => `${drive} ist angeschlossen: Jetzt sichern?`,
  driveStates: {
    unknown: 'noch nicht bekannt',
    away: 'nicht angeschlossen',
    plugged: 'angeschlossen',
    connecting: 'wird verbunden',
    connected: 'verbunden',
    busy: 'wird gerade beschrieben, nicht abziehen',
    ejecting: 'wird ausgeworfen, nicht abziehen',
    safe: 'kann abgezogen werden',
    pulled: 'wurde im Betrieb abgezogen: wieder anschließen',
    returning: 'wird zurückgeholt, nicht abziehen',
    unusable: 'angeschlossen und nicht benutzbar',
  },
  datasetOld: (dataset, destination, ageMs) => `${dataset} → ${destination}: Stand ${ago(ageMs)}.`,
  datasetAgeUnknown: (dataset, destination) => `${dataset} → ${destination}: Alter unbekannt.`,
  datasetMissing: (dataset, destination) => `${dataset} → ${destination}: noch nichts dort.`,
  moreBehind: (count) => `${counted(count, 'weiterer Datensatz hinkt', 'weitere Datensätze hinken')} hinterher.`,
  runFailed: (job) => `Der letzte Lauf von ${job} ist fehlgeschlagen.`,
  snapshotsFailed: (job) => `${job} konnte seine Snapshots nicht anlegen.`,
  pruningFailed: (job) => `Alte Snapshots von ${job} konnten nicht ausgedünnt werden.`,
  jobUnknown: (job) => `Was ${job} gesichert hat, ist noch nicht bekannt.`,
  problem: (job, happened) => `${job}: ${happened}`,
  running: (job, fraction, remainingMs) => {
    if (fraction === null) return `${job} sichert gerade.`;
    const left = remainingMs === null ? '' : `, noch ${span(remainingMs)}`;
    return `${job} sichert gerade: ${percent(fraction)}${left}.`;
  },
  takingSnapshots: (job) => `${job} legt Snapshots an.`,
  waiting: (job, happened) => `${job} wartet: ${happened}`,
  waking: (job, host, untilMs, nowMs) =>
    `${job} wartet: ${host} wird geweckt und hat bis ${clock(untilMs, nowMs)} Zeit zu antworten.`,
  stuck: (count) => `${counted(count, 'Befehl hängt', 'Befehle hängen')} im Kernel fest: siehe „zpool status“.`,
  guaranteeBroken: (dataset, destination) =>
    `${dataset} → ${destination}: Die nächste Sicherung muss vielleicht alles neu senden.`,
  heldBecause: {
    'on-battery': (job) => `${job} wartet: Dieser Rechner läuft mit Akku.`,
    metered: (job) => `${job} wartet: Dieses Netz kostet Geld.`,
    'just-woke': (job) => `${job} wartet kurz: Dieser Rechner ist gerade erst aufgewacht.`,
  },
  spaceLasts: (leftMs, overMs) =>
    leftMs === 0
      ? 'die nächste Sicherung passt vielleicht nicht mehr'
      : `reicht noch etwa ${about(leftMs)} beim Tempo der letzten ${days(overMs)}`,
  spaceSteady: (overMs) => `kein Ende abzusehen beim Tempo der letzten ${days(overMs)}`,
  spaceUnknown: 'wie lange das reicht, ist noch nicht bekannt',
  spaceNone: 'voll',
  spaceSoon: (place) => `Der Platz auf ${place} geht zu Ende`,
  spaceSoonBody: (outlook, side) =>
    `Freier Platz: ${outlook}. ${side === 'source' ? 'Ist er aufgebraucht, scheitern Programme, die dort schreiben' : 'Ist er aufgebraucht, passt keine Sicherung mehr hinein'}: Schaffe dort Platz oder behalte weniger Snapshots.`,
  allPaused: (untilMs, nowMs) => `Sicherungen ruhen ${until(untilMs, nowMs)}.`,
  jobPaused: (job, untilMs, nowMs) => `${job} ruht ${until(untilMs, nowMs)}.`,
};
