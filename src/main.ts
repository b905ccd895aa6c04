import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findHolder } from './adapters/connections/data-folder-lock.ts';
import { tokenFile } from './adapters/connections/token-file.ts';
import { openApp } from './app.ts';
import { type Config, describeEnvironment, readConfig } from './config.ts';
import { toAppError } from './core/errors.ts';
import { dataFolderFrom } from './surfaces/cli/data-folder.ts';
import type { CliHost, RunningApp } from './surfaces/cli/host.ts';
import { runCli } from './surfaces/cli/run-cli.ts';

const ROOT = join(import.meta.dirname, '..');

async function packageVersion(): Promise<string> {
  const manifest = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as { version: string };
  return manifest.version;
}

async function findServer({ dataFolder }: Config): Promise<RunningApp | undefined> {
  const holder = await findHolder(dataFolder);
  const token = await tokenFile(dataFolder).read();
  if (holder?.url == null || holder.pid === undefined || token === undefined) return undefined;
  return { url: holder.url, token, pid: holder.pid };
}

function hostOf(config: Config, version: string): CliHost {
  return {
    version,
    dataFolder: config.dataFolder,
    port: config.port,
    tokenFile: tokenFile(config.dataFolder).path,
    demoFolder: join(ROOT, 'demo'),
    environment: describeEnvironment(process.env),
    findServer: () => findServer(config),
    async openApp({ port = 0, dataFolder, quiet }) {
      const opened = readConfig(process.env, dataFolder ?? config.dataFolder);
      const logLevel = quiet && process.env.JIWA_LOG === undefined ? 'error' : opened.logLevel;
      const app = await openApp({ ...opened, port, logLevel }, version);
      return { ...app, pid: process.pid };
    },
    stdout: process.stdout,
    stderr: process.stderr,
    stdin: process.stdin,
  };
}

/** The command line: gives the exit code. */
export async function main(argv: readonly string[]): Promise<number> {
  try {
    const config = readConfig(process.env, dataFolderFrom(argv));
    return await runCli(argv, hostOf(config, await packageVersion()));
  } catch (error) {
    process.stderr.write(`jiwa: ${toAppError(error).message}\n`);
    return 1;
  }
}
