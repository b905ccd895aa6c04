import { hostname } from 'node:os';
import { aloneLeases, type Leases, leasedTurns } from '../core/leases.ts';
import type { Log } from '../core/context.ts';
import type { Timers } from '../core/timers.ts';
import type { Turns } from '../core/turns.ts';
import { type DocumentLocks, documentLocks } from '../ingest/document-locks.ts';
import { ledgerLeases } from '../operations/leases.ts';
import { joinProcesses, onlyProcess, type Processes } from '../operations/processes.ts';
import type { Ledger } from '../ports/ledger.ts';
import type { Closing } from './closing.ts';

/** A name of this process like that of no other, on any machine, which people can read. */
export function processName(newId: () => string): string {
  return `${hostname().slice(0, 60)}:${process.pid}:${newId().slice(0, 8)}`;
}

interface OpenProcessesOptions {
  readonly ledger: Ledger;
  /** Whether the ledger is open in this process only, as one in a data folder. */
  readonly alone: boolean;
  readonly process: string;
  readonly dataFolder: string;
  readonly timers: Timers;
  readonly log: Log;
}

/** This process among those that share its ledger, and how they keep out of each other's way. */
interface Sharing {
  /** Name of this process in the ledger's rows. */
  readonly process: string;
  readonly alone: boolean;
  /** Name of this machine's installation, where several share the ledger; the lock of the data folder makes it unique. */
  readonly machine: string | undefined;
  readonly processes: Processes;
  readonly leases: Leases;
  readonly locks: DocumentLocks;
  readonly importTurns: Turns;
}

/** Enters this process among those at work on the ledger, where there can be others. */
export async function openProcesses(options: OpenProcessesOptions, closing: Closing): Promise<Sharing> {
  const { alone, process, dataFolder } = options;
  const processes = alone
    ? onlyProcess(process)
    : closing.add(await joinProcesses({ ...options, now: Date.now }));
  const leases = alone ? aloneLeases() : closing.add(ledgerLeases(options));
  const machine = alone ? undefined : `${hostname()} ${dataFolder}`;
  const locks = documentLocks(leases);
  return { process, alone, machine, processes, leases, locks, importTurns: leasedTurns(leases, 'import') };
}
