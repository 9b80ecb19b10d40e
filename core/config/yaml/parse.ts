/**
 * YAML text to one tree. The library reads the syntax; sizes and depths are bounded before it sees the text, so that neither
 * its recursion nor its lookups can be driven far. Scalars stay text: which words are booleans, and whether `off` is one, is
 * decided by the place where they stand.
 */
import { Composer, type Document, isScalar, Lexer, LineCounter, type ParsedNode, Parser } from 'yaml';
import { configFault } from '../../api/config-fault.ts';
import type { Complaints } from '../complaint.ts';
import type { Place } from '../types.ts';
import { convertDocument } from './convert.ts';
import type { YamlNode } from './nodes.ts';
import { syntaxFault } from './syntax-fault.ts';

/** Characters; a configuration of a hundred jobs has a tenth of it. */
export const MAX_TEXT_LENGTH = 256 * 1024;
const MAX_FLOW_DEPTH = 32;
const MAX_INDICATORS_PER_LINE = 64;
const MAX_SYNTAX_COMPLAINTS = 10;

/** Start of a plain or block scalar in the lexer's output; its text follows as the next piece. */
const SCALAR = '\u001f';

/** Whether brackets or indicators nest deeper than any configuration does. */
function nestsTooDeep(text: string): boolean {
  let flowDepth = 0;
  let indicators = 0;
  let scalarFollows = false;
  for (const piece of new Lexer().lex(text)) {
    if (scalarFollows) {
      scalarFollows = false;
    } else if (piece === SCALAR) {
      scalarFollows = true;
    } else if (piece === '[' || piece === '{') {
      flowDepth += 1;
    } else if (piece === ']' || piece === '}') {
      flowDepth = Math.max(0, flowDepth - 1);
    } else if (flowDepth === 0 && (piece === '-' || piece === '?' || piece === ':')) {
      indicators += 1;
    } else if (piece.endsWith('\n')) {
      indicators = 0;
    }
    if (flowDepth > MAX_FLOW_DEPTH || indicators > MAX_INDICATORS_PER_LINE) return true;
  }
  return false;
}

/** A hint for the two mistakes that everybody makes once. */
function syntaxHint(code: string, sourceLine: string): string | null {
  if (/:\s+\*/.test(sourceLine)) return configFault('yaml-star');
  if (code === 'TAB_AS_INDENT') return configFault('yaml-tab');
  return null;
}

function complainAboutSyntax(
  document: Document,
  text: string,
  place: (offset: number) => Place,
  complaints: Complaints,
): void {
  const lines = text.split('\n');
  const seen = new Set<number>();
  // One mistake makes several errors follow it on the same line; the first is the one to read.
  for (const error of document.errors) {
    const at = place(error.pos[0]);
    if (seen.has(at.line)) continue;
    if (seen.size >= MAX_SYNTAX_COMPLAINTS) return;
    seen.add(at.line);
    const hint = syntaxHint(error.code, lines[at.line - 1] ?? '');
    complaints.add(at, '', syntaxFault(error.code, error.message), { hint });
  }
}

/** A stream of nothing, `---` or comments is an empty configuration. */
function isEmpty(document: Document<ParsedNode>): boolean {
  const contents = document.contents;
  return contents === null || (isScalar(contents) && contents.source === '' && contents.type === 'PLAIN');
}

/** The tree of a text; null when it is empty or when there were complaints about its syntax. Never throws. */
export function parseYaml(text: string, file: string, complaints: Complaints): YamlNode | null {
  const start: Place = { file, line: 1, column: 1 };
  if (text.length > MAX_TEXT_LENGTH) {
    complaints.add(start, '', configFault('file-too-long', { count: `${MAX_TEXT_LENGTH}` }));
    return null;
  }
  if (nestsTooDeep(text)) {
    complaints.add(start, '', configFault('file-too-deep'));
    return null;
  }
  const lines = new LineCounter();
  const place = (offset: number): Place => {
    const { line, col } = lines.linePos(Math.max(0, Math.min(offset, text.length)));
    return { file, line: Math.max(1, line), column: Math.max(1, col) };
  };
  const tokens = new Parser(lines.addNewLine).parse(text);
  const options = { schema: 'failsafe', version: '1.1', uniqueKeys: false, prettyErrors: false } as const;
  const composer = new Composer<ParsedNode>({ ...options, resolveKnownTags: false, logLevel: 'silent' });
  const [document, second] = composer.compose(tokens, true, text.length);
  if (document === undefined) return null;
  if (document.errors.length > 0) {
    complainAboutSyntax(document, text, place, complaints);
    return null;
  }
  if (second !== undefined) {
    complaints.add(place(second.range[0]), '', configFault('yaml-second'), {
      hint: configFault('yaml-second-hint'),
    });
    return null;
  }
  return isEmpty(document) ? null : convertDocument(document, place, complaints);
}
