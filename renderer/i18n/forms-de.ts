import type { Texts } from './texts.ts';

/** Zeitplan und Regeln eines Jobs. */
export const formsDe: Texts['forms'] = {
  open: 'Zeitplan, Aufbewahrung und Bandbreite',
  inFile: 'Das wird in der Datei bearbeitet.',
  fix: 'So kann etwas davon nicht gespeichert werden.',
  schedule: {
    title: 'Wann Snapshots aufgenommen werden',
    kind: 'Snapshots werden aufgenommen',
    kinds: { periodic: 'in festem Abstand', cron: 'nach einer Kalenderregel', manual: 'nur von Hand' },
    often: 'Wie oft',
    every: {
      '900': 'alle 15 Minuten',
      '3600': 'jede Stunde',
      '14400': 'alle 4 Stunden',
      '86400': 'jeden Tag',
      own: 'eine andere Zeit',
    },
    cron: 'Kalenderregel',
    cronHint: 'Wie bei cron: Minute, Stunde, Tag, Monat, Wochentag.',
    next: 'Als Nächstes:',
    prefix: 'Namen beginnen mit',
    prefixChanged:
      'Neue Snapshots heißen anders. Regeln nach dem alten Namen, hier und bei dem, was gesendet wird, finden sie nicht: Ändere auch diese.',
    manual: 'Kein Snapshot wird aufgenommen, bis jemand einen verlangt.',
  },
  limit: {
    title: 'Wie viel gesendet werden darf',
    most: 'Höchstens, in der Sekunde',
    quiet: 'Weniger in ruhigen Stunden, in der Sekunde',
    from: 'Ruhig ab',
    to: 'Ruhig bis',
    time: 'Eine Uhrzeit wie 22:30.',
    same: 'Sie dürfen nicht enden, wenn sie beginnen.',
    units: { KiB: 'KiB', MiB: 'MiB' },
  },
  keep: {
    local: 'Auf diesem Rechner',
    presets: 'Wie lange',
    own: 'Wie unten eingestellt',
    about: 'Von Snapshots, deren Namen passen zu',
    others: 'Was außerdem bleibt',
    notReplicated: 'Was das Ziel noch nicht hat',
    howFits: 'Regel {{number}}: welche Namen',
    fits: { with: 'Namen, die passen', without: 'Namen, die nicht passen' },
    regex: 'Regel {{number}}: Ausdruck',
    remove: 'Regel {{number}} entfernen',
    add: 'Nach Namen behalten',
    notOwn: 'Keine Regel mit Zeiten meint hier die Snapshots, die dieser Job aufnimmt: Ihre Namen passen nicht.',
    nothingOwn:
      'Keine Regel behält hier die Snapshots, die dieser Job aufnimmt: Alle außer dem neuesten werden beim nächsten Ausdünnen gelöscht.',
    shorter:
      'Es wird weniger aufgehoben als bisher: Ältere Sicherungen werden beim nächsten Ausdünnen gelöscht und kommen nicht wieder.',
    lost_one: 'Auf Dauer ist das etwa {{count}} Snapshot weniger je Dataset.',
    lost_other: 'Auf Dauer sind das etwa {{count}} Snapshots weniger je Dataset.',
  },
};
