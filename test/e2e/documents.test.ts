import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type RunningApp, file, runningApp } from './running-app.ts';
import { storedTexts } from './stored-texts.ts';

const FIXTURES = join(import.meta.dirname, '..', 'fixtures', 'documents');
const READABLE = /\.(docx|pptx|xlsx|pdf|md|html|csv|json|txt)$/;

let run: RunningApp;
beforeAll(async () => {
  run = await runningApp();
}, 60_000);
afterAll(() => run.end());

async function uploadText(name: string, text: string, fields = {}) {
  const result = await run.api.upload(file(name, text, fields));
  await run.settled();
  return result;
}

describe('a document goes in and its words come out', () => {
  test('every fixture becomes ready with all its vectors, or says why not', async () => {
    const names = (await readdir(FIXTURES)).filter((name) => READABLE.test(name));
    for (const name of names) {
      await run.api.upload(file(name, new Uint8Array(await readFile(join(FIXTURES, name)))));
    }
    await run.settled();
    const { items } = await run.api.call('listDocuments', { query: { limit: 200 } });
    expect(items.length).toBe(names.length);
    const [locked, readable] = [true, false].map((protection) =>
      items.filter(({ filename }) => filename.startsWith('protected') === protection),
    );
    for (const { filename, status, chunks, vectors } of readable ?? []) {
      expect({ filename, status, vectors }).toEqual({ filename, status: 'ready', vectors: chunks });
    }
    for (const document of locked ?? []) {
      expect(document).toMatchObject({
        status: 'failed',
        reason: expect.stringMatching(/password|protected/i),
      });
    }
  }, 60_000);

  test('a citation opens at its place', async () => {
    await uploadText('lamp.md', '# The lamp\n\nThe brass lamp in the hall was mended by Oswin in May.\n');
    const answer = await run.api.call('ask', { body: { question: 'Who mended the brass lamp?' } });
    expect(answer.kind).toBe('extractive');
    expect(answer.text).toContain('Oswin');
    const [citation] = answer.citations;
    const opened = await run.api.call('openCitation', { params: { id: citation?.itemId ?? '' } });
    expect(opened.text).toContain(citation?.quote);
    expect(opened.place).toMatchObject({ kind: 'document', name: 'lamp.md' });
  });

  test('the places that a folder’s files came from can be asked for', async () => {
    const source = 'folder:walks:0';
    const { document } = await uploadText('fen.md', 'Across the fen.', { source, path: 'may/fen.md' });
    await uploadText('hill.md', 'Up the hill.', { source, path: 'june/hill.md' });
    const sources = await run.api.call('listSources', { query: { prefix: 'folder:' } });
    expect(sources.items).toEqual([{ source }]);
    const { items } = await run.api.call('listPlaces', { query: { source, under: 'may' } });
    expect(items).toMatchObject([{ path: 'may/fen.md', documentId: document.id, documentPlaces: 1 }]);
  });

  test('what nobody ever wrote is answered with “nothing”, and the nearest there is', async () => {
    const answer = await run.api.call('ask', {
      body: { question: 'What is the boiling point of tungsten?' },
    });
    expect(answer).toMatchObject({ kind: 'nothing-found', citations: [] });
    expect(answer.nearest.length).toBeGreaterThan(0);
  });

  test('a file of no known kind is refused and nothing is kept', async () => {
    const bytes = new Uint8Array([0, 1, 2, 3, 255, 254, 0, 9]);
    await expect(run.api.upload(file('a.bin', bytes))).rejects.toMatchObject({ code: 'unsupported' });
    const { items } = await run.api.call('listDocuments', { query: { name: 'a.bin' } });
    expect(items).toEqual([]);
  });
});

describe('identity', () => {
  test('the same bytes twice are one document, other bytes at the same path replace it', async () => {
    const first = await uploadText('plan.txt', 'The plan is to sail on Monday with Greta.', {
      path: 'plan.txt',
    });
    const again = await uploadText('plan.txt', 'The plan is to sail on Monday with Greta.', {
      path: 'plan.txt',
    });
    expect(again).toMatchObject({ outcome: 'known', document: { id: first.document.id } });
    const next = await uploadText('plan.txt', 'The plan is to sail on Friday with Greta.', {
      path: 'plan.txt',
    });
    expect(next).toMatchObject({ outcome: 'replaced', document: { supersedes: first.document.id } });
    const { hits } = await run.api.call('recall', { body: { question: 'When do we sail with Greta?' } });
    const texts = hits.map((hit) => hit.text).join('\n');
    expect(texts).toContain('Friday');
    expect(texts).not.toContain('Monday with Greta');
  });

  test('the original comes back byte for byte', async () => {
    const { document } = await uploadText('exact.txt', 'Bytes stay as they are: ä €.');
    const stream = await run.api.original(document.id);
    expect(await new Response(stream).text()).toBe('Bytes stay as they are: ä €.');
  });
});

describe('filters', () => {
  test('a folder, a tag and a kind narrow what is recalled', async () => {
    await uploadText('a.txt', 'The zeppelin landed in Bremen.', {
      path: 'trips/north/a.txt',
      tags: 'travel',
    });
    await uploadText('b.txt', 'The zeppelin landed in Genoa.', { path: 'trips/south/b.txt', tags: 'work' });
    const ask = (filter: object) =>
      run.api.call('recall', { body: { question: 'Where did the zeppelin land?', filter } });
    const found = async (filter: object) =>
      (await ask(filter)).hits.filter((hit) => hit.text.includes('zeppelin')).map((hit) => hit.place.name);
    expect(await found({ folder: 'trips/north' })).toEqual(['a.txt']);
    expect(await found({ tags: ['work'] })).toEqual(['b.txt']);
    expect(await found({ kinds: ['message'] })).toEqual([]);
    expect((await found({})).sort()).toEqual(['a.txt', 'b.txt']);
  });
});

describe('forgetting', () => {
  test('a deleted document leaves nothing: no hit, no file, no item, and the report says what went', async () => {
    const canary = 'quixotic-heron-4711';
    const { document } = await uploadText('secret.txt', `The word is ${canary}.`);
    const report = await run.api.call('deleteDocument', { params: { id: document.id } });
    expect(report.removed).toMatchObject({ chunk: 1 });
    const { hits } = await run.api.call('recall', { body: { question: canary } });
    expect(hits.some((hit) => hit.text.includes(canary))).toBe(false);
    await expect(run.api.call('getDocument', { params: { id: document.id } })).rejects.toMatchObject({
      code: 'not-found',
    });
    const kept = await storedTexts(run);
    expect(kept.length).toBeGreaterThan(10);
    expect(kept.filter((text) => text.includes(canary))).toEqual([]);
  });
});
