import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RunningApp, runningApp } from './running-app.ts';
import { storedTexts } from './stored-texts.ts';
import type { LedgerRow } from './test-stores.ts';
import { type Canaries, KEPT, tellStory } from './told-story.ts';

/** The only columns that hold something of a text: what a conversation is listed with, and how much of it. */
const LISTED = { title: 80, summary: 280 } as const;

let run: RunningApp;
let word: Canaries;
let rows: readonly LedgerRow[];
beforeAll(async () => {
  run = await runningApp();
  word = await tellStory(run);
  rows = await run.stores.ledgerRows();
}, 120_000);
afterAll(() => run.end());

const ofSessions = ({ table }: LedgerRow) => table === 'chat_sessions';

test('the texts are there, in objects', async () => {
  const texts = (await storedTexts(run)).join('\n');
  expect(KEPT.filter((kind) => !texts.includes(word[kind]))).toEqual([]);
});

test('no column of any table of the ledger holds the text of a message or a document', () => {
  const tables = new Set(rows.map(({ table }) => table));
  for (const table of [
    'documents',
    'chat_sessions',
    'jobs',
    'job_logs',
    'audit_entries',
    'usage',
    'tombstones',
  ]) {
    expect(tables).toContain(table);
  }
  const found: unknown[] = [];
  for (const row of rows) {
    for (const [column, value] of Object.entries(row.values)) {
      if (ofSessions(row) && column in LISTED) continue;
      const text = String(value).toLowerCase();
      for (const [kind, canary] of Object.entries(word)) {
        if (text.includes(canary)) found.push([row.table, column, kind, text]);
      }
    }
  }
  expect(found).toEqual([]);
});

test('but for the title and the line of summary of a conversation, which are short', () => {
  for (const { values } of rows.filter(ofSessions)) {
    for (const [column, most] of Object.entries(LISTED)) {
      expect(JSON.stringify(values[column] ?? '').length - '""'.length).toBeLessThanOrEqual(most);
    }
  }
});

test('a document is shown with the title it carries', async () => {
  const { items } = await run.api.call('listDocuments', { query: { name: 'heron.md' } });
  expect(items).toMatchObject([{ title: `The ${word.documentTitle} paper` }]);
});
