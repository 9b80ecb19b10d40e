import { describe, expect, it } from 'vitest';
import { parse as parseYamlText } from 'yaml';
import { dumpConfig } from '../../../core/config/dump.ts';
import { configOf, file, snapJob } from './helper.ts';

const hook = '{type: mysql-lock-tables, dsn: "root:s3cret@tcp(h)/", filesystems: {"tank/my": true}}';
const config = configOf(
  file(
    snapJob({
      snapshotting: `{type: periodic, interval: 1h, prefix: a, hooks: [${hook}]}`,
      pruning: '{keep: [{type: grid, grid: 1x1h(keep=all) | 24x1h | 2x1d, regex: a}, {type: last_n, count: 1}]}',
    }),
  ),
);

describe('the whole configuration as text', () => {
  it.each(['yaml', 'json'] as const)('as %s says everything but passwords', (format) => {
    const text = dumpConfig(config, format);
    expect(text).not.toContain('s3cret');
    const content: unknown = format === 'json' ? JSON.parse(text) : parseYamlText(text);
    expect(content).toMatchObject({
      global: { logging: [{ type: 'stdout', level: 'warn' }], monitoring: null },
      jobs: [
        {
          name: 'snaps',
          filesystems: { 'tank<': true },
          snapshotting: { intervalMs: 3_600_000, hooks: [{ dsn: '(not shown)', filesystems: { 'tank/my': true } }] },
          pruning: {
            keep: [
              {
                type: 'grid',
                grid: [
                  { count: 1, lengthS: 3600, keep: 'all' },
                  { count: 24, lengthS: 3600, keep: 1 },
                  { count: 2, lengthS: 86_400, keep: 1 },
                ],
              },
              { type: 'last_n', count: 1, regex: '' },
            ],
          },
        },
      ],
    });
  });
});
