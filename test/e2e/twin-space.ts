import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { closingList } from '../../src/app/closing.ts';
import { openLedger } from '../../src/app/open-ledger.ts';
import { openMemory } from '../../src/app/open-memory.ts';
import { openObjects } from '../../src/app/open-objects.ts';
import { openWeaviate } from '../../src/app/open-weaviate.ts';
import { silentLog } from '../../src/core/context.ts';
import type { ObjectKey } from '../../src/core/object-keys.ts';
import type { LedgerTables } from '../../src/ports/ledger-rows.ts';
import type { MemoryItem } from '../../src/ports/memory-store.ts';
import type { RunningApp } from './running-app.ts';

/** Tables whose rows are about what a space remembers. */
const TABLES = [
  'documents',
  'documentPlaces',
  'chatSessions',
  'jobs',
  'jobLogs',
  'tombstones',
  'usage',
] as const;
type Table = (typeof TABLES)[number];
type Row = Readonly<Record<string, unknown>>;

/** What a space remembers, as it lies in the stores. */
export interface SpaceContent {
  readonly rows: ReadonlyMap<Table, readonly Row[]>;
  readonly objects: readonly { readonly key: ObjectKey; readonly bytes: Buffer }[];
  readonly items: readonly MemoryItem[];
}

const NEVER = new AbortController().signal;
const ALL = '' as ObjectKey;

/** The stores of an app that is closed. */
async function openStores({ config, folder }: RunningApp) {
  const closing = closingList(silentLog);
  const around = { config, now: Date.now, log: silentLog };
  const ledger = { path: join(folder, 'ledger.sqlite'), now: Date.now };
  const weaviate = await openWeaviate(config, closing);
  return {
    ledger: closing.add(await openLedger(config.database, ledger)),
    memory: closing.add(await openMemory({ ...around, weaviate, path: join(folder, 'memory.sqlite') })),
    objects: closing.add(await openObjects({ ...around, dataFolder: folder })),
    [Symbol.asyncDispose]: () => closing.all(),
  };
}

/** Everything a space remembers; the app is closed. */
export async function contentOf(run: RunningApp, ownerId: string): Promise<SpaceContent> {
  await using stores = await openStores(run);
  const rows = new Map<Table, readonly Row[]>();
  for (const table of TABLES) {
    rows.set(table, (await stores.ledger.readsOf(ownerId).table(table).list()) as unknown as Row[]);
  }
  const objects = [];
  for await (const { key } of stores.objects.list(ownerId, ALL)) {
    objects.push({ key, bytes: await buffer(stores.objects.read(ownerId, key)) });
  }
  const { items } = await stores.memory.list(ownerId, {}, { limit: 1_000 }, NEVER);
  return { rows, objects, items };
}

/** Writes the content into another space under the very same ids, a word of the texts changed to one as long; the app is closed. */
export async function writeTwin(
  run: RunningApp,
  ownerId: string,
  content: SpaceContent,
  [from, to]: readonly [string, string],
): Promise<void> {
  await using stores = await openStores(run);
  const changed = <T>(value: T) => JSON.parse(JSON.stringify(value).replaceAll(from, to)) as T;
  for (const [table, rows] of content.rows) {
    const own = rows.map((row) => ({ ...changed(row), ownerId })) as unknown as LedgerTables[Table][];
    await stores.ledger.forOwner(ownerId, (tx) => tx.table(table).insert(own as never));
  }
  for (const { key, bytes } of content.objects) {
    const body = bytes.toString('latin1').replaceAll(from, to);
    await stores.objects.put(ownerId, key, Buffer.from(body, 'latin1'), { durable: true });
  }
  const { batchItems } = stores.memory.limits;
  for (let at = 0; at < content.items.length; at += batchItems) {
    await stores.memory.upsert(ownerId, content.items.slice(at, at + batchItems).map(changed), NEVER);
  }
}
