import { describe, expect, it } from 'vitest';
import { PROBLEMS, type ProblemCode } from '../../../core/api/problem.ts';
import { isDecision, isRisk, needsPerson } from '../../../core/api/problem-weight.ts';

const CODES = Object.keys(PROBLEMS) as ProblemCode[];

describe('the weight of problems', () => {
  it('is one thing at a time', () => {
    for (const code of CODES) {
      expect([isRisk({ code, side: 'sender' }), needsPerson({ code })], code).not.toEqual([true, true]);
      if (isDecision({ code })) expect(needsPerson({ code }), code).toBe(true);
    }
  });

  it('is told of what cannot be mended by trying again, and of little else', () => {
    expect(CODES.filter((code) => needsPerson({ code }))).toEqual(
      expect.arrayContaining(['host-key-mismatch', 'key-not-loaded', 'login-refused']),
    );
    expect(CODES.filter((code) => needsPerson({ code }) && PROBLEMS[code].retry === 'soon')).toEqual([]);
  });

  it('depends on whose pool does not answer', () => {
    expect(isRisk({ code: 'pool-unavailable', side: 'sender' })).toBe(true);
    expect(isRisk({ code: 'pool-unavailable', side: 'receiver' })).toBe(false);
    expect(isRisk({ code: 'pool-unavailable' })).toBe(false);
    expect(isRisk({ code: 'diverged', side: 'receiver' })).toBe(true);
  });
});
