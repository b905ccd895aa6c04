import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { DocumentReader, DocumentSource, ExtractedDocument } from '../../src/ports/document-reader.ts';
import { docxWith } from '../fixtures/documents/zip-writer.ts';

const never = new AbortController().signal;

/** Bytes of a committed document. */
export function fixture(name: string): Buffer {
  return readFileSync(new URL(`../fixtures/documents/${name}`, import.meta.url));
}

/** A source that hands out its bytes in pieces, as files and uploads do. */
export function sourceOf(content: string | Uint8Array, filename: string, contentType = ''): DocumentSource {
  const bytes = typeof content === 'string' ? Buffer.from(content, 'utf8') : content;
  async function* pieces() {
    for (let i = 0; i < bytes.length; i += 10_000) yield bytes.subarray(i, i + 10_000);
  }
  return { filename, contentType, sizeBytes: bytes.length, bytes: pieces() };
}

/** Detects and reads, as ingestion does. */
export async function readFile(
  reader: DocumentReader,
  content: string | Uint8Array,
  filename: string,
  signal: AbortSignal = never,
): Promise<ExtractedDocument> {
  const type = await reader.detect(sourceOf(content, filename), signal);
  if (type === undefined) throw new Error(`${filename} was not recognised`);
  return reader.read(sourceOf(content, filename, type.contentType), signal);
}

/** What every extracted document holds to, whatever it was read from. */
export function expectSound(document: ExtractedDocument): void {
  let end = 0;
  for (const block of document.blocks) {
    expect(block.start).toBeGreaterThanOrEqual(end);
    expect(block.end).toBeLessThanOrEqual(document.text.length);
    expect(document.text.slice(block.start, block.end).trim()).not.toBe('');
    expect(block.level !== undefined).toBe(block.kind === 'heading');
    end = block.end;
  }
  expect(document.text).toBe(document.text.toWellFormed().normalize('NFC'));
  expect(document.text).not.toMatch(/(?![\n\t])\p{Cc}/u);
  expect(document.pages[0]?.start ?? 0).toBe(0);
  for (const [index, page] of document.pages.slice(1).entries()) {
    expect(page.start).toBeGreaterThan(document.pages[index]?.start ?? 0);
    expect(page.start).toBeLessThan(document.text.length);
    expect(page.number).toBeGreaterThan(document.pages[index]?.number ?? 0);
  }
}

/** Known words of `make.py`, by language. */
const WORDS = {
  en: ['Field report of the river station', 'Clean the intake', 'Battery'],
  ru: ['Полевой отчёт речной станции', 'Очистить водозабор', 'Батарея'],
  id: ['Laporan lapangan stasiun sungai', 'Bersihkan saluran masuk', 'Baterai'],
} as const;

const TEXT_FILES: readonly (readonly [
  name: string,
  content: string,
  contentType: string,
  extension: string,
])[] = [
  ['notes.txt', 'The gauge was read at noon.\n\nNothing was amiss.', 'text/plain', 'txt'],
  ['notes.md', '# Gauge\n\nRead at **noon**.', 'text/markdown', 'md'],
  ['page.html', '<!doctype html><title>Gauge</title><p>Read at noon.', 'text/html', 'html'],
  ['rows.csv', 'day,level\nMonday,1.25\nTuesday,1.40', 'text/csv', 'csv'],
  ['data.json', '{"gauge": {"level": 1.25}}', 'application/json', 'json'],
  ['data.jsonl', '{"level": 1}\n{"level": 2}\n', 'application/x-ndjson', 'jsonl'],
];

/** Rules of `ports/document-reader.ts` that hold for every driver. */
export function documentReaderContract(name: string, open: () => DocumentReader): void {
  describe(`document reader: ${name}`, () => {
    let reader: DocumentReader;
    beforeAll(() => {
      reader = open();
    });
    afterAll(async () => {
      await reader.close();
    });

    test.each(TEXT_FILES)('recognises and reads %s', async (filename, content, contentType, extension) => {
      const type = await reader.detect(sourceOf(content, filename), never);
      expect(type).toEqual({ contentType, extension });
      const document = await reader.read(sourceOf(content, filename, contentType), never);
      expectSound(document);
      expect(document.blocks.length).toBeGreaterThan(0);
    });

    test.each(['docx', 'pdf'] as const)(
      'reads headings, tables, lists and notes of a %s in three languages',
      async (kind) => {
        for (const [language, [title, item]] of Object.entries(WORDS)) {
          const document = await readFile(reader, fixture(`report-${language}.${kind}`), `report.${kind}`);
          expectSound(document);
          expect(document.title).toBe(title);
          const kinds = new Set(document.blocks.map((block) => block.kind));
          expect([...kinds].sort()).toEqual(['heading', 'list', 'paragraph', 'table']);
          const lists = document.blocks.filter((block) => block.kind === 'list');
          expect(lists.some((block) => document.text.slice(block.start, block.end).includes(item))).toBe(
            true,
          );
          expect(document.text).toContain('1987');
          expect(document.pages.length).toBe(kind === 'pdf' ? 4 : 0);
        }
      },
    );

    test('reads slides of a presentation as pages, with the notes of the speaker', async () => {
      for (const [language, [title, item]] of Object.entries(WORDS)) {
        const document = await readFile(reader, fixture(`slides-${language}.pptx`), 'slides.pptx');
        expectSound(document);
        expect(document.title).toBe(title);
        expect(document.pages.map((page) => page.number)).toEqual([1, 2, 3]);
        expect(document.pages[0]?.label).toBe(title);
        const last = document.text.slice(document.pages[2]?.start);
        expect(last).toContain(item);
        expect(document.blocks.at(-1)?.kind).toBe('paragraph');
      }
    });

    test('reads sheets of a workbook as pages, each row with its headers, dates as days', async () => {
      for (const [language, [, , item]] of Object.entries(WORDS)) {
        const document = await readFile(reader, fixture(`accounts-${language}.xlsx`), 'accounts.xlsx');
        expectSound(document);
        expect(document.pages).toHaveLength(2);
        const rows = document.text.split('\n').filter((line) => line.includes('2026-03-02'));
        expect(rows).toHaveLength(2);
        expect(rows[0]).toMatch(
          new RegExp(`^\\p{L}+: 2026-03-02 \\| \\p{L}+: ${item} \\| \\p{L}+: 120\\.5$`, 'u'),
        );
      }
    });

    test('tells the type by content when the name lies', async () => {
      const type = await reader.detect(sourceOf(fixture('report-en.docx'), 'report.pdf'), never);
      expect(type?.extension).toBe('docx');
      expect((await reader.detect(sourceOf(fixture('report-en.pdf'), 'notes.txt'), never))?.extension).toBe(
        'pdf',
      );
    });

    test('does not recognise what nothing can read', async () => {
      const picture = Buffer.from('89504e470d0a1a0a0000000d4948445200000001000000010806000000', 'hex');
      expect(await reader.detect(sourceOf(picture, 'picture.txt'), never)).toBeUndefined();
      const noise = Buffer.from(Array.from({ length: 5_000 }, (_, i) => (i * 7_919 + (i >> 3)) % 256));
      expect(await reader.detect(sourceOf(noise, 'noise.txt'), never)).toBeUndefined();
    });

    test('refuses a type it has no reader for as unsupported', async () => {
      await expect(reader.read(sourceOf('GIF89a', 'a.gif', 'image/gif'), never)).rejects.toMatchObject({
        code: 'unsupported',
      });
    });

    test.each([
      ['docx', 'report-en.docx'],
      ['pptx', 'slides-en.pptx'],
      ['xlsx', 'accounts-en.xlsx'],
      ['pdf', 'report-en.pdf'],
    ])('says of the first third of a %s that it is unreadable', async (kind, name) => {
      const whole = fixture(name);
      const part = whole.subarray(0, Math.floor(whole.length / 3));
      await expect(readFile(reader, part, `cut.${kind}`)).rejects.toMatchObject({ code: 'unreadable' });
    });

    test('says of a document behind a password that it is protected', async () => {
      const reading = readFile(reader, fixture('protected.pdf'), 'protected.pdf');
      await expect(reading).rejects.toMatchObject({
        code: 'unreadable',
        message: expect.stringContaining('password'),
      });
    });

    test('says of a file without text that there is none', async () => {
      await expect(readFile(reader, '', 'empty.txt')).rejects.toMatchObject({ code: 'unreadable' });
      await expect(readFile(reader, ' \n\n \n', 'blank.txt')).rejects.toMatchObject({ code: 'unreadable' });
    });

    test('refuses a small file that unpacks to a very large one', async () => {
      const bomb = docxWith(Buffer.alloc(48 * 2 ** 20, 0x20));
      await expect(readFile(reader, bomb, 'bomb.docx')).rejects.toMatchObject({
        code: 'unreadable',
        message: expect.stringContaining('times its size'),
      });
    });

    test('refuses a file whose directory lies about what it unpacks to', async () => {
      const bomb = docxWith(Buffer.alloc(48 * 2 ** 20, 0x20), { declaredBytes: 1_000 });
      await expect(readFile(reader, bomb, 'bomb.docx')).rejects.toMatchObject({ code: 'unreadable' });
    });

    test('reads the next file as well after one that failed', async () => {
      await expect(readFile(reader, '%PDF-1.7 nothing', 'broken.pdf')).rejects.toMatchObject({
        code: 'unreadable',
      });
      const document = await readFile(reader, 'All is well.', 'well.txt');
      expect(document.text).toBe('All is well.');
    });

    test('reads several files at once without mixing them up', async () => {
      const texts = Array.from({ length: 6 }, (_, i) => `Text number ${i}. `.repeat(50).trim());
      const documents = await Promise.all(texts.map((text, i) => readFile(reader, text, `${i}.txt`)));
      expect(documents.map((document) => document.text)).toEqual(texts);
    });

    test('stops at once when cancelled', async () => {
      const abort = new AbortController();
      const reading = readFile(reader, fixture('report-en.pdf'), 'report.pdf', abort.signal);
      abort.abort();
      await expect(reading).rejects.toMatchObject({ code: 'aborted' });
    });

    test('stops reading when cancelled in the middle, and reads the next file', async () => {
      const abort = new AbortController();
      const whole = fixture('report-en.pdf');
      async function* cancelledAtTheEnd() {
        yield whole;
        abort.abort();
      }
      const source = { ...sourceOf(whole, 'report.pdf', 'application/pdf'), bytes: cancelledAtTheEnd() };
      await expect(reader.read(source, abort.signal)).rejects.toMatchObject({ code: 'aborted' });
      expect((await readFile(reader, 'Still here.', 'small.txt')).text).toBe('Still here.');
    });

    test('passes on a failure of the source as it is', async () => {
      const failure = new Error('the store is gone');
      async function* failing() {
        yield Buffer.from('some ');
        throw failure;
      }
      const source = { filename: 'a.txt', contentType: 'text/plain', sizeBytes: 10, bytes: failing() };
      await expect(reader.read(source, never)).rejects.toBe(failure);
    });
  });
}
