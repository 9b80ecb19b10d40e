import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { configEditSchema } from '../../../core/api/config.ts';
import type { JobLimit } from '../../../core/api/config-forms.ts';
import { applyEdits } from '../../../core/config/edit.ts';
import { configJobs } from '../../../core/config/job-forms.ts';
import { parseConfig } from '../../../core/config/parse-config.ts';
import { countIn, limitEdits, quietFault, rateOf, rateText, unitOf } from '../../../renderer/model/limit-form.ts';

const TEXT = `jobs:
  - type: push
    name: nas # home
    connect: {type: ssh, host: nas, user: root, identity_file: /k, host_key: "SHA256:${'A'.repeat(43)}", root_fs: tank/backup}
    filesystems: {"tank/home<": true}
    snapshotting: {type: manual}
    pruning: {keep_sender: [{type: last_n, count: 1}], keep_receiver: [{type: last_n, count: 1}]}
`;

const limitIn = (text: string) => {
  const parsed = parseConfig(text, { fileName: 'f' });
  expect(parsed.problems).toEqual([]);
  return configJobs(parsed, text, 0)[0]?.limit ?? null;
};

const rate = fc.integer({ min: 16 * 1024, max: 2 ** 40 });
const clock = fc
  .tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }))
  .map(([hour, minute]) => `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`);
const limit: fc.Arbitrary<JobLimit> = fc.record({
  bytesPerSecond: fc.option(rate),
  quiet: fc.option(fc.record({ from: clock, to: clock, bytesPerSecond: rate }).filter(({ from, to }) => from !== to)),
});

describe('how much a job may send', () => {
  it('is what stands in the file after the edits, from any to any, and nothing else is touched', () => {
    fc.assert(
      fc.property(limit, limit, (was, now) => {
        const none: JobLimit = { bytesPerSecond: null, quiet: null };
        const first = limitEdits('nas', none, was);
        const before = first.length === 0 ? TEXT : applyEdits(TEXT, first);
        expect(limitIn(before)).toEqual(was);
        const edits = limitEdits('nas', was, now);
        for (const edit of edits) expect(configEditSchema.safeParse(edit).success).toBe(true);
        const after = applyEdits(before, edits);
        expect(limitIn(after)).toEqual(now);
        expect(after).toContain('name: nas # home');
        if (JSON.stringify(was) === JSON.stringify(now)) expect(edits).toEqual([]);
      }),
    );
  });

  it('is written and counted in units that fit', () => {
    expect([1024, 10 * 2 ** 20, 1536, 16_385].map(rateText)).toEqual(['1 KiB', '10 MiB', '1536 B', '16385 B']);
    expect([unitOf(2 ** 20), unitOf(2 ** 20 + 1024)]).toEqual(['MiB', 'KiB']);
    expect([countIn(3 * 2 ** 20, 'MiB'), countIn(100, 'KiB'), rateOf(1, 'KiB')]).toEqual([3, 1, 16 * 1024]);
  });

  it('has quiet hours with a beginning and another end', () => {
    const quiet = { from: '22:00', to: '07:00', bytesPerSecond: 20_000 };
    expect(quietFault(quiet)).toBeNull();
    expect(quietFault({ ...quiet, from: '24:00' })).toBe('from');
    expect(quietFault({ ...quiet, to: '7' })).toBe('to');
    expect(quietFault({ ...quiet, to: '22:00' })).toBe('same');
  });
});
