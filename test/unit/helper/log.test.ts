import { describe, expect, it } from 'vitest';
import { ProblemError } from '../../../core/api/problem.ts';
import { createLog, SILENT_LOG } from '../../../core/monitoring/log.ts';

function collect(level: 'debug' | 'info') {
  const lines: string[] = [];
  return { lines, log: createLog({ write: (line) => lines.push(line) }, level) };
}

describe('the log', () => {
  it('writes one JSON object a line, whatever is in the fields', () => {
    const { lines, log } = collect('info');
    log.child({ job: 'a\n{"level":"error"}' }).info({ dataset: 'p\u001b[31m' }, 'first\nsecond');
    expect(lines).toHaveLength(1);
    expect(lines[0]?.trimEnd().includes('\n')).toBe(false);
    expect(lines[0]?.includes('\u001b')).toBe(false);
    expect(JSON.parse(lines[0] ?? '')).toEqual({
      level: 'info',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      job: 'a\n{"level":"error"}',
      dataset: 'p\u001b[31m',
      msg: 'first\nsecond',
    });
  });

  it('leaves out what is below its level', () => {
    const { lines, log } = collect('info');
    log.debug({}, 'x');
    expect(lines).toEqual([]);
    log.warn({}, 'y');
    expect(lines).toHaveLength(1);
  });

  it('writes errors as problems', () => {
    const { lines, log } = collect('debug');
    log.error({ err: new ProblemError('busy', { name: 'p', host: 'nas' }) }, 'x');
    expect(JSON.parse(lines[0] ?? '').err).toMatchObject({ code: 'busy', facts: { name: 'p' } });
    log.error({ err: new Error('y') }, 'x');
    expect(JSON.parse(lines[1] ?? '').err).toMatchObject({ code: 'internal', facts: { reason: 'y' } });
  });

  it('can be silent', () => {
    const log = SILENT_LOG.child({});
    for (const say of [log.debug, log.info, log.warn, log.error]) expect(say({}, 'x')).toBeUndefined();
  });
});
