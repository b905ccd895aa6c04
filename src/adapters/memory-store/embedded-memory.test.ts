import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import {
  type Step,
  arbitraryRequest,
  arbitrarySteps,
} from '../../../test/contracts/memory-store-properties.ts';
import { chunk, idOf, message, samples, unit } from '../../../test/contracts/memory-store-samples.ts';
import { silentLog } from '../../core/context.ts';
import type { MemoryItem, SearchRequest } from '../../ports/memory-store.ts';
import { unpackCandidates } from './candidates-message.ts';
import { openDatabase } from './database.ts';
import { type EmbeddedMemory, embeddedMemory } from './embedded-memory.ts';
import type { InSteps } from './memory-calls.ts';
import { migrations } from './schema.ts';

const folder = mkdtempSync(join(tmpdir(), 'jiwa-embedded-'));
afterAll(() => rmSync(folder, { recursive: true }));
let path: string;
let files = 0;
beforeEach(() => {
  path = join(folder, `${files++}`);
});

const OWNER = 'owner';
const SLOT = 'text@a';

/** A store on the file at hand; snapshots are written for every item. */
function open({ indexBudgetBytes = 1e9, worthItems = 1, file = path } = {}) {
  const db = openDatabase(file, migrations);
  const memory = embeddedMemory(db, {
    bm25: { k1: 1.5, b: 0.9 },
    indexBudgetBytes,
    snapshots: { folder: `${file}-indexes`, worthItems },
    log: silentLog,
    clock: () => 0,
  });
  return { ...memory, close: () => db.close() };
}

function finish<T>(steps: InSteps<T>): T {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

function putVectors(
  memory: EmbeddedMemory,
  slot: string,
  vectors: readonly { id: string; vector: Float32Array }[],
): void {
  const dimensions = vectors[0]?.vector.length ?? 0;
  const values = Float32Array.from(vectors.flatMap(({ vector }) => [...vector]));
  memory.putVectors(OWNER, slot, { ids: vectors.map(({ id }) => id), dimensions, values });
}

function take(memory: EmbeddedMemory, step: Step): void {
  if (step.kind === 'upsert') memory.upsert(OWNER, step.items);
  else if (step.kind === 'vectors') putVectors(memory, step.slot, step.vectors);
  else if (step.kind === 'remove') finish(memory.remove(OWNER, step.filter));
  else finish(memory.dropSlot(OWNER, step.slot));
}

const found = (memory: EmbeddedMemory, request: SearchRequest, owner = OWNER) =>
  unpackCandidates(memory.search(owner, request));
const byWord = (term: string): SearchRequest => ({
  terms: [{ term, weight: 1 }],
  vectors: [{ slot: SLOT, vector: unit(1, 2, 2) }],
  filter: {},
  candidates: 400,
});
const herons = (count: number, given: Partial<MemoryItem> = {}) =>
  Array.from({ length: count }, (_, n) => message(n, { terms: `heron lake${n}`, ...given }));
const snapshotFiles = () => (existsSync(`${path}-indexes`) ? readdirSync(`${path}-indexes`) : []);

function rowsLeft(): Record<string, unknown> {
  const db = openDatabase(path, migrations);
  const tables = ['items', 'bodies', 'links', 'vectors', 'slots', 'owners'];
  const rowsOf = (table: string) => db.prepare(`SELECT count(*) AS rows FROM ${table}`).get()?.['rows'];
  const rows = Object.fromEntries(tables.map((table) => [table, rowsOf(table)]));
  db.close();
  return rows;
}

describe('the index', () => {
  test('that followed writes answers exactly as one built anew, also by a snapshot', () => {
    const requests = fc.array(arbitraryRequest, { minLength: 1, maxLength: 3 });
    let run = 0;
    fc.assert(
      fc.property(arbitrarySteps, arbitrarySteps, requests, (early, late, requests) => {
        const file = `${path}-${run++}`;
        const memory = open({ file });
        const answers = () => requests.map((request) => found(memory, request));
        answers();
        for (const step of early) take(memory, step);
        const followed = answers();
        memory.evictIndexes(0);
        expect(answers()).toEqual(followed);
        memory.saveIndexes(0, true);
        for (const step of late) take(memory, step);
        const later = answers();
        memory.evictIndexes(0);
        expect(answers()).toEqual(later);
        memory.close();
      }),
      { numRuns: 60 },
    );
  });

  test('of owners that do not fit the budget together are dropped and built anew, with the same answers', () => {
    const memory = open({ indexBudgetBytes: 1 });
    const owners = ['a', 'b', 'c'];
    for (const [n, owner] of owners.entries()) memory.upsert(owner, herons(5 + n));
    const first = owners.map((owner) => found(memory, byWord('heron'), owner));
    expect(memory.evictIndexes(Infinity)).toMatchObject({ owners: 1 });
    expect(owners.map((owner) => found(memory, byWord('heron'), owner))).toEqual(first);
    expect(first.map(({ length }) => length)).toEqual([5, 6, 7]);
    memory.close();
  });

  test('takes its memory into account, vectors included', () => {
    const memory = open();
    memory.upsert(OWNER, herons(20));
    found(memory, byWord('heron'));
    const { bytes } = memory.evictIndexes(Infinity);
    putVectors(
      memory,
      SLOT,
      herons(20).map(({ id }) => ({ id, vector: unit(1, 0, 0) })),
    );
    found(memory, byWord('heron'));
    expect(memory.evictIndexes(Infinity).bytes).toBeGreaterThan(bytes);
    expect(memory.evictIndexes(0)).toMatchObject({ evicted: 1, owners: 0, bytes: 0 });
    memory.close();
  });
});

describe('vectors', () => {
  test('of replaced items leave their place in memory to others', () => {
    const memory = open();
    const vector = unit(...Array.from({ length: 384 }, (_, i) => i));
    const replace = (times: number) => {
      for (let i = 0; i < times; i++) {
        memory.upsert(OWNER, [message(0, { terms: `heron ${i % 2}` })]);
        putVectors(memory, SLOT, [{ id: idOf(0), vector }]);
        found(memory, { ...byWord('heron'), vectors: [{ slot: SLOT, vector }] });
      }
      return memory.evictIndexes(Infinity).bytes;
    };
    const before = replace(10);
    expect(replace(400) - before).toBeLessThan(150_000);
    memory.close();
  });

  test('of another length than those of their slot are refused, in writes and in searches', () => {
    const memory = open();
    memory.upsert(OWNER, herons(2));
    putVectors(memory, SLOT, [{ id: idOf(0), vector: unit(1, 0, 0) }]);
    const refused = expect.objectContaining({ code: 'invalid-input' });
    expect(() => putVectors(memory, SLOT, [{ id: idOf(1), vector: unit(1, 0) }])).toThrow(refused);
    const request = { ...byWord('heron'), vectors: [{ slot: SLOT, vector: unit(1, 0) }] };
    expect(() => memory.search(OWNER, request)).toThrow(refused);
    memory.close();
  });

  test('of one call are kept all or not at all', () => {
    const memory = open();
    memory.upsert(OWNER, herons(2));
    const vectors = [unit(1, 0, 0), Float32Array.of(1, NaN, 0)].map((vector, n) => ({ id: idOf(n), vector }));
    expect(() => putVectors(memory, SLOT, vectors)).toThrow(
      expect.objectContaining({ code: 'invalid-input' }),
    );
    expect(memory.vectorCoverage(OWNER, SLOT, {})).toEqual({ items: 2, vectors: 0 });
    memory.close();
  });
});

describe('a snapshot', () => {
  const saved = (items: MemoryItem[]) => {
    const memory = open();
    memory.upsert(OWNER, items);
    found(memory, byWord('heron'));
    memory.saveIndexes(0, false);
    memory.close();
  };

  test('answers after a start, together with what was added since', () => {
    saved(herons(5));
    const before = open();
    before.upsert(OWNER, [message('later', { terms: 'heron' })]);
    before.close();
    const memory = open();
    expect(found(memory, byWord('heron'))).toHaveLength(6);
    expect(snapshotFiles()).toHaveLength(1);
    memory.close();
  });

  test.each([
    ['removed', (memory: EmbeddedMemory) => finish(memory.remove(OWNER, { ids: [idOf(0)] }))],
    ['replaced', (memory: EmbeddedMemory) => memory.upsert(OWNER, [message(0, { terms: 'boat' })])],
    [
      'changed',
      (memory: EmbeddedMemory) => memory.upsert(OWNER, [{ ...herons(1)[0], trust: 0 } as MemoryItem]),
    ],
  ])('is gone from the disk once an item was %s', (_, edit) => {
    saved(herons(5));
    const memory = open();
    expect(snapshotFiles()).toHaveLength(1);
    edit(memory);
    expect(snapshotFiles()).toEqual([]);
    memory.close();
  });

  test('keeps no name of a removed item when it is written anew', () => {
    const secret = 'session-of-a-secret';
    saved([...herons(3), message('secret', { sessionId: secret })]);
    const memory = open();
    found(memory, byWord('heron'));
    finish(memory.remove(OWNER, { sessionIds: [secret] }));
    memory.saveIndexes(0, false);
    expect(snapshotFiles()).toEqual([]);
    memory.saveIndexes(0, true);
    const [file = ''] = snapshotFiles();
    const bytes = readFileSync(join(`${path}-indexes`, file));
    expect([bytes.includes(secret), bytes.includes(samples.sessions[0])]).toEqual([false, true]);
    memory.close();
  });

  test('of the file before it was put back from a backup is not used', () => {
    const memory = open();
    memory.upsert(OWNER, herons(2));
    const backup = `${path}-backup`;
    const db = openDatabase(path, migrations);
    db.prepare('VACUUM INTO ?').run(backup);
    db.close();
    memory.upsert(OWNER, [message('after', { terms: 'heron' })]);
    found(memory, byWord('heron'));
    memory.saveIndexes(0, false);
    memory.close();
    const restored = embeddedMemory(openDatabase(backup, migrations), {
      bm25: { k1: 1.5, b: 0.9 },
      indexBudgetBytes: 1e9,
      snapshots: { folder: `${path}-indexes`, worthItems: 1 },
      log: silentLog,
      clock: () => 0,
    });
    expect(found(restored, byWord('heron'))).toHaveLength(2);
  });

  test('is not written for few items', () => {
    const memory = open({ worthItems: 6 });
    memory.upsert(OWNER, herons(5));
    found(memory, byWord('heron'));
    memory.evictIndexes(0);
    expect(snapshotFiles()).toEqual([]);
    memory.close();
  });
});

describe('the file', () => {
  test('keeps no row of what was removed or replaced', () => {
    const memory = open();
    memory.upsert(OWNER, herons(3, { tags: ['a'], sources: [samples.documents[0]] }));
    const vectors = herons(3).map(({ id }) => ({ id, vector: unit(1, 0, 0) }));
    putVectors(memory, SLOT, vectors);
    putVectors(memory, 'text@b', vectors);
    memory.upsert(OWNER, [message(0, { terms: 'boat' })]);
    finish(memory.remove(OWNER, { ids: [idOf(1)] }));
    memory.close();
    expect(rowsLeft()).toEqual({ items: 2, bodies: 2, links: 2, vectors: 2, slots: 2, owners: 1 });
  });
});

describe('an erasure that a stop cut short', () => {
  const filled = () => {
    const memory = open();
    memory.upsert(OWNER, [...herons(300), chunk('c')]);
    putVectors(
      memory,
      SLOT,
      herons(300).map(({ id }) => ({ id, vector: unit(1, 0, 0) })),
    );
    return memory;
  };
  test('of an owner shows nothing after its first step and ends at the next start', () => {
    const memory = filled();
    memory.removeOwner(OWNER).next();
    expect([memory.count(OWNER, {}), memory.get(OWNER, [idOf(299)])]).toEqual([0, []]);
    memory.close();
    open().close();
    expect(rowsLeft()).toEqual({ items: 0, bodies: 0, links: 0, vectors: 0, slots: 0, owners: 0 });
  });

  test('of a slot shows nothing after its first step, lets it be filled anew, and ends at the next start', () => {
    const memory = filled();
    memory.dropSlot(OWNER, SLOT).next();
    expect(memory.vectorCoverage(OWNER, SLOT, {})).toEqual({ items: 301, vectors: 0 });
    putVectors(memory, SLOT, [{ id: idOf(7), vector: unit(0, 1) }]);
    memory.close();
    const again = open();
    expect(again.vectorCoverage(OWNER, SLOT, {})).toEqual({ items: 301, vectors: 1 });
    again.close();
    expect(rowsLeft()).toEqual({ items: 301, bodies: 301, links: 0, vectors: 1, slots: 1, owners: 1 });
  });
});
