/** German for what the engine remarks, and the remarks of any language. Pure. */
import { fillRemark, type RemarkCode, readRemark } from '../remark.ts';
import type { Language } from './languages.ts';

const REMARKS_DE: Readonly<Record<RemarkCode, string>> = {
  'pattern-unmatched': 'Das Muster „{pattern}“ trifft auf keinen Datensatz zu',
  'nothing-matches': 'Kein Datensatz gehört zu diesem Job',
  'partial-discarded-held':
    '{dataset}: {bytes} Bytes einer angefangenen Übertragung werden verworfen: {reason}, obwohl ein Hold das verhindern sollte',
  'partial-discarded': '{dataset}: {bytes} Bytes einer angefangenen Übertragung werden verworfen: {reason}',
  'partial-would-go': '{bytes} Bytes einer angefangenen Übertragung würden verworfen: {reason}',
  'partial-of-other': 'sie gehört zu einem anderen Datensatz',
  'partial-target-gone': 'den Snapshot, für den sie war, gibt es beim Sender nicht mehr',
  'partial-base-gone': 'die Basis, auf der sie aufbaut, gibt es beim Sender nicht mehr',
  'partial-renamed': 'der Datensatz wurde beim Sender umbenannt',
  'partial-receiver-ahead': 'der Empfänger hat inzwischen Snapshots',
  'partial-base-not-newest': 'ihre Basis ist nicht der neueste Snapshot des Empfängers',
  'send-stand-in': 'ein Platzhalter ohne eigene Daten',
  'prune-stand-in': 'er ist ein Platzhalter ohne eigene Daten',
  'prune-bookmark-first':
    'er wird zuerst ein Bookmark, denn eine unfertige Übertragung des Jobs {job} kann von ihm ausgehen',
  'prune-on-no-drive': 'davon ist noch nichts auf einem Laufwerk, also kann alles davon noch gebraucht werden',
  'prune-not-on-sender': 'beim Sender gibt es ihn nicht, also sagt nichts, was davon noch gebraucht wird',
};

/** A remark of the engine in a language; as it stands where it is none of the list: a daemon may be newer than its texts. */
export function remarkIn(language: Language, text: string): string {
  const known = language === 'de' ? readRemark(text) : null;
  if (known === null) return text;
  const { reason } = known.facts;
  const facts = reason === undefined ? known.facts : { ...known.facts, reason: remarkIn(language, reason) };
  return fillRemark(REMARKS_DE[known.code], facts);
}
