import { beforeEach, describe, expect, it } from 'vitest';
import { fakeCtx, OWNER_A, OWNER_B } from '../../test/fakes/ctx.ts';
import { fakeEmbedder, type FakeEmbedderOptions } from '../../test/fakes/embedder.ts';
import { memoryItem } from '../../test/fakes/memory-item.ts';
import { fakeMemoryStore } from '../../test/fakes/memory-store.ts';
import { AppError } from '../core/errors.ts';
import { objectKeys } from '../core/object-keys.ts';
import type { MemoryItem, MemoryStore } from '../ports/memory-store.ts';
import { RecallRequest } from '../wire/recall.ts';
import { analyse } from './analyser.ts';
import { recall, type RecallDeps, type RecallInput } from './recall.ts';
import { textReader } from './texts.ts';

const SLOT = 'text@fake';
const DOCUMENT = 'dddddddd-dddd-4ddd-8ddd-dddddddddddd';
const { signal } = new AbortController();

let memory: MemoryStore;
let chunks: Map<string, string>;
beforeEach(() => {
  memory = fakeMemoryStore();
  chunks = new Map();
});

function said(id: string, text: string, changes: Partial<MemoryItem> = {}): MemoryItem {
  const spoken = changes.author === undefined ? text : `${changes.author}: ${text}`;
  return memoryItem({
    id,
    text,
    terms: analyse(spoken, 'en'),
    sessionId: 's',
    role: 'user',
    language: 'en',
    sources: [id],
    ...changes,
  });
}

function chunk(position: number, text: string): MemoryItem {
  chunks.set(objectKeys.chunk(DOCUMENT, position), text);
  const { text: _, ...item } = said(`chunk-${position}`, text, {
    kind: 'chunk',
    documentId: DOCUMENT,
    position,
    filename: 'bees.pdf',
    page: 2,
  });
  const { sessionId: _session, role: _role, ...bare } = item;
  return bare;
}

async function remember(items: readonly MemoryItem[], ownerId = OWNER_A, slot = SLOT) {
  await memory.upsert(ownerId, items, signal);
  const texts = items.map((item) => item.text ?? chunks.get(objectKeys.chunk(DOCUMENT, item.position)) ?? '');
  const vectors = await fakeEmbedder().embedTexts(texts, signal);
  const rows = items.flatMap(({ id }, i) => (vectors[i] ? [{ id, vector: vectors[i] }] : []));
  await memory.putVectors(ownerId, slot, rows, signal);
}

function deps(options: FakeEmbedderOptions = {}): RecallDeps {
  const objects = {
    get: async (_: string, key: string) => {
      const text = chunks.get(key);
      return text === undefined ? undefined : new TextEncoder().encode(text);
    },
  };
  return {
    memory,
    embedder: () => ({ embedder: fakeEmbedder(options), slot: SLOT }),
    texts: textReader(objects),
    hidden: async () => [],
    titles: async (ids) => new Map(ids.map((id) => [id, `title of ${id}`])),
  };
}

type Asked = Partial<Omit<RecallInput, 'question'>>;
const ask = (question: string, changes: Asked = {}, given = deps()) =>
  recall({ ...RecallRequest.parse({ question }), ...changes }, given, fakeCtx());
const ids = async (question: string, changes: Asked = {}) =>
  (await ask(question, changes)).hits.map(({ id }) => id);

const GARDEN = [
  said('beans', 'I planted beans behind the shed.', { position: 0 }),
  said('reply', 'Beans love sun and need water.', { position: 1, role: 'assistant' }),
  said('dog', 'My dog is called Bruno.', { position: 2 }),
  said('car', 'The car needs new tyres.', { position: 3 }),
];

describe('recall', () => {
  it('finds what answers the question, best first, with the words that matched', async () => {
    await remember(GARDEN);
    const { hits, meaning, considered } = await ask('Where did I plant the beans?');
    expect(hits[0]).toMatchObject({
      id: 'beans',
      text: 'I planted beans behind the shed.',
      matched: ['planted', 'beans'],
    });
    expect({ meaning, considered }).toEqual({ meaning: true, considered: 4 });
  });

  it('gives each hit its place, under the title of its session', async () => {
    await remember(GARDEN);
    const { hits } = await ask('dog');
    expect(hits[0]?.place).toMatchObject({
      kind: 'conversation',
      sessionId: 's',
      name: 'title of s',
      position: 2,
    });
  });

  it('reads the text of chunks from their objects and ranks them among messages', async () => {
    await remember([...GARDEN, chunk(0, 'Bees visit the bean flowers.'), chunk(1, 'A hive has one queen.')]);
    const { hits } = await ask('How many queens has a hive?');
    expect(hits[0]).toMatchObject({ id: 'chunk-1', text: 'A hive has one queen.' });
    expect(hits[0]?.place).toMatchObject({ kind: 'document', name: 'bees.pdf', page: 2 });
  });

  it('never finds another owner’s items', async () => {
    await remember(GARDEN, OWNER_B);
    expect(await ask('beans')).toMatchObject({ hits: [], considered: 0 });
  });

  it('finds what has no vector yet by its words', async () => {
    await memory.upsert(OWNER_A, GARDEN, signal);
    expect((await ids('What is my dog called?'))[0]).toBe('dog');
  });

  it.each(['unavailable', 'timeout'] as const)(
    'serves by words alone when the embedder is %s',
    async (code) => {
      await remember(GARDEN);
      const result = await ask('beans', {}, deps({ queryError: new AppError(code, 'No.') }));
      expect(result.meaning).toBe(false);
      expect(result.hits[0]?.id).toBe('beans');
      expect(result.hits.every(({ signals }) => signals.meaning === 0)).toBe(true);
    },
  );

  it('stops when its caller has gone', async () => {
    await remember(GARDEN);
    const gone = fakeCtx({ signal: AbortSignal.abort() });
    await expect(recall(RecallRequest.parse({ question: 'beans' }), deps(), gone)).rejects.toThrow('aborted');
  });

  it('gives the same answer again', async () => {
    await remember(GARDEN);
    expect(await ask('beans in the sun')).toEqual(await ask('beans in the sun'));
  });
});

describe('filters of recall', () => {
  it('hold for every hit', async () => {
    await remember([...GARDEN, chunk(0, 'Bees visit the bean flowers.')]);
    expect(await ids('beans', { filter: { roles: ['assistant'] } })).toEqual(['reply']);
    expect(await ids('beans', { filter: { kinds: ['chunk'] } })).toEqual(['chunk-0']);
    expect(await ids('beans', { filter: { sessionIds: ['other'] } })).toEqual([]);
  });

  it('leave paragraphs out unless they are asked for', async () => {
    await remember([...GARDEN, said('part', 'Beans again.', { kind: 'paragraph', parentId: 'beans' })]);
    expect(await ids('beans')).not.toContain('part');
    expect(await ids('beans', { filter: { kinds: ['paragraph'] } })).toEqual(['part']);
  });

  it('leave out what is being forgotten', async () => {
    await remember(GARDEN);
    const { hits } = await ask('beans', {}, { ...deps(), hidden: async () => ['beans'] });
    expect(hits.map(({ id }) => id)).not.toContain('beans');
  });

  it('leave out excluded sources, also as neighbours, and fill their places', async () => {
    await remember(GARDEN);
    const { hits } = await ask('beans', { excludeSources: ['beans'], limit: 1 });
    expect(hits.map(({ id }) => id)).toEqual(['reply']);
    expect(hits[0]?.neighbours.map(({ id }) => id)).toEqual(['dog']);
  });
});

describe('what surrounds a hit', () => {
  it('is the turns of its conversation, as many as asked for, with their distance', async () => {
    await remember(GARDEN);
    const { hits } = await ask('What is the dog called?', { neighbours: 1, limit: 1 });
    expect(hits[0]?.neighbours.map(({ id, distance }) => [id, distance])).toEqual([
      ['reply', -1],
      ['car', 1],
    ]);
  });

  it('is nothing when none is asked for', async () => {
    await remember(GARDEN);
    expect(
      (await ask('dog', { neighbours: 0 })).hits.every(({ neighbours }) => neighbours.length === 0),
    ).toBe(true);
  });
});

describe('the token budget', () => {
  it('keeps the best hit and says how many did not fit', async () => {
    await remember([said('long', `Beans ${'and more beans '.repeat(200)}`), ...GARDEN.slice(1)]);
    const { hits, leftOut } = await ask('beans and more beans', { tokenBudget: 50 });
    expect(hits[0]?.id).toBe('long');
    expect(hits.length + leftOut).toBe(4);
    expect(leftOut).toBeGreaterThan(0);
  });
});

describe('how a question is read', () => {
  it('is told with the result', async () => {
    const author = { role: 'person' as const };
    await remember([
      said('ana', 'I paint.', { ...author, author: 'Ana' }),
      said('bo', 'I sing.', { ...author, author: 'Bo', position: 1 }),
    ]);
    const { reading } = await ask('What did Ana say yesterday?');
    expect(reading).toMatchObject({
      language: 'en',
      speaker: 'Ana',
      asksAssistant: false,
      timeText: 'yesterday',
      from: Date.UTC(2024, 11, 31),
      to: Date.UTC(2025, 0, 1),
    });
    expect(reading.terms).toContain('ana');
    expect(reading.terms.some((term) => term.startsWith('~'))).toBe(false);
  });

  it('puts what was said at the named time first', async () => {
    const yesterday = Date.UTC(2024, 11, 31, 9);
    await remember([
      said('long-ago', 'I said the plan is to sail.', { eventTime: Date.UTC(2020, 1, 1) }),
      said('yesterday', 'Soup for lunch.', { eventTime: yesterday, position: 50 }),
    ]);
    expect((await ids('What did I say yesterday?'))[0]).toBe('yesterday');
  });
});
