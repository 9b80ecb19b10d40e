import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CONFIG_FAULTS, configFault, readConfigFault } from '../../../core/api/config-fault.ts';
import { FIELD_FAULTS, fieldFault, readFieldFault } from '../../../core/api/field-fault.ts';
import { saidIn } from '../../../core/api/messages/said.ts';
import { REMARKS, readRemark, remark } from '../../../core/api/remark.ts';
import { parseConfig } from '../../../core/config/parse-config.ts';
import { compileRule } from '../../../core/pruning/rules.ts';

const NUMBERS = new Set(['bytes', 'count', 'index', 'days', 'least', 'most']);
const factsOf = (template: string) => [...template.matchAll(/\{(\w+)\}/g)].map(([, key = '']) => key);
/** Names as ZFS has them, with what could be mistaken for a part of the sentence. */
const fact = fc.stringMatching(/^[A-Za-z0-9 ._:/<"-]{1,40}$/);
const factFor = (key: string) => (NUMBERS.has(key) ? fc.bigInt(0n, 2n ** 63n).map(String) : fact);

describe.each([
  { list: 'remarks', texts: REMARKS, say: remark, read: readRemark },
  { list: 'faults of a configuration', texts: CONFIG_FAULTS, say: configFault, read: readConfigFault },
  { list: 'faults of fields', texts: FIELD_FAULTS, say: fieldFault, read: readFieldFault },
] as const)('$list', ({ texts, say, read }) => {
  const entries = Object.entries<string>(texts);
  const sayAny = say as (code: string, facts?: Readonly<Record<string, string>>) => string;

  it('are read back with code and facts, whatever they are', () => {
    const some = fc.constantFrom(...entries).chain(([code, template]) => {
      const values = factsOf(template).map((key) => [key, factFor(key)]);
      return fc.tuple(fc.constant(code), fc.record(Object.fromEntries(values)));
    });
    fc.assert(
      fc.property(some, ([code, facts]) => {
        expect(read(sayAny(code, facts))).toEqual({ code, facts });
      }),
    );
  });

  it('have German, each with the same facts', () => {
    for (const [code, template] of entries) {
      const facts = Object.fromEntries(factsOf(template).map((key) => [key, NUMBERS.has(key) ? '512' : `<${key}>`]));
      const text = sayAny(code, facts);
      const german = saidIn('de', text);
      expect(german, code).not.toBe(text);
      for (const value of Object.values(facts)) expect(german, code).toContain(value);
      expect(saidIn('en', text)).toBe(text);
    }
  });

  it('stay as they are where they are not known', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        if (read(text) === null) expect(saidIn('de', text)).toBe(text);
      }),
    );
    expect(read(`the pattern "${'x'.repeat(5000)}" matches no dataset`)).toBeNull();
  });
});

describe('what the engine says', () => {
  it('is translated within, too', () => {
    const reason = remark('partial-base-gone');
    const held = saidIn('de', remark('partial-discarded-held', { dataset: 'tank/data', bytes: '512', reason }));
    expect(held).toContain('die Basis, auf der sie aufbaut');
    expect(held).toContain('obwohl');
    const holds = [remark('hold-foreign', { tag: 'mine' }), remark('hold-of-job', { tag: 'z', job: 'nas' })].join(', ');
    expect(saidIn('de', remark('kept-held', { holds }))).toBe(
      'ausgelassen: gehalten von mine (von keinem Job gesetzt), z (vom Job nas)',
    );
    expect(saidIn('de', 'something new')).toBe('something new');
  });

  it.each([
    [{ type: 'last_n', count: 24, regex: '' }, 'einer der letzten 24'],
    [{ type: 'last_n', count: 3, regex: '^a' }, 'einer der letzten 3 mit ^a im Namen'],
    [{ type: 'grid', grid: [{ lengthS: 3600, keep: 'all' }], regex: 'x' }, 'Raster 1x1h(keep=all) für Namen mit x'],
    [{ type: 'regex', regex: 'm', negate: true }, 'Name ohne m'],
    [{ type: 'not_replicated', keepSnapshotAtCursor: true }, 'noch nicht übertragen'],
  ] as const)('of the rule that keeps a snapshot: %j', (rule, german) => {
    const text = remark('kept-by-rule', { index: '2', reason: compileRule(rule).text });
    expect(saidIn('de', text)).toBe(`Regel 2 hält ihn: ${german}`);
  });

  it.each([
    ['snapshotting: {type: cron, cron: "61 * * * *", prefix: a_}', 'die Minute 61 liegt nicht zwischen 0 und 59'],
    ['snapshotting: {type: cron, cron: "x * * * *", prefix: a_}', '„x“ ist keine Minute'],
    ['snapshotting: {type: cron, cron: "* *", prefix: a_}', '„* *“ hat 2 Felder'],
    ['snapshotting: {type: cron, cron: "TZ=Nowhere/X 0 * * * *", prefix: a_}', 'Zeitzone „Nowhere/X“'],
    ['snapshotting: {type: periodic, interval: 10, prefix: a_}', '"10" hat keine Einheit'],
    ['snapshotting: {type: periodic, interval: 0s, prefix: a_}', '"0s" muss länger als 0 sein'],
    ['snapshotting: {type: periodic, interval: 10m, prefix: "ä"}', 'nur druckbare ASCII-Zeichen'],
    ['snapshotting: {type: periodic, interval: 10m, prefix: ""}', '„prefix“ darf nicht leer sein'],
    ['snapshotting: {type: periodic, interval: 10m}', 'der Schlüssel „prefix“ fehlt'],
  ])('of a schedule in a file: %s', (part, german) => {
    const text = `jobs: [{type: snap, name: a, filesystems: {p: true}, ${part}, pruning: {keep: [{type: last_n, count: 1}]}}]`;
    const { problems } = parseConfig(text, { fileName: 'f' });
    expect(problems.map(({ message }) => saidIn('de', message)).join('\n')).toContain(german);
  });

  it.each([
    ['{type: grid, grid: 24x1h | 3x10m, regex: a}', 'der Abschnitt 2 ist kürzer als der davor'],
    ['{type: grid, grid: often, regex: a}', 'Abschnitt 1: "often" hat nicht die Form'],
    ['{type: regex, regex: "("}', '"(" ist kein regulärer Ausdruck'],
    ['{type: last_n, count: 0}', '0 liegt nicht zwischen 1 und 1000000'],
    ['{type: last_n, count: few}', '"few" ist keine ganze Zahl'],
    ['{type: not_replicated}', 'würde not_replicated jeden Snapshot behalten'],
  ])('of a keep rule in a file: %s', (rule, german) => {
    const text = `jobs: [{type: snap, name: a, filesystems: {p: true}, snapshotting: {type: manual}, pruning: {keep: [${rule}]}}]`;
    const { problems } = parseConfig(text, { fileName: 'f' });
    expect(problems.map(({ message }) => saidIn('de', message)).join('\n')).toContain(german);
  });
});
