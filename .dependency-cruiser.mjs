/**
 * Which folder may import which: docs/design.md, "Arrows", as rules. `npm run check` runs them through
 * scripts/checking/arrows.ts, which also makes sure that no module was overlooked.
 */

/** Folders on the way down from the jobs to the hosts; each may import those named, api, and itself. */
const ENGINE_PARTS = ['replication', 'pruning', 'snapshotting', 'drives', 'restore'];
const BELOW_JOBS = ['endpoint', 'zfs', 'host'];
const WHOLE_ENGINE = [...BELOW_JOBS, ...ENGINE_PARTS, 'transport', 'config', 'monitoring', 'job'];

/** @type {Readonly<Record<string, readonly string[]>>} */
const MAY_IMPORT = {
  api: [],
  host: [],
  zfs: ['host'],
  endpoint: ['zfs', 'host'],
  ...Object.fromEntries(ENGINE_PARTS.map((part) => [part, BELOW_JOBS])),
  transport: BELOW_JOBS,
  monitoring: [],
  // Pure: what it needs of other folders are the readers of single values.
  config: ['zfs/names[^/]*', 'zfs/marks', 'endpoint/filter', 'snapshotting/cron', 'snapshotting/timestamp'],
  job: WHOLE_ENGINE.filter((part) => part !== 'job'),
  helper: WHOLE_ENGINE,
  cli: WHOLE_ENGINE,
};

/** The part of api that talks over a stream of Node's; the rest of it runs anywhere. */
const API_WIRE = '^core/api/wire/';

/** A folder of core, or some files of one, as the pattern of a path. @param {string} name */
const pathOf = (name) => (name.includes('/') ? `^core/${name}[.]ts$` : `^core/${name}/`);

/**
 * A folder may import the modules that its entry names, and nothing else of core.
 *
 * @type {import('dependency-cruiser').IForbiddenRuleType[]}
 */
const arrows = Object.entries(MAY_IMPORT).map(([from, targets]) => ({
  name: `arrow-${from}`,
  severity: 'error',
  from: { path: pathOf(from), ...(from === 'cli' ? { pathNot: '^core/cli/daemon' } : {}) },
  to: { path: '^core/', pathNot: [from, 'api', ...targets].map(pathOf) },
}));

/**
 * @param {string} program
 * @param {readonly string[]} folders the only folders of core that may import it
 * @returns {import('dependency-cruiser').IForbiddenRuleType}
 */
const onlyIn = (program, folders) => ({
  name: `only-${program.replaceAll(/[^a-z0-9]+/g, '-')}`,
  severity: 'error',
  from: { path: '^core/', pathNot: folders.map((folder) => `^core/${folder}/`) },
  to: { path: [`(^|/)node_modules/${program}(/|$)`, `^(node:)?${program}$`] },
});

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    ...arrows,
    {
      name: 'arrow-cli-daemon',
      comment: 'The composition root, and it alone, may import the helper.',
      severity: 'error',
      from: { path: '^core/cli/daemon' },
      to: { path: '^core/', pathNot: ['cli', 'api', 'helper', ...WHOLE_ENGINE].map(pathOf) },
    },
    {
      name: 'core-has-known-folders',
      comment: 'A new folder needs its place among the arrows.',
      severity: 'error',
      from: { path: '^core/', pathNot: Object.keys(MAY_IMPORT).map(pathOf) },
      to: {},
    },
    {
      name: 'core-stays-in-core',
      severity: 'error',
      from: { path: '^core/' },
      to: { path: '^(electron|renderer|test|scripts|assets)/' },
    },
    {
      name: 'core-without-faces',
      severity: 'error',
      from: { path: '^core/' },
      to: { path: '(^|/)node_modules/(@types/)?(electron|react|react-dom|zustand|ws|@homebridge)(/|$)' },
    },
    {
      name: 'faces-know-only-api',
      severity: 'error',
      from: { path: '^(electron|renderer)/' },
      to: { path: '^core/', pathNot: '^core/api/' },
    },
    {
      name: 'nothing-imports-the-shell',
      comment: 'It is a program of its own; the command line starts it.',
      severity: 'error',
      from: { path: '^(renderer|scripts)/' },
      to: { path: '^electron/' },
    },
    {
      name: 'shell-without-renderer',
      comment: 'It serves what was built of it.',
      severity: 'error',
      from: { path: '^electron/' },
      to: { path: '^(renderer|scripts|test)/' },
    },
    {
      name: 'electron-behind-its-port',
      comment: 'Imported under Node it would fetch its program; tests put a double in its place.',
      severity: 'error',
      from: { path: '^(electron|core|scripts|test)/', pathNot: '^electron/app/(main|preload)[.]ts$' },
      to: { path: '(^|/)node_modules/electron(/|$)', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'renderer-runs-in-a-page',
      comment: 'No Node, no shell: what it needs of them comes through its transport.',
      severity: 'error',
      from: { path: '^renderer/' },
      to: { path: ['^test/', '^node:', '(^|/)node_modules/(@types/)?electron(/|$)'] },
    },
    {
      name: 'renderer-decides-without-a-page',
      comment: 'What is known and what follows from it does not need React, so that it can be tested without a page.',
      severity: 'error',
      from: { path: '^renderer/(model|session|text|i18n|transport)/' },
      to: {
        path: [
          '^renderer/(features|ui)/',
          '^renderer/[^/]+$',
          '(^|/)node_modules/(react|react-dom|react-aria-components|zustand)(/|$)',
        ],
      },
    },
    {
      name: 'api-imports-only-zod',
      severity: 'error',
      from: { path: '^core/api/', pathNot: API_WIRE },
      to: { pathNot: ['^core/api/', '(^|/)node_modules/zod(/|$)'] },
    },
    {
      name: 'api-wire-imports-only-jsonrpc',
      comment:
        'The framing of the contract on a stream, and the socket below it, need Node; the contract itself must not.',
      severity: 'error',
      from: { path: API_WIRE },
      to: {
        pathNot: [
          '^core/api/',
          '(^|/)node_modules/(zod|vscode-jsonrpc)(/|$)',
          '^(node:)?(stream|buffer|net|path|fs/promises)$',
        ],
      },
    },
    {
      name: 'api-without-wire',
      severity: 'error',
      from: { path: ['^core/api/', '^renderer/'], pathNot: API_WIRE },
      to: { path: API_WIRE },
    },
    onlyIn('ssh2', ['host']),
    onlyIn('yaml', ['config']),
    onlyIn('re2js', ['pruning', 'config', 'endpoint']),
    onlyIn('child_process', ['host']),
    {
      name: 'no-development-package-in-core',
      severity: 'error',
      from: { path: '^core/' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['npm', 'type-only'] },
    },
    { name: 'no-cycle', severity: 'error', from: {}, to: { circular: true } },
    { name: 'no-unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: ['node_modules'] },
    // Types make arrows too: who knows a shape depends on it.
    tsPreCompilationDeps: true,
    moduleSystems: ['es6'],
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      extensions: ['.ts', '.mjs', '.js', '.json'],
    },
  },
};
