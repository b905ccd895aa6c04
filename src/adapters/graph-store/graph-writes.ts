import { AppError } from '../../core/errors.ts';
import { turns } from '../../core/turns.ts';
import type { Evidence, Graph, GraphStore } from '../../ports/graph-store.ts';
import { throwIfAborted } from '../connections/aborts.ts';
import { expectBatch } from '../connections/expect-batch.ts';
import { ENTITY, type Form, RELATION } from './forms.ts';
import type { GraphTable, GraphTables } from './graph-tables.ts';

type Writes = Pick<GraphStore, 'upsert' | 'forget' | 'removeOwner'>;

function expectEvidence({ entities, relations }: Graph): void {
  const all: (readonly Evidence[])[] = [
    ...entities.map(({ mentions }) => mentions),
    ...relations.map(({ evidence }) => evidence),
  ];
  const canBeForgotten = (evidence: readonly Evidence[]) =>
    evidence.length > 0 && evidence.every(({ sources }) => sources.length > 0);
  if (all.every(canBeForgotten)) return;
  throw new AppError(
    'invalid-input',
    'Expected evidence with its sources for every entity and relation, or it could never be forgotten.',
  );
}

/** Of several with the same id the last counts. */
async function putAll<T extends { readonly id: string }>(
  table: GraphTable,
  { rowOf }: Form<T>,
  values: readonly T[],
  signal: AbortSignal,
): Promise<void> {
  const distinct = new Map(values.map((value) => [value.id, value]));
  if (distinct.size > 0) await table.put([...distinct.values()].map(rowOf), signal);
}

/** Takes sources out of all that one kind has of them, a portion at a time; says how many went. */
async function forgetIn<T extends { readonly id: string }>(
  table: GraphTable,
  form: Form<T>,
  { sources, portion }: { readonly sources: readonly string[]; readonly portion: number },
  signal: AbortSignal,
): Promise<number> {
  const key = { name: 'source', values: sources } as const;
  const gone = new Set(sources);
  let removed = 0;
  let after = '';
  for (;;) {
    const found = (await table.page({ after, limit: portion, key }, signal)).map(form.read);
    const left = found.flatMap((value) => form.without(value, gone) ?? []);
    await putAll(table, form, left, signal);
    const staying = new Set(left.map(({ id }) => id));
    const ids = found.flatMap(({ id }) => (staying.has(id) ? [] : id));
    if (ids.length > 0) await table.remove(ids, signal);
    removed += ids.length;
    if (found.length < portion) return removed;
    after = found.at(-1)?.id ?? after;
  }
}

/** The calls that write. */
export function graphWrites(tables: GraphTables): Writes {
  /** What reads before it writes must not overtake. */
  const inTurn = turns();
  return {
    async upsert(ownerId, graph, signal) {
      throwIfAborted(signal);
      const { entities, relations } = graph;
      expectBatch(tables, 'entities and relations', entities.length + relations.length);
      expectEvidence(graph);
      await inTurn(ownerId, async () => {
        await putAll(tables.table(ownerId, 'entity'), ENTITY, entities, signal);
        await putAll(tables.table(ownerId, 'relation'), RELATION, relations, signal);
      });
    },
    async forget(ownerId, sources, signal) {
      throwIfAborted(signal);
      expectBatch(tables, 'sources', sources.length);
      if (sources.length === 0) return { entities: 0, relations: 0 };
      const what = { sources, portion: tables.batchItems };
      return inTurn(ownerId, async () => ({
        relations: await forgetIn(tables.table(ownerId, 'relation'), RELATION, what, signal),
        entities: await forgetIn(tables.table(ownerId, 'entity'), ENTITY, what, signal),
      }));
    },
    async removeOwner(ownerId, signal) {
      throwIfAborted(signal);
      await inTurn(ownerId, () => tables.removeOwner(ownerId, signal));
    },
  };
}
