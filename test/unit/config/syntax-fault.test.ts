/** What is said of YAML that cannot be read. */
import { describe, expect, it } from 'vitest';
import { saidIn } from '../../../core/api/messages/said.ts';
import { Complaints } from '../../../core/config/complaint.ts';
import { parseYaml } from '../../../core/config/yaml/parse.ts';
import { syntaxFault } from '../../../core/config/yaml/syntax-fault.ts';

function firstOf(text: string): string {
  const complaints = new Complaints();
  expect(parseYaml(text, 'f.yml', complaints)).toBeNull();
  const [first] = complaints.sorted();
  if (first === undefined) throw new Error(`nothing is said of ${text}`);
  return first.message;
}

const OPENING = 'this is not valid YAML: ';
const KEY_LINE = 'here a key must stand in one line, with ": " behind it';
const INDENT = 'this does not begin in the column of what it belongs to';

describe('broken YAML', () => {
  it.each([
    ['jobs:\n  - name: a\n    push\n    type: b\n', KEY_LINE],
    ['a:\n  b\nc\n', KEY_LINE],
    [`${'a'.repeat(1100)}: 1\n`, KEY_LINE],
    ["a: 'x\nb: 1\n", "the closing ' is missing, or stands too far to the left"],
    ['a: "x\nb: 1\n', 'the closing " is missing, or stands too far to the left'],
    ['a: [1, 2\nb: 3\n', 'the closing ] is missing, or stands too far to the left'],
    ['a: {x: 1\nb: 3\n', 'the closing } is missing, or stands too far to the left'],
    ['[1, 2', 'the closing ] is missing, or stands too far to the left'],
    ['jobs:\n  - name: a\n   type: b\n', 'this stands where the items of a list begin, and does not begin with "- "'],
    ['a: "x"#c\n', 'a space is missing in front of the "#"'],
    ['a: ["x""y"]\n', 'a comma, or a colon with a space behind it, is missing between the brackets'],
    ['a:\n    b: 1\n  c: 2\n', INDENT],
    ['a:\n  - x\n - y\n', INDENT],
    ['a: b: c\n', 'a second ": " stands in this line: quote the value, or correct how far it is indented'],
    ['a:\n\tb: 1\n', 'this is indented with a tab'],
    ['a: "\\q"\n', '\\q means nothing between double quotes: write \\\\ for a backslash, or use single quotes'],
    ['a: @x\n', 'a value cannot begin with @: quote it'],
    ['a: %x\n', 'a value cannot begin with %: quote it'],
    ['a: {x: "1" y: 2}\n', 'a comma, or a colon with a space behind it, is missing between the brackets'],
    ['a: [\n  b:\n    - 1\n  ]\n', 'between brackets, commas part the items, not lines'],
    ['a: &x &y 1\n', 'a value can have one anchor and one tag'],
    ['a: !x !y 1\n', 'a value can have one anchor and one tag'],
    ['%YAML 3 4\n---\na: 1\n', 'a line that begins with "%" is a directive, and this one is not known'],
    ['a: - x\n', 'a list in lines begins in the line after its key'],
    ['a: "x" y\n', 'the value has ended, and something else stands behind it: quote all of it'],
    ['a: [1,,2]\n', 'nothing stands between two commas'],
    ['a: ]\n', '] closes what was not opened'],
  ])('%j', (text, said) => {
    const message = firstOf(text);
    expect(message).toBe(OPENING + said);
    const german = saidIn('de', message);
    expect(german).toMatch(/^das ist kein gültiges YAML: [a-zäöü\\\]}]/);
    expect(german).not.toContain(said);
  });

  it('that the library has another word for is told in that word', () => {
    expect(syntaxFault('IMPOSSIBLE', 'Map comment with trailing content')).toBe(
      `${OPENING}Map comment with trailing content`,
    );
    expect(saidIn('de', syntaxFault('BAD_ALIAS', 'Alias cannot be an empty string'))).toBe(
      'das ist kein gültiges YAML: Alias cannot be an empty string',
    );
  });
});
