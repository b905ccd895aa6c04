import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '..');
const run = promisify(execFile);
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jiwa-rooms-'));
  for (const name of ['.dependency-cruiser.cjs', '.oxlintrc.json', 'tsconfig.json', 'package.json']) {
    await copyFile(join(ROOT, name), join(folder, name));
  }
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const CRUISER = join(ROOT, 'node_modules', 'dependency-cruiser', 'bin', 'dependency-cruise.mjs');
const LINTER = join(ROOT, 'node_modules', 'oxlint', 'bin', 'oxlint');

/** What a check says of these files. */
async function plant(files: Readonly<Record<string, string>>, tool = CRUISER): Promise<string> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  return run(process.execPath, [tool, 'src'], { cwd: folder }).then(
    () => 'allowed',
    (error: { stdout: string }) => error.stdout,
  );
}

const THING = 'export const thing = 1;\n';

test.each([
  ['core-imports', 'src/core/a.ts', "import { thing } from '../memory/b.ts';", 'src/memory/b.ts'],
  ['memory-imports', 'src/memory/a.ts', "import { thing } from '../chat/b.ts';", 'src/chat/b.ts'],
  [
    'surfaces-imports',
    'src/surfaces/http/a.ts',
    "import { thing } from '../../adapters/x/b.ts';",
    'src/adapters/x/b.ts',
  ],
  ['adapters-imports', 'src/adapters/x/a.ts', "import { thing } from '../y/b.ts';", 'src/adapters/y/b.ts'],
  ['operations-imports', 'src/operations/a.ts', "import { thing } from '../ingest/b.ts';", 'src/ingest/b.ts'],
])('a planted violation of %s makes the check fail', async (rule, from, line, to) => {
  const output = await plant({ [from]: `${line}\nexport const used = thing;\n`, [to]: THING });
  expect(output).toContain(rule);
});

test('a room that reads the disk, or uses a package of the edge, makes the check fail', async () => {
  const disk = {
    'src/chat/a.ts': "import { readFile } from 'node:fs/promises';\nexport const read = readFile;\n",
  };
  expect(await plant(disk)).toContain('rooms-no-node');
  const edge = { 'src/chat/a.ts': "import { fastify } from 'fastify';\nexport const server = fastify;\n" };
  expect(await plant(edge)).toContain('rooms-only-pure-packages');
});

test.each(['node:https', 'node:http', 'node:net', 'undici'])(
  'a way out of the house by %s, past the one that checks addresses, makes the check fail',
  async (client) => {
    const files = { 'src/adapters/x/a.ts': `import * as way from '${client}';\nexport const out = way;\n` };
    expect(await plant(files)).toContain('outbound-only');
  },
);

test.each(['fetch', 'globalThis.fetch', 'new WebSocket'])(
  '%s in our code makes the check fail',
  async (way) => {
    const files = { 'src/surfaces/x/a.ts': `export const out = () => ${way}('https://example.com');\n` };
    expect(await plant(files, LINTER)).toContain('outbound.ts');
  },
);

test('a ring of imports makes the check fail', async () => {
  const output = await plant({
    'src/core/a.ts': "import { b } from './b.ts';\nexport const a = () => b;\n",
    'src/core/b.ts': "import { a } from './a.ts';\nexport const b = () => a;\n",
  });
  expect(output).toContain('no-circular');
});

test('what the table allows passes', async () => {
  const files = {
    'src/memory/a.ts': "import { thing } from '../core/b.ts';\nexport const used = thing;\n",
    'src/core/b.ts': THING,
  };
  expect(await plant(files)).toBe('allowed');
});
