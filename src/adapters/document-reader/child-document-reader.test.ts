import { afterAll, expect, test } from 'vitest';
import { silentLog } from '../../core/context.ts';
import {
  documentReaderContract,
  fixture,
  readFile,
  sourceOf,
} from '../../../test/contracts/document-reader.ts';
import { docxWith, wordXml } from '../../../test/fixtures/documents/zip-writer.ts';
import { childDocumentReader } from './child-document-reader.ts';
import { DEFAULT_READ_LIMITS, type ReadLimits } from './read-limits.ts';
import { startReaderProcess } from './reader-process.ts';

const never = new AbortController().signal;
const opened: { close(): Promise<void> }[] = [];

function open(limits: Partial<ReadLimits> = {}) {
  const reader = childDocumentReader({ limits, log: silentLog, processes: 1 });
  opened.push(reader);
  return reader;
}

afterAll(async () => {
  await Promise.all(opened.map((reader) => reader.close()));
});

documentReaderContract('child processes', () => childDocumentReader({ log: silentLog }));

test('stops a file that takes longer than its time', async () => {
  const reader = open({ timeoutMs: 1, timeoutPerMiBMs: 0 });
  await expect(readFile(reader, fixture('report-en.pdf'), 'slow.pdf')).rejects.toMatchObject({
    code: 'timeout',
  });
});

test('ends a process whose heap is full and says that the file takes too much memory', async () => {
  const reader = open({ heapMiB: 16 });
  const records = JSON.stringify(Array.from({ length: 200_000 }, (_, i) => ({ id: i, text: `record ${i}` })));
  await expect(readFile(reader, records, 'large.json')).rejects.toMatchObject({
    code: 'too-large',
    message: expect.stringContaining('memory'),
  });
});

test('ends a process that holds more memory than allowed outside its heap', async () => {
  const reader = open({ residentMiB: 20 });
  const words = Array.from({ length: 20_000 }, (_, i) => `Paragraph ${i} of a long document.`);
  await expect(readFile(reader, docxWith(wordXml(words)), 'long.docx')).rejects.toMatchObject({
    code: 'too-large',
    message: expect.stringContaining('memory'),
  });
});

test('reads other files after a process was ended', async () => {
  const reader = open({ heapMiB: 32, maxBytes: 30_000_000 });
  const records = JSON.stringify(Array.from({ length: 400_000 }, (_, i) => ({ id: i, text: `record ${i}` })));
  await expect(readFile(reader, records, 'large.json')).rejects.toMatchObject({ code: 'too-large' });
  expect((await readFile(reader, 'Still here.', 'small.txt')).text).toBe('Still here.');
});

test('refuses a file beyond the size limit, also one that says it is smaller', async () => {
  const reader = open({ maxBytes: 1_000 });
  const honest = sourceOf('x'.repeat(2_000), 'a.txt', 'text/plain');
  await expect(reader.read(honest, never)).rejects.toMatchObject({ code: 'too-large' });
  await expect(reader.read({ ...honest, sizeBytes: 10 }, never)).rejects.toMatchObject({ code: 'too-large' });
});

test('refuses text beyond the length limit', async () => {
  const reader = open({ maxCharacters: 1_000 });
  await expect(readFile(reader, 'word '.repeat(300), 'a.txt')).rejects.toMatchObject({ code: 'too-large' });
  const slides = readFile(open({ maxCharacters: 50 }), fixture('slides-en.pptx'), 'slides.pptx');
  await expect(slides).rejects.toMatchObject({ code: 'too-large' });
});

test('refuses an office file of more parts than allowed', async () => {
  const reader = open({ zip: { ...DEFAULT_READ_LIMITS.zip, maxEntries: 2 } });
  await expect(readFile(reader, docxWith(wordXml(['one'])), 'many.docx')).rejects.toMatchObject({
    code: 'too-large',
  });
});

test('uses one process for several files and ends it when one fails', async () => {
  const worker = startReaderProcess(DEFAULT_READ_LIMITS, silentLog);
  const read = (text: string) => worker.read(sourceOf(text, 'a.txt', 'text/plain'));
  expect((await read('first')).text).toBe('first');
  expect((await read('second')).text).toBe('second');
  expect(worker.usable()).toBe(true);
  await expect(read('')).rejects.toMatchObject({ code: 'unreadable' });
  expect(worker.usable()).toBe(false);
  expect(() => process.kill(worker.pid ?? 0, 0)).toThrow('ESRCH');
});

test('after closing, reading is refused as unavailable', async () => {
  const reader = open();
  await reader.close();
  await expect(reader.read(sourceOf('a', 'a.txt', 'text/plain'), never)).rejects.toMatchObject({
    code: 'unavailable',
  });
});
