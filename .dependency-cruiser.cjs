/** The import table of the rooms (docs/architecture.md). A room that is not listed may import nothing of ours. */
const CORE = '^src/core/';
const WIRE = '^src/wire/';
const PORTS = '^src/ports/';
const MEMORY = '^src/memory/';
const CHAT = '^src/chat/';
const KNOWLEDGE = '^src/knowledge/';

const ROOMS = {
  core: [],
  wire: [CORE],
  ports: [CORE, WIRE],
  memory: [CORE, PORTS, WIRE],
  ingest: [CORE, PORTS, WIRE, MEMORY],
  knowledge: [CORE, PORTS, WIRE, MEMORY],
  chat: [CORE, PORTS, WIRE, MEMORY, KNOWLEDGE],
  summaries: [CORE, PORTS, WIRE, MEMORY, KNOWLEDGE, CHAT],
  learning: [CORE, PORTS, WIRE, MEMORY, KNOWLEDGE, CHAT],
  twin: [CORE, PORTS, WIRE, MEMORY, KNOWLEDGE, CHAT],
  people: [CORE, PORTS, WIRE],
  operations: [CORE, PORTS, WIRE],
  surfaces: [CORE, WIRE],
};

/** A test beside a file may use the shared fakes and contract suites. */
const TEST_HELP = '^test/';

const roomRules = Object.entries(ROOMS).map(([room, allowed]) => ({
  name: `${room}-imports`,
  comment: `src/${room} may import only: itself, ${allowed.join(', ') || 'nothing of ours'}`,
  severity: 'error',
  from: { path: `^src/${room}/`, pathNot: '\\.test\\.ts$' },
  to: { path: '^(src|test|bench|web)/', pathNot: [`^src/${room}/`, ...allowed].join('|') },
}));

/** Rooms do no I/O: `node:` modules belong to adapters and surfaces (core: crypto for ids only). */
const nodeRules = [
  {
    name: 'rooms-no-node',
    severity: 'error',
    from: {
      path: '^src/(core|wire|ports|memory|ingest|knowledge|chat|summaries|learning|twin|people|operations)/',
      pathNot: '(\\.test\\.ts$|^src/core/ids\\.ts$)',
    },
    to: { dependencyTypes: ['core'] },
  },
  {
    name: 'core-ids-only-crypto',
    severity: 'error',
    from: { path: '^src/core/ids\\.ts$' },
    to: { dependencyTypes: ['core'], pathNot: '^(node:)?crypto$' },
  },
];

/** What leaves the house goes through one module, which checks the address; servers of ours live in surfaces/http. */
const outboundRules = [
  {
    name: 'outbound-only',
    severity: 'error',
    from: {
      path: '^src/',
      pathNot: [
        '^src/adapters/connections/outbound',
        '^src/surfaces/http/',
        '(\\.test\\.ts$|/test-[^/]+\\.ts$)',
      ].join('|'),
    },
    to: { path: '(^(node:)?(http|https|http2|net|tls|dgram|dns|dns/promises)$|node_modules/undici/)' },
  },
];

/** Third-party packages live in adapters and surfaces; a room may use a pure library of its field. */
const packageRules = [
  {
    name: 'core-no-packages',
    severity: 'error',
    from: { path: '^src/core/', pathNot: '\\.test\\.ts$' },
    to: { path: 'node_modules' },
  },
  {
    name: 'wire-ports-only-zod',
    severity: 'error',
    from: { path: '^src/(wire|ports)/', pathNot: '\\.test\\.ts$' },
    to: { path: 'node_modules', pathNot: 'node_modules/zod/' },
  },
  {
    name: 'rooms-only-pure-packages',
    severity: 'error',
    from: {
      path: '^src/(memory|ingest|knowledge|chat|summaries|learning|twin|people|operations)/',
      pathNot: '\\.test\\.ts$',
    },
    to: {
      path: 'node_modules',
      pathNot:
        'node_modules/(zod|chrono-node|tinyld|snowball-stemmers|graphology[^/]*|micromark[^/]*|mdast[^/]*)/',
    },
  },
];

module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    ...roomRules,
    {
      name: 'adapters-imports',
      comment: 'an adapter may import core, ports, connections and its own folder',
      severity: 'error',
      from: { path: '^src/adapters/([^/]+)/', pathNot: '\\.test\\.ts$' },
      to: {
        path: '^(src|test|bench|web)/',
        pathNot: ['^src/adapters/$1/', '^src/adapters/connections/', CORE, PORTS].join('|'),
      },
    },
    {
      name: 'tests-beside-files',
      comment: 'a unit test sees its own room, what the room may see, fakes and contracts',
      severity: 'error',
      from: { path: '^src/([^/]+)/.*\\.test\\.ts$', pathNot: '^src/app/' },
      to: {
        path: '^(src|bench|web)/',
        pathNot: ['^src/$1/', CORE, PORTS, WIRE, MEMORY, KNOWLEDGE, CHAT, '^src/adapters/', TEST_HELP].join(
          '|',
        ),
      },
    },
    ...nodeRules,
    ...outboundRules,
    ...packageRules,
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default'],
      extensions: ['.ts', '.js', '.json'],
    },
  },
};
