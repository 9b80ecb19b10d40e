import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { remarkIn } from '../../../core/api/messages/remarks-de.ts';
import { REMARKS, type RemarkCode, readRemark, remark } from '../../../core/api/remark.ts';

const CODES = Object.keys(REMARKS) as RemarkCode[];
const factsOf = (code: RemarkCode) => [...REMARKS[code].matchAll(/\{(\w+)\}/g)].map(([, key = '']) => key);
/** Names as ZFS has them, with what could be mistaken for a part of the sentence. */
const fact = fc.stringMatching(/^[A-Za-z0-9 ._:/<"-]{1,40}$/);

describe('what the engine remarks', () => {
  it('is read back with its code and facts, whatever they are', () => {
    const some = fc.constantFrom(...CODES).chain((code) => {
      const values = factsOf(code).map((key) => [key, key === 'bytes' ? fc.bigInt(0n, 2n ** 63n).map(String) : fact]);
      return fc.tuple(fc.constant(code), fc.record(Object.fromEntries(values)));
    });
    fc.assert(
      fc.property(some, ([code, facts]) => {
        expect(readRemark(remark(code, facts))).toEqual({ code, facts });
      }),
    );
  });

  it('has German for each, with the same facts, and for the reason within', () => {
    for (const code of CODES) {
      const facts = Object.fromEntries(factsOf(code).map((key) => [key, key === 'bytes' ? '512' : `<${key}>`]));
      const text = remark(code, facts);
      const german = remarkIn('de', text);
      expect(german, code).not.toBe(text);
      for (const value of Object.values(facts)) expect(german, code).toContain(value);
      expect(remarkIn('en', text)).toBe(text);
    }
    const reason = remark('partial-base-gone');
    const held = remarkIn('de', remark('partial-discarded-held', { dataset: 'tank/data', bytes: '512', reason }));
    expect(held).toContain('die Basis, auf der sie aufbaut');
    expect(held).toContain('obwohl');
  });

  it('stays as it is where it is not known', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        if (readRemark(text) === null) expect(remarkIn('de', text)).toBe(text);
      }),
    );
    expect(readRemark(`the pattern "${'x'.repeat(5000)}" matches no dataset`)).toBeNull();
  });
});
