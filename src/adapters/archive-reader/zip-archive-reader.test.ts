import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import type { ZipLimits } from '../connections/limited-zip.ts';
import { makeZip } from '../../../test/fixtures/documents/zip-writer.ts';
import { zipArchiveReader } from './zip-archive-reader.ts';

const never = new AbortController().signal;

async function unpack(
  bytes: Uint8Array,
  limits: Partial<ZipLimits> = {},
  wanted: (name: string) => boolean = () => true,
) {
  const found: [string, string][] = [];
  for await (const entry of zipArchiveReader({ limits }).entries(bytes, wanted, never)) {
    found.push([entry.name, Buffer.concat(await Array.fromAsync(entry.bytes)).toString('utf8')]);
  }
  return found;
}

const CHATS = makeZip([
  { name: 'export/', content: '' },
  { name: 'export/conversations.json', content: '[]' },
  { name: 'export/фото/отчёт.txt', content: 'Привет' },
  { name: 'export/user.json', content: '{}' },
]);

test('gives the wanted files in the order of the archive, with names in any script', async () => {
  expect(await unpack(CHATS)).toEqual([
    ['export/conversations.json', '[]'],
    ['export/фото/отчёт.txt', 'Привет'],
    ['export/user.json', '{}'],
  ]);
  expect(await unpack(CHATS, {}, (name) => name.endsWith('user.json'))).toEqual([['export/user.json', '{}']]);
});

test('tells an archive by its first bytes', () => {
  const reader = zipArchiveReader();
  expect(reader.isArchive(CHATS)).toBe(true);
  expect(reader.isArchive(makeZip([]))).toBe(true);
  expect(reader.isArchive(Buffer.from('PK notes'))).toBe(false);
  expect(reader.isArchive(new Uint8Array())).toBe(false);
});

test('reads sizes from the zip64 fields', async () => {
  expect(await unpack(makeZip([{ name: 'a.json', content: '{"a":1}', zip64: true }]))).toEqual([
    ['a.json', '{"a":1}'],
  ]);
});

test.each([
  ['damaged', CHATS.subarray(0, CHATS.length - 40)],
  ['no archive', Buffer.from('PK\x03\x04 nothing')],
  ['protected', makeZip([{ name: 'a', content: 'secret', encrypted: true }])],
])('says of an archive that is %s that it is unreadable', async (_, bytes) => {
  await expect(unpack(bytes)).rejects.toMatchObject({ code: 'unreadable' });
});

test('notices content that is not what was packed', async () => {
  const text = 'a line of a chat\n'.repeat(20);
  const bytes = makeZip([{ name: 'a.txt', content: text }]);
  const checksum = bytes.indexOf('PK\x01\x02', 0, 'latin1') + 16;
  bytes.writeUInt8(bytes.readUInt8(checksum) ^ 1, checksum);
  await expect(unpack(bytes)).rejects.toMatchObject({ code: 'unreadable' });
});

test('refuses more files than allowed', async () => {
  await expect(unpack(CHATS, { maxEntries: 3 })).rejects.toMatchObject({ code: 'too-large' });
});

test('refuses more bytes than allowed, counting only the wanted files', async () => {
  const bytes = makeZip([
    { name: 'picture', content: Buffer.alloc(50_000) },
    { name: 'chat', content: 'hello' },
  ]);
  await expect(unpack(bytes, { maxUnpackedBytes: 1_000 })).rejects.toMatchObject({ code: 'too-large' });
  const chat = await unpack(bytes, { maxUnpackedBytes: 1_000 }, (name) => name === 'chat');
  expect(chat).toEqual([['chat', 'hello']]);
});

test('refuses a bomb before and while it unpacks', async () => {
  const content = Buffer.alloc(20 * 2 ** 20);
  await expect(unpack(makeZip([{ name: 'bomb', content }]))).rejects.toMatchObject({ code: 'unreadable' });
  const lying = makeZip([{ name: 'bomb', content, declaredBytes: 100 }]);
  await expect(unpack(lying)).rejects.toMatchObject({ code: 'unreadable' });
});

test('reads an export with tens of thousands of pictures', async () => {
  const pictures = Array.from({ length: 30_000 }, (_, i) => ({ name: `file-${i}.png`, content: '' }));
  const bytes = makeZip([...pictures, { name: 'conversations.json', content: '[]' }]);
  expect(await unpack(bytes, {}, (name) => name.endsWith('.json'))).toEqual([['conversations.json', '[]']]);
});

test('gives a large file piece by piece, before all of it is unpacked', async () => {
  const bytes = makeZip([{ name: 'conversations.json', content: randomBytes(3 * 2 ** 20) }]);
  for await (const entry of zipArchiveReader().entries(bytes, () => true, never)) {
    const sizes: number[] = [];
    for await (const part of entry.bytes) sizes.push(part.length);
    expect(Math.max(...sizes)).toBeLessThan(2 ** 20);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(3 * 2 ** 20);
  }
});

test('stops between two files when cancelled', async () => {
  const abort = new AbortController();
  const names: string[] = [];
  const reading = async () => {
    for await (const entry of zipArchiveReader().entries(CHATS, () => true, abort.signal)) {
      names.push(entry.name);
      abort.abort();
    }
  };
  await expect(reading()).rejects.toMatchObject({ code: 'aborted' });
  expect(names).toHaveLength(1);
});
