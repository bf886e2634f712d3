/**
 * Who may import whom. Each room of src/ lists the rooms that it may import; whatever is not listed is forbidden.
 *
 * `types` lists rooms whose types alone may be imported: such an import is gone at run time.
 */
const rooms = {
  shared: { imports: [] },
  locks: { imports: ['shared'] },
  mmu: { imports: ['locks', 'shared'] },
  notifier: { imports: ['mmu', 'locks', 'shared'] },
  lru: { imports: ['notifier', 'mmu', 'locks', 'shared'] },
  variants: { imports: ['mmu', 'notifier', 'shared'] },
  verify: { imports: ['shared'] },
  explore: { imports: ['verify', 'shared'] },
  // A host that evicts a guest's pages by what MGLRU is told.
  reclaim: { imports: ['lru', 'notifier', 'mmu', 'locks', 'shared'] },
  scenario: { imports: ['mmu', 'notifier', 'lru', 'variants', 'locks', 'shared'] },
  // Traces of real kernels, replayed operation by operation.
  conform: { imports: ['verify', 'scenario', 'variants', 'notifier', 'mmu', 'locks', 'shared'] },
  // Scenarios under the explorer: programs, properties, counterexamples.
  check: {
    imports: ['explore', 'verify', 'scenario', 'variants', 'lru', 'notifier', 'mmu', 'locks', 'shared'],
  },
  // What the workers of a run and the run itself must agree on: its configuration, its arena, its control words.
  stress: { imports: ['scenario', 'verify', 'variants', 'notifier', 'mmu', 'locks', 'shared'] },
  // The same of a latency run.
  bench: { imports: ['notifier', 'mmu', 'locks', 'variants', 'shared'], types: ['verify'] },
  workers: {
    imports: [
      'bench',
      'check',
      'stress',
      'explore',
      'scenario',
      'verify',
      'variants',
      'lru',
      'notifier',
      'mmu',
      'locks',
      'shared',
    ],
  },
  // Workers are started by URL, each in a thread of its own: a value import would run one on the main thread.
  run: {
    imports: [
      'bench',
      'check',
      'conform',
      'reclaim',
      'stress',
      'verify',
      'explore',
      'variants',
      'scenario',
      'mmu',
      'locks',
      'shared',
    ],
    types: ['workers'],
  },
  // Pure functions from results to text and pictures: they see the shapes of results, and nothing that produces them.
  report: {
    imports: ['shared'],
    types: ['run', 'bench', 'check', 'conform', 'reclaim', 'stress', 'verify', 'explore', 'scenario', 'variants'],
  },
};

const everyRoom = [...Object.keys(rooms), 'cli'];

/** Rooms whose source runs on threads, in the explorer and in a simulator: nothing there may depend on Node. */
const portable = ['shared', 'locks', 'mmu', 'notifier', 'lru', 'variants'];

function roomRules(room, { imports, types = [] }) {
  const forbidden = everyRoom.filter((other) => other !== room && !imports.includes(other) && !types.includes(other));
  const rules = [
    {
      name: `${room}-stays-in-its-place`,
      comment: `src/${room} may import ${imports.join(', ') || 'nothing of ours'}${types.length > 0 ? `, and types of ${types.join(', ')}` : ''}`,
      severity: 'error',
      from: { path: `^src/${room}/` },
      to: { path: `^src/(?:(?:${forbidden.join('|')})/|[^/]+$)` },
    },
  ];
  if (types.length > 0) {
    rules.push({
      name: `${room}-imports-types-only`,
      comment: `src/${room} may import nothing but types of ${types.join(', ')}`,
      severity: 'error',
      from: { path: `^src/${room}/` },
      to: { path: `^src/(?:${types.join('|')})/`, dependencyTypesNot: ['type-only'] },
    });
  }
  return rules;
}

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    ...Object.entries(rooms).flatMap(([room, rule]) => roomRules(room, rule)),
    {
      name: 'every-room-is-known',
      comment: 'a folder of src/ without a rule here would be free to import anything',
      severity: 'error',
      from: { path: `^src/(?!(?:${everyRoom.join('|')})/)[^/]+/` },
      to: {},
    },
    {
      name: 'nobody-imports-the-cli',
      comment: 'the command line is the outermost room',
      severity: 'error',
      from: { path: '^src/(?!cli/)' },
      to: { path: '^src/cli/' },
    },
    {
      name: 'no-cycles',
      comment: 'of two files that need each other, neither can be read or tested alone',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'protocol-depends-on-nothing-outside',
      comment: 'the protocol must run unchanged on threads and in the explorer',
      severity: 'error',
      from: { path: `^src/(?:${portable.join('|')})/` },
      to: { dependencyTypes: ['core', 'npm', 'npm-dev', 'npm-optional', 'npm-peer', 'npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'no-tools-at-run-time',
      comment: 'what src/ imports must be a dependency of the package, not a tool of its developers',
      severity: 'error',
      from: { path: '^src/' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'plots-are-drawn-in-one-place',
      comment: 'the plot library and its document take long to load: whoever imports src/report/plot does so lazily',
      severity: 'error',
      from: { path: '^src/(?!report/plot/)' },
      to: { path: '^node_modules/(?:@observablehq/plot|linkedom)/' },
    },
    {
      name: 'no-other-command-reaches-a-plot',
      comment: 'no command but `report` needs pictures',
      severity: 'error',
      from: { path: '^src/(?:cli/(?!main|report-command)|index)' },
      to: { path: '^node_modules/(?:@observablehq/plot|linkedom)/', reachable: true },
    },
    {
      name: 'commands-load-reports-lazily',
      comment: 'no command is to wait for the libraries that pictures need',
      severity: 'error',
      from: { path: '^src/(?!report/)' },
      to: {
        path: '^src/report/(?:plot/|chart-text/|report-html|report-text|hdr-files)',
        dependencyTypesNot: ['dynamic-import', 'type-only'],
      },
    },
    {
      name: 'no-import-to-nowhere',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
};
