import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { pinoLog } from '../adapters/log/pino-log.ts';
import type { Config } from '../config.ts';
import { AppError } from '../core/errors.ts';
import { restore, type RestoreInput } from '../operations/backup/restore.ts';
import { record } from '../people/audit-log.ts';
import { SYSTEM_OWNER } from '../ports/ledger-rows.ts';
import type { SystemTx } from '../ports/ledger.ts';
import type { Restored } from '../wire/archives.ts';
import { closingList } from './closing.ts';
import { openServices } from './services.ts';

export interface RestoreWish extends Pick<RestoreInput, 'replace' | 'progress'> {
  readonly file: string;
  readonly signal: AbortSignal;
}

async function archiveIn(file: string) {
  const found = await stat(file).catch(() => undefined);
  if (found?.isFile() !== true) throw new AppError('not-found', `There is no file ${file}.`);
  return { sizeBytes: found.size, open: () => createReadStream(file) };
}

/** Writes into the log of the installation what came from which backup. */
const recorded = (tx: SystemTx, subject: string, counts: Readonly<Record<string, number>>) =>
  record(tx, SYSTEM_OWNER, undefined, { event: 'installation-restored', subject, counts });

/**
 * Brings a backup into the stores that the configuration names. Errors: `conflict` when somebody else has them open, or they are
 * not empty; those of `restore`.
 */
export async function restoreInstallation(config: Config, wish: RestoreWish): Promise<Restored> {
  const source = await archiveIn(wish.file);
  const log = pinoLog(config.logLevel === 'info' ? 'error' : config.logLevel);
  const closing = closingList(log);
  try {
    const services = await openServices({ ...config, metrics: undefined }, log, closing);
    const living = await services.processes.living();
    if (living.size > 1)
      throw new AppError('conflict', `Jiwa is at work here; end it first: ${[...living].join(', ')}`);
    return await restore({ ...wish, source }, { ...services, recorded }, wish.signal);
  } finally {
    await closing.all();
  }
}
