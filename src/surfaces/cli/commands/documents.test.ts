import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { bench } from '../../../../test/fakes/cli-bench.ts';
import type { Script } from '../../../../test/fakes/api-server.ts';
import { aDocument, testId } from '../../../../test/fakes/wire-views.ts';

const id = aDocument().id;
const script: Script = {
  listDocuments: () => ({ items: [aDocument()] }),
  getDocument: () => aDocument(),
  deleteDocument: () => ({ id, removed: { items: 4, objects: 6, rows: 0 } }),
  getOriginal: () => Buffer.from('bytes'),
};

test('documents are listed with whole ids for a pipe and short ones on a terminal', async () => {
  await using cli = await bench(script);
  const piped = await cli.run(['documents']);
  expect(piped.out).toMatch(new RegExp(`${id}  papers/lease.pdf  ready +3 of 4  1.2 KB  5 min ago`));
  const shown = await cli.run(['documents'], { terminal: true });
  expect(shown.out).not.toContain(id);
  expect(shown.out).toContain(id.slice(0, 8));
});

test('options of the list are understood without the word list', async () => {
  await using cli = await bench(script);
  await cli.run(['documents', '--status', 'failed', '--name', 'lease', '--limit', '7']);
  expect(cli.api.to('listDocuments')).toEqual([{ query: { limit: 7, status: 'failed', name: 'lease' } }]);
});

test('a long list is put together from pages and says when there is more', async () => {
  const page = (cursor: string | undefined) => Number(cursor ?? 0);
  await using cli = await bench({
    listDocuments: ({ query }) => ({
      items: Array.from({ length: query.limit }, (_, i) =>
        aDocument({ id: testId(`${page(query.cursor)}${i}`) }),
      ),
      next: String(page(query.cursor) + 1),
    }),
  });
  const ran = await cli.run(['documents', 'list', '--limit', '250', '--json']);
  const { items, more } = JSON.parse(ran.out) as { items: unknown[]; more: boolean };
  expect([items.length, more]).toEqual([250, true]);
  expect(cli.api.calls).toHaveLength(2);
});

test('the first digits of an id are enough where only one begins so', async () => {
  await using cli = await bench(script);
  expect((await cli.run(['documents', 'show', 'D0C1'])).out).toContain(`id        ${id}`);
});

test('digits that begin several ids end with 2, digits that begin none with 3, other words with 2', async () => {
  await using cli = await bench({
    listDocuments: () => ({ items: [aDocument(), aDocument({ id: testId('d0c12') })] }),
  });
  const several = await cli.run(['documents', 'show', 'd0c1']);
  expect([several.code, several.err]).toEqual([2, 'd0c1 begins the id of 2 documents; give more digits.\n']);
  expect((await cli.run(['documents', 'show', 'abcd'])).code).toBe(3);
  expect((await cli.run(['documents', 'show', '../etc'])).code).toBe(2);
});

test('a deletion tells what went', async () => {
  await using cli = await bench(script);
  const ran = await cli.run(['documents', 'delete', id, '--yes']);
  expect([ran.code, ran.out]).toEqual([0, 'Forgotten: 4 items, 6 objects.\n']);
});

test('a deletion asks on a terminal, and only yes deletes', async () => {
  await using cli = await bench(script);
  const no = await cli.run(['documents', 'delete', id], { terminal: true, typed: 'n\n' });
  expect(no.code).toBe(130);
  expect(no.err).toContain('Remove ‘lease.pdf’ and everything made from it?');
  expect(cli.api.to('deleteDocument')).toEqual([]);
  await cli.run(['documents', 'delete', id], { terminal: true, typed: 'y\n' });
  expect(cli.api.to('deleteDocument')).toHaveLength(1);
});

test('a deletion without a terminal needs --yes', async () => {
  await using cli = await bench(script);
  const ran = await cli.run(['documents', 'delete', id], { typed: 'y\n' });
  expect(ran.code).toBe(2);
  expect(ran.err).toContain('--yes');
  expect(cli.api.to('deleteDocument')).toEqual([]);
});

test('the original goes to the standard output as it is', async () => {
  await using cli = await bench(script);
  expect((await cli.run(['documents', 'original', id, '--out', '-'])).out).toBe('bytes');
});

test('the original is saved as the file that is named', async () => {
  await using cli = await bench(script);
  const target = join(cli.folder, 'copy.pdf');
  await cli.run(['documents', 'original', id, '--out', target]);
  expect(await readFile(target, 'utf8')).toBe('bytes');
});

test('a retry waits until the document is read again', async () => {
  const states = [aDocument({ status: 'reading' }), aDocument()];
  await using cli = await bench({
    retryDocument: () => aDocument({ status: 'queued' }),
    getDocument: () => states.shift() ?? aDocument(),
  });
  expect((await cli.run(['documents', 'retry', id])).out).toMatch(/status +ready/);
});
