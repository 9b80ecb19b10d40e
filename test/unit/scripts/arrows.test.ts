import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { arrowComplaints, checkArrows } from '../../../scripts/checking/arrows.ts';

const value = 'export const value = 1;\n';
const importing = (...sources: readonly string[]) => sources.map((source) => `import '${source}';\n`).join('');

/** A house with one crack of every kind, and next to each the same thing where it is allowed. */
const TREE: Readonly<Record<string, string>> = {
  'core/api/status.ts': importing('zod', 'yaml', 'node:fs'),
  'core/api/contract.ts': importing('./wire/frame.ts'),
  'core/api/wire/frame.ts': importing('node:stream', 'node:net', 'node:http'),
  'core/host/local.ts': importing('node:child_process', 'ssh2', '../api/status.ts'),
  'core/zfs/cli.ts': importing('../host/local.ts', 'node:child_process', 'ssh2'),
  'core/zfs/names.ts': value,
  'core/endpoint/sender.ts': importing('../zfs/cli.ts', 're2js', '../replication/step.ts'),
  'core/replication/step.ts': importing('../endpoint/filter.ts', '../pruning/prune.ts', 're2js'),
  'core/endpoint/filter.ts': value,
  'core/pruning/prune.ts': importing('re2js', 'vitest'),
  'core/config/read.ts': importing(
    'yaml',
    '../zfs/names.ts',
    '../endpoint/filter.ts',
    '../zfs/cli.ts',
    '../job/push.ts',
  ),
  'core/job/push.ts': `import type { X } from '../helper/serve.ts';\nexport type Y = X;\n${importing('../replication/step.ts', '../monitoring/log.ts')}`,
  'core/monitoring/log.ts': importing('../job/other.ts'),
  'core/job/other.ts': value,
  'core/helper/serve.ts': `export type X = 1;\n${importing('../cli/status.ts', '../job/other.ts')}`,
  'core/cli/status.ts': importing('../job/other.ts', '../helper/socket.ts'),
  'core/cli/daemon.ts': importing('../helper/socket.ts', '../../test/fake.ts'),
  'core/helper/socket.ts': importing('./circle.ts'),
  'core/helper/circle.ts': importing('./socket.ts'),
  'core/stray/thing.ts': importing('../api/status.ts'),
  'electron/main.ts': importing('../core/api/status.ts', '../core/job/other.ts', '../renderer/page.ts'),
  'electron/tray.ts': value,
  'renderer/page.ts': importing('../electron/tray.ts'),
  'core/snapshotting/when.ts': importing('../../electron/main.ts', './nosuch.ts'),
  'test/fake.ts': importing('../core/job/other.ts', 'vitest'),
};

const EXPECTED = [
  'api-without-wire: core/api/contract.ts -> core/api/wire/frame.ts',
  'api-imports-only-zod: core/api/status.ts -> fs',
  'api-imports-only-zod: core/api/status.ts -> node_modules/yaml/index.js',
  'api-wire-imports-only-jsonrpc: core/api/wire/frame.ts -> http',
  'arrow-cli: core/cli/status.ts -> core/helper/socket.ts',
  'arrow-config: core/config/read.ts -> core/job/push.ts',
  'arrow-config: core/config/read.ts -> core/zfs/cli.ts',
  'arrow-endpoint: core/endpoint/sender.ts -> core/replication/step.ts',
  'arrow-helper: core/helper/serve.ts -> core/cli/status.ts',
  'arrow-job: core/job/push.ts -> core/helper/serve.ts',
  'arrow-monitoring: core/monitoring/log.ts -> core/job/other.ts',
  'arrow-replication: core/replication/step.ts -> core/pruning/prune.ts',
  'core-has-known-folders: core/stray/thing.ts -> core/api/status.ts',
  'core-stays-in-core: core/cli/daemon.ts -> test/fake.ts',
  'core-stays-in-core: core/snapshotting/when.ts -> electron/main.ts',
  'faces-know-only-api: electron/main.ts -> core/job/other.ts',
  'no-development-package-in-core: core/pruning/prune.ts -> node_modules/vitest/index.js',
  'no-unresolvable: core/snapshotting/when.ts -> ./nosuch.ts',
  'nothing-imports-the-shell: renderer/page.ts -> electron/tray.ts',
  'only-child-process: core/zfs/cli.ts -> child_process',
  'only-re2js: core/replication/step.ts -> node_modules/re2js/index.js',
  'only-ssh2: core/zfs/cli.ts -> node_modules/ssh2/index.js',
  'only-yaml: core/api/status.ts -> node_modules/yaml/index.js',
  'shell-without-renderer: electron/main.ts -> renderer/page.ts',
];

let root = '';
let complaints: readonly string[] = [];

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'snapferry-arrows-'));
  for (const [path, text] of Object.entries(TREE)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  const packages = ['zod', 'yaml', 'ssh2', 're2js', 'vitest'];
  writeFileSync(
    join(root, 'package.json'),
    JSON.stringify({
      name: 'house',
      type: 'module',
      dependencies: { zod: '*', yaml: '*', ssh2: '*', re2js: '*' },
      devDependencies: { vitest: '*' },
    }),
  );
  for (const name of packages) {
    mkdirSync(join(root, 'node_modules', name), { recursive: true });
    writeFileSync(join(root, 'node_modules', name, 'package.json'), JSON.stringify({ name, main: 'index.js' }));
    writeFileSync(join(root, 'node_modules', name, 'index.js'), '');
  }
  ({ complaints } = await checkArrows(root));
}, 30_000);

afterAll(() => rmSync(root, { recursive: true, force: true }));

describe('the arrows between the folders', () => {
  it('refuses every forbidden one, and no other', () => {
    const withoutCycle = complaints
      .map((line) => line.replace(/ -> .* -> /, ' -> '))
      .filter((line) => !line.startsWith('no-cycle'));
    expect([...withoutCycle].sort()).toEqual([...EXPECTED].sort());
  });

  it('refuses a circle', () => {
    expect(complaints.filter((line) => line.startsWith('no-cycle')).join('\n')).toContain('core/helper/circle.ts');
  });
});

describe('arrowComplaints', () => {
  const cruise = (modules: readonly { source: string; dependencies: unknown[] }[]) => ({
    modules: [...modules],
    summary: { violations: [] },
  });
  const disk = [
    { path: 'core/a.ts', text: importing('./b.ts') },
    { path: 'core/b.ts', text: value },
  ];

  it('is content when everything was seen', () => {
    const all = cruise([
      { source: 'core/a.ts', dependencies: [{}] },
      { source: 'core/b.ts', dependencies: [] },
    ]);
    expect(arrowComplaints(all, disk)).toEqual([]);
  });

  it('notices a module that was overlooked', () => {
    expect(arrowComplaints(cruise([{ source: 'core/a.ts', dependencies: [{}] }]), disk)).toEqual([
      'not seen: core/b.ts',
    ]);
  });

  it('notices a module whose imports were overlooked', () => {
    const blind = cruise([
      { source: 'core/a.ts', dependencies: [] },
      { source: 'core/b.ts', dependencies: [] },
    ]);
    expect(arrowComplaints(blind, disk)).toEqual(['its imports were not seen: core/a.ts']);
  });

  it('does not take an empty tree for a good one', () => {
    expect(arrowComplaints(cruise([]), [])).toHaveLength(1);
  });
});
