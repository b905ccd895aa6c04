import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findHolder } from './adapters/connections/data-folder-lock.ts';
import { tokenFile } from './adapters/connections/token-file.ts';
import { openApp } from './app.ts';
import { restoreInstallation } from './app/restore-installation.ts';
import { openWorker } from './app/open-worker.ts';
import { withSecretFiles } from './app/secret-files.ts';
import { describeEnvironment } from './config/describe-environment.ts';
import { type Config, readConfig } from './config.ts';
import { toAppError } from './core/errors.ts';
import { estimateCosts } from './operations/costs/estimate-costs.ts';
import { pricesWith } from './operations/costs/prices.ts';
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

function hostOf(config: Config, version: string, environment: NodeJS.ProcessEnv): CliHost {
  return {
    version,
    dataFolder: config.dataFolder,
    port: config.port,
    tokenFile: tokenFile(config.dataFolder).path,
    demoFolder: join(ROOT, 'demo'),
    environment: describeEnvironment(environment),
    oldDatabaseUrl: config.oldDatabaseUrl,
    costs: {
      pricesFile: config.pricesFile,
      estimate: (input, { file, single }, items) => estimateCosts(input, pricesWith(file, single), items),
    },
    findServer: () => findServer(config),
    async openApp({ port = 0, dataFolder, quiet }) {
      const opened = readConfig(environment, dataFolder ?? config.dataFolder);
      const logLevel = quiet && environment['JIWA_LOG'] === undefined ? 'error' : opened.logLevel;
      // A command that opens Jiwa for itself must not take the port of the one that serves.
      const metrics = quiet ? undefined : opened.metrics;
      const app = await openApp({ ...opened, port, logLevel, metrics }, version);
      return { ...app, pid: process.pid };
    },
    openWorker: (options) => openWorker(config, options),
    restore: (options) => restoreInstallation(config, options),
    stdout: process.stdout,
    stderr: process.stderr,
    stdin: process.stdin,
  };
}

/** The command line: gives the exit code. */
export async function main(argv: readonly string[]): Promise<number> {
  try {
    const names = describeEnvironment({}).map(({ name }) => name);
    const environment = await withSecretFiles(process.env, names);
    const config = readConfig(environment, dataFolderFrom(argv));
    return await runCli(argv, hostOf(config, await packageVersion(), environment));
  } catch (error) {
    process.stderr.write(`jiwa: ${toAppError(error).message}\n`);
    return 1;
  }
}
