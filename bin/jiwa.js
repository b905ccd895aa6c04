#!/usr/bin/env node
// Plain JavaScript that any Node can read: finds a Node that can run Jiwa and hands over to it.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import module from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const MAJOR = 24;
const MINOR = 8;
const root = dirname(dirname(fileURLToPath(import.meta.url)));
// Node strips no types inside node_modules: a published package carries dist/ instead of running src/.
const entry = [join(root, 'dist', 'main.js'), join(root, 'src', 'main.ts')].find((path) => existsSync(path));
const own = join(root, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');

function canRun(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > MAJOR || (major === MAJOR && minor >= MINOR);
}

function handOver() {
  const child = spawn(own, process.argv.slice(1), { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => fail(`Node ${MAJOR} could not be started: ${error.message}`));
  child.on('exit', (code, signal) => process.exit(code ?? 128 + (constants.signals[signal] ?? 0)));
}

function fail(message) {
  process.stderr.write(`jiwa: ${message}\n`);
  process.exit(1);
}

if (entry === undefined) {
  fail('this installation is incomplete: neither dist/main.js nor src/main.ts is here.');
} else if (canRun(process.versions.node)) {
  // Half of the time to load, for this process and those it starts. Beside the code, where nobody can write who could
  // not change the code.
  process.env.NODE_COMPILE_CACHE ??= join(root, 'node_modules', '.cache', 'jiwa');
  module.enableCompileCache();
  const { main } = await import(pathToFileURL(entry).href);
  process.exitCode = await main(process.argv.slice(2));
} else if (existsSync(own)) {
  handOver();
} else {
  fail(
    `Node ${MAJOR}.${MINOR} or newer is needed, this is ${process.versions.node}. ` +
      'Run `npm ci` in the folder of Jiwa (it brings the right Node along), or install Node 24 from nodejs.org.',
  );
}
