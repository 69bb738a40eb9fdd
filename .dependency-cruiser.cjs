// The ranks of ARCHITECTURE.md: imports point down. tests/architecture/ranks.test.ts runs these rules.

// What each folder of workers/ may import, besides itself. input.ts is the vocabulary of inputs: types alone.
const below = {
  bytes: [],
  trace: ['bytes/'],
  kernel: ['bytes/', 'trace/'],
  net: ['bytes/', 'trace/', 'kernel/', 'input\\.ts$'],
  os: ['bytes/', 'trace/', 'kernel/', 'net/', 'input\\.ts$'],
  protocols: ['bytes/'],
  commands: ['bytes/', 'protocols/', 'os/os\\.ts$', 'daemons/'],
  hosts: ['bytes/', 'trace/', 'kernel/', 'net/', 'os/', 'protocols/', 'daemons/', 'commands/', 'input\\.ts$'],
};

const ranks = Object.entries(below).map(([folder, allowed]) => ({
  name: `rank-${folder}`,
  comment: `workers/${folder}/ imports only ${[folder, ...allowed].join(', ').replaceAll('\\', '').replaceAll('$', '')}`,
  severity: 'error',
  from: { path: `^workers/${folder}/` },
  to: {
    path: '^(workers|src|lessons)/',
    pathNot: [`${folder}/`, ...allowed].map((name) => `^workers/${name}`),
  },
}));

module.exports = {
  forbidden: [
    ...ranks,
    {
      name: 'daemon-sees-os-only',
      comment: 'a daemon imports os/os.ts, protocols, bytes, daemons/clients and its own product’s folder',
      severity: 'error',
      from: { path: '^workers/daemons/([^/]+)/' },
      to: {
        path: '^(workers|src|lessons)/',
        pathNot: ['^workers/(bytes|protocols)/', '^workers/os/os\\.ts$', '^workers/daemons/(clients|$1)/'],
      },
    },
    {
      name: 'workers-know-no-page',
      comment:
        'what runs in simulated time imports neither the page nor a lesson (workers/node may: it is a main program)',
      severity: 'error',
      from: { path: '^workers/', pathNot: '^workers/node/' },
      to: { path: '^(src|lessons|tests)/' },
    },
    {
      name: 'node-entries-stay-in-node',
      comment: 'only workers/node imports workers/node: the browser never loads it',
      severity: 'error',
      from: { pathNot: '^workers/node/' },
      to: { path: '^workers/node/' },
    },
    {
      name: 'page-reaches-workers-by-contract',
      comment:
        'src/ imports workers/api.ts, the trace, the pure protocols and bytes, and the checks of main.cf and master.cf',
      severity: 'error',
      from: { path: '^src/' },
      to: {
        path: '^workers/',
        pathNot: [
          '^workers/api\\.ts$',
          '^workers/(trace|protocols|bytes)/',
          '^workers/commands/postfix/check-(main|master)-cf\\.ts$',
        ],
      },
    },
    {
      name: 'world-is-data',
      comment: 'a world file imports only the world type and its own texts',
      severity: 'error',
      from: { path: '^lessons/worlds/' },
      to: { path: '^(workers|src|lessons)/', pathNot: ['^lessons/worlds/', '^workers/hosts/world\\.ts$'] },
    },
    {
      name: 'lesson-is-data',
      comment: 'a lesson imports only the DSL; the DSL reads the trace',
      severity: 'error',
      from: { path: '^lessons/(?!worlds/)' },
      to: {
        path: '^(workers|src)/',
        pathNot: ['^workers/(api|input)\\.ts$', '^workers/(trace|protocols|bytes)/'],
      },
    },
    {
      name: 'comlink-at-the-boundary',
      comment: 'comlink is imported by src/sim, src/decode and the worker entries alone',
      severity: 'error',
      from: {
        path: '^(workers|src|lessons)/',
        pathNot: ['^src/(sim|decode)/', '^workers/[^/]+\\.worker\\.ts$'],
      },
      to: { path: 'node_modules/comlink' },
    },
    {
      name: 'pure-packages-only',
      comment: 'third-party code in simulated time is pure and synchronous',
      severity: 'error',
      from: { path: '^workers/', pathNot: ['^workers/node/', '^workers/[^/]+\\.worker\\.ts$'] },
      to: { path: 'node_modules/', pathNot: ['node_modules/(@noble/|ipaddr\\.js)'] },
    },
    {
      name: 'no-node-in-the-browser',
      comment: 'Node’s own modules are for workers/node',
      severity: 'error',
      from: { path: '^(workers|lessons|src)/', pathNot: ['^workers/node/', '^src/decode/'] },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'no-cycles',
      comment: 'no file imports itself by a detour (types may)',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'nothing-missing',
      comment: 'every import leads to a file',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: ['\\?'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'browser', 'default', 'types'],
    },
  },
};
