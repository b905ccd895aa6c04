import { describe, expect, it } from 'vitest';
import { objectKeys } from '../core/object-keys.ts';
import { memoryItem } from '../../test/fakes/memory-item.ts';
import { OWNER_A, OWNER_B } from '../../test/fakes/ctx.ts';
import { textReader } from './texts.ts';

const DOCUMENT = 'dddddddd-dddd-4ddd-8ddd-dddddddddddd';
const { signal } = new AbortController();

function chunkAt(position: number) {
  const { text: _, ...item } = memoryItem({
    id: `chunk-${position}`,
    kind: 'chunk',
    documentId: DOCUMENT,
    position,
    s3Path: objectKeys.chunk(DOCUMENT, position),
  });
  return item;
}

/** Objects that count how often each is read. */
function countedObjects(texts: Readonly<Record<string, string>>) {
  const reads: string[] = [];
  return {
    reads,
    async get(ownerId: string, key: string) {
      reads.push(`${ownerId}/${key}`);
      const text = texts[key];
      return text === undefined ? undefined : new TextEncoder().encode(text);
    },
  };
}

const TEN = Object.fromEntries(
  Array.from({ length: 10 }, (_, i) => [objectKeys.chunk(DOCUMENT, i), `text ${i}`]),
);

describe('the text reader', () => {
  it('gives an item’s own text without reading an object', async () => {
    const objects = countedObjects({});
    const texts = await textReader(objects).read(OWNER_A, [memoryItem({ id: 'm', text: 'said' })], signal);
    expect(texts).toEqual(new Map([['m', 'said']]));
    expect(objects.reads).toEqual([]);
  });

  it('reads the text of a chunk once', async () => {
    const objects = countedObjects(TEN);
    const reader = textReader(objects);
    await reader.read(OWNER_A, [chunkAt(1)], signal);
    expect(await reader.read(OWNER_A, [chunkAt(1)], signal)).toEqual(new Map([['chunk-1', 'text 1']]));
    expect(objects.reads).toHaveLength(1);
  });

  it('leaves out an item whose text is gone', async () => {
    const reader = textReader(countedObjects(TEN));
    expect([...(await reader.read(OWNER_A, [chunkAt(1), chunkAt(99)], signal)).keys()]).toEqual(['chunk-1']);
  });

  it('never gives one owner what it kept for another', async () => {
    const objects = countedObjects(TEN);
    const reader = textReader(objects);
    await reader.read(OWNER_A, [chunkAt(1)], signal);
    await reader.read(OWNER_B, [chunkAt(1)], signal);
    expect(objects.reads.map((read) => read.slice(0, OWNER_A.length))).toEqual([OWNER_A, OWNER_B]);
  });

  it('drops what was used longest ago when the cache is full', async () => {
    const objects = countedObjects(TEN);
    const reader = textReader(objects, { cacheBytes: 2 * 'text 0'.length * 2 });
    for (const position of [0, 1, 0, 2]) await reader.read(OWNER_A, [chunkAt(position)], signal);
    objects.reads.length = 0;
    await reader.read(OWNER_A, [chunkAt(0), chunkAt(2)], signal);
    expect(objects.reads).toEqual([]);
    await reader.read(OWNER_A, [chunkAt(1)], signal);
    expect(objects.reads).toHaveLength(1);
  });

  it('reads anew what it was told to forget', async () => {
    const objects = countedObjects(TEN);
    const reader = textReader(objects);
    await reader.read(OWNER_A, [chunkAt(1)], signal);
    reader.forget(OWNER_A, DOCUMENT);
    await reader.read(OWNER_A, [chunkAt(1)], signal);
    expect(objects.reads).toHaveLength(2);
  });
});
