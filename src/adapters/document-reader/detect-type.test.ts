import { expect, test } from 'vitest';
import { fixture, sourceOf } from '../../../test/contracts/document-reader.ts';
import { makeZip } from '../../../test/fixtures/documents/zip-writer.ts';
import { typeDetector } from './detect-type.ts';
import { DEFAULT_READ_LIMITS } from './read-limits.ts';

const never = new AbortController().signal;
const detect = typeDetector(DEFAULT_READ_LIMITS);

async function extensionOf(content: string | Uint8Array, filename: string): Promise<string | undefined> {
  const type = await detect(sourceOf(content, filename), never);
  return type?.extension;
}

test('takes a long text for text also when its first part ends inside a character', async () => {
  expect(await extensionOf('я'.repeat(100_001), 'x.txt')).toBe('txt');
  expect(await extensionOf(`a${'я'.repeat(100_001)}`, 'x.txt')).toBe('txt');
});

test('reads no more of a text than its type needs', async () => {
  let read = 0;
  async function* endless() {
    for (;;) {
      read += 10_000;
      yield Buffer.alloc(10_000, 0x61);
    }
  }
  const source = { filename: 'x.txt', sizeBytes: 1e9, bytes: endless() };
  const type = await detect(source, never);
  expect(type?.extension).toBe('txt');
  expect(read).toBeLessThan(100_000);
});

test('does not take any zip for an office file', async () => {
  expect(
    await extensionOf(makeZip([{ name: 'notes/word/document.xml', content: 'x' }]), 'x.docx'),
  ).toBeUndefined();
});

test('finds an office file by its parts, wherever they are in the zip', async () => {
  const padding = { name: 'media/a.bin', content: Buffer.alloc(200_000, 1) };
  const parts = [
    padding,
    { name: 'xl/workbook.xml', content: 'x' },
    { name: '[Content_Types].xml', content: 'x' },
  ];
  expect(await extensionOf(makeZip(parts), 'x')).toBe('xlsx');
});

test('takes an encrypted office file for what its name says', async () => {
  const container = Buffer.concat([
    Buffer.from('d0cf11e0a1b11ae1', 'hex'),
    Buffer.alloc(100_000),
    Buffer.from('EncryptedPackage', 'utf16le'),
  ]);
  expect(await extensionOf(container, 'secret.xlsx')).toBe('xlsx');
  expect(await extensionOf(container.subarray(0, 50_000), 'old.doc')).toBeUndefined();
});

test('finds a PDF behind some stray bytes', async () => {
  expect(await extensionOf(Buffer.concat([Buffer.from('\r\n'), fixture('report-en.pdf')]), 'x')).toBe('pdf');
});

test.each(['{\\rtf1 Hello}', '%!PS-Adobe-3.0\nshowpage'])(
  'does not take %j for plain text',
  async (content) => {
    expect(await extensionOf(content, 'x.txt')).toBeUndefined();
  },
);

test('holds no more than two files at a time', async () => {
  const docx = makeZip([
    { name: 'word/document.xml', content: 'x' },
    { name: '[Content_Types].xml', content: 'x' },
  ]);
  let open = 0;
  let most = 0;
  async function* slowly() {
    most = Math.max(most, ++open);
    for (const part of [docx.subarray(0, 50), docx.subarray(50)]) {
      await Promise.resolve();
      yield part;
    }
    open--;
  }
  const types = await Promise.all(
    Array.from({ length: 6 }, () =>
      detect({ filename: 'a.docx', sizeBytes: docx.length, bytes: slowly() }, never),
    ),
  );
  expect(types.map((type) => type?.extension)).toEqual(Array.from({ length: 6 }, () => 'docx'));
  expect(most).toBe(2);
});
