import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ProblemError } from '../../../core/api/problem.ts';
import {
  ancestorsOf,
  bookmarkName,
  checkAnyName,
  checkComponent,
  checkHoldTag,
  componentFault,
  datasetOf,
  type EntityType,
  entityFault,
  entityFaultByPart,
  holdTagFault,
  isAtOrBelow,
  isBelow,
  parentOf,
  poolOf,
  propertyAssignment,
  propertyNameFault,
  propertyValueFault,
  showName,
  snapshotName,
  splitVersionName,
  versionName,
} from '../../../core/zfs/names.ts';

const a = (count: number): string => 'a'.repeat(count);

describe('entityFault', () => {
  it('looks at a plain name at once, and comes to the same', () => {
    const parts = fc.array(
      fc.constantFrom('a', 'B', '0', '_', '.', ':', ' ', '-', '/', '@', '#', '%', 'ä', '\n', ','),
      {
        maxLength: 12,
      },
    );
    const types = fc.constantFrom<EntityType>('filesystem', 'volume', 'snapshot', 'bookmark');
    fc.assert(
      fc.property(parts, types, fc.constantFrom('', a(246)), (made, type, before) => {
        const name = `${before}${made.join('')}`;
        expect(entityFault(name, type)).toBe(entityFaultByPart(name, type));
      }),
      { numRuns: 2000 },
    );
  });

  const good: readonly (readonly [string, EntityType])[] = [
    ['foo#book', 'bookmark'],
    ['foo/book@bar', 'snapshot'],
    ['foo/book#bar', 'bookmark'],
    ['foo bar/baz bar@blah foo', 'snapshot'],
    [a(255), 'filesystem'],
    [`${a(253)}/a`, 'filesystem'],
    [`${a(251)}/a@b`, 'snapshot'],
    ['foo/bar@ x', 'snapshot'],
    ['foo/bar', 'volume'],
  ];
  it.each(good)('accepts %j as %s', (name, type) => {
    expect(entityFault(name, type)).toBeNull();
  });

  const bad: readonly (readonly [string, EntityType])[] = [
    ['/', 'filesystem'],
    ['/foo', 'filesystem'],
    ['/foo@bar', 'snapshot'],
    ['foo', 'bookmark'],
    ['foo', 'snapshot'],
    ['foo@bar', 'bookmark'],
    ['foo#bar', 'snapshot'],
    ['foo#book@bar', 'bookmark'],
    ['foo/for%idden', 'filesystem'],
    ['foo/bår', 'filesystem'],
    ['', 'filesystem'],
    ['foo/bar@', 'snapshot'],
    ['foo/bar#', 'bookmark'],
    ['foo/bar#@blah', 'bookmark'],
    ['foo bar/baz bar@@lah foo', 'snapshot'],
    ['foo bar/baz bar##lah foo', 'bookmark'],
    ['foo bar/baz@blah/foo', 'snapshot'],
    ['foo bar/baz@blah/foo', 'filesystem'],
    ['foo/b\tr@ba\tz', 'snapshot'],
    ['foo/b\tr@baz', 'snapshot'],
    ['foo/bar@ba\tz', 'snapshot'],
    ['foo/./bar', 'filesystem'],
    ['foo/../bar', 'filesystem'],
    ['foo/bar@..', 'snapshot'],
    ['foo/bar@.', 'snapshot'],
    [a(256), 'filesystem'],
    [`${a(255)}/a@b`, 'snapshot'],
    ['foo/bar@23+42', 'snapshot'],
    ['foo bar/baz bar@#lah foo', 'snapshot'],
    ['foo/bar@a,b', 'snapshot'],
    ['foo/bar@a%b', 'snapshot'],
    ['a//b', 'filesystem'],
    ['a/', 'filesystem'],
    ['-r/x', 'filesystem'],
    ['foo\n', 'filesystem'],
    ['foo*', 'filesystem'],
    ['foo|', 'filesystem'],
    ['foo\\', 'filesystem'],
  ];
  it.each(bad)('refuses %j as %s', (name, type) => {
    expect(entityFault(name, type)).toEqual(expect.any(String));
  });

  it('never lets through what could be an option, a list or a range', () => {
    fc.assert(
      fc.property(
        fc.string({ maxLength: 40 }),
        fc.constantFrom<EntityType>('filesystem', 'snapshot', 'bookmark'),
        (name, type) => {
          if (entityFault(name, type) !== null) return;
          expect(name).toMatch(/^[0-9A-Za-z_.: ][0-9A-Za-z_.: /@#-]*$/);
          expect(name.split(/[/@#]/).every((part) => componentFault(part) === null)).toBe(true);
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('componentFault', () => {
  it.each(['a', '-', '_', 'a b', ' x', 'a:b.c_d-e', '...', a(255)])('accepts %j', (component) => {
    expect(componentFault(component)).toBeNull();
  });
  it.each(['', '.', '..', 'a/b', 'a@b', 'a#b', 'a+b', 'a%b', 'a,b', 'a<', 'a>', 'a\tb', 'ö', a(256)])(
    'refuses %j',
    (component) => {
      expect(componentFault(component)).toEqual(expect.any(String));
      expect(() => checkComponent(component)).toThrow(ProblemError);
    },
  );
});

describe('hold tags and properties', () => {
  it.each(['zrepl_STEP_J_push', 'a tag', 'ä', a(255)])('accepts the tag %j', (tag) => {
    expect(checkHoldTag(tag)).toBe(tag);
  });
  it.each(['', '.x', '-r', 'a\tb', 'a\nb', a(256), 'ä'.repeat(128)])('refuses the tag %j', (tag) => {
    expect(holdTagFault(tag)).toEqual(expect.any(String));
  });
  it.each(['abc', '123', 'zrepl:placeholder', 'org.openzfs.systemd:ignore', a(256)])(
    'accepts the property %j',
    (name) => {
      expect(propertyNameFault(name)).toBeNull();
    },
  );
  it.each(['', '-x', 'a=b', 'a b', 'a,b', 'a\n', a(257)])('refuses the property %j', (name) => {
    expect(propertyNameFault(name)).toEqual(expect.any(String));
    expect(() => propertyAssignment(name, 'x')).toThrow(/name-invalid/);
  });
  it('refuses values that would break a listing', () => {
    expect(propertyAssignment('a:b', 'x = y')).toBe('a:b=x = y');
    expect(propertyValueFault('')).toBeNull();
    for (const value of ['a\nb', 'a\tb', 'a\0b', a(8192)]) {
      expect(() => propertyAssignment('a:b', value)).toThrow(/name-invalid/);
    }
  });
});

describe('full names', () => {
  it('puts names together and takes them apart', () => {
    expect(snapshotName('p/a b', '1')).toBe('p/a b@1');
    expect(bookmarkName('p/a', '1')).toBe('p/a#1');
    expect(versionName('p', { type: 'bookmark', name: 'x' })).toBe('p#x');
    expect(versionName('p', { type: 'snapshot', name: 'x' })).toBe('p@x');
    expect(splitVersionName('p/a b@ 1')).toEqual({ type: 'snapshot', dataset: 'p/a b', name: ' 1' });
    expect(splitVersionName('p#1')).toEqual({ type: 'bookmark', dataset: 'p', name: '1' });
    expect(() => splitVersionName('p/a')).toThrow(/name-invalid/);
  });

  it('does not let a part smuggle a delimiter into the whole', () => {
    expect(() => snapshotName('p@x', 'y')).toThrow(/name-invalid/);
    expect(() => snapshotName('p', 'x,y')).toThrow(/name-invalid/);
    expect(() => snapshotName('p', 'a/b')).toThrow(/name-invalid/);
    expect(() => bookmarkName(a(200), a(55))).toThrow(/name-invalid/);
  });

  it('checks a name of any type by its delimiter', () => {
    for (const name of ['p', 'p/a', 'p@x', 'p/a#x']) expect(checkAnyName(name)).toBe(name);
    for (const name of ['', '-p', 'p@', 'p@x#y', 'p@x@y']) expect(() => checkAnyName(name)).toThrow(/name-invalid/);
  });

  it('shows a refused name bounded and harmless', () => {
    expect(showName('a\u001b[31m\nb')).toBe('a?[31m?b');
    expect(showName(a(1000)).length).toBeLessThan(310);
  });
});

describe('relations', () => {
  it('compares by components', () => {
    expect(isBelow('sender/aa', 'sender/a')).toBe(false);
    expect(isAtOrBelow('sender/aa', 'sender/a')).toBe(false);
    expect(isBelow('sender/a/b', 'sender/a')).toBe(true);
    expect(isBelow('sender/a', 'sender/a')).toBe(false);
    expect(isAtOrBelow('sender/a', 'sender/a')).toBe(true);
  });

  it('knows pool, dataset, parent and ancestors', () => {
    expect([datasetOf('p/a'), datasetOf('p/a@x'), datasetOf('p/a#x')]).toEqual(['p/a', 'p/a', 'p/a']);
    expect([poolOf('p'), poolOf('p/a'), poolOf('p@x'), poolOf('p#x')]).toEqual(['p', 'p', 'p', 'p']);
    expect([parentOf('p'), parentOf('p/a/b')]).toEqual([null, 'p/a']);
    expect(ancestorsOf('p/a/b')).toEqual(['p', 'p/a']);
    expect(ancestorsOf('p')).toEqual([]);
  });

  it('agrees on what lies below what', () => {
    const path = fc
      .array(fc.constantFrom('a', 'aa', 'b'), { minLength: 1, maxLength: 4 })
      .map((parts) => parts.join('/'));
    fc.assert(
      fc.property(path, path, (dataset, other) => {
        expect(isBelow(dataset, other)).toBe(ancestorsOf(dataset).includes(other));
      }),
    );
  });
});
