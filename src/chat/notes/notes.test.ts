import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type ChatRoom, openChatRoom } from '../../../test/fakes/chat-room.ts';
import { OWNER_B } from '../../../test/fakes/ctx.ts';
import { memoryItem } from '../../../test/fakes/memory-item.ts';
import { forgetSession } from '../forget-conversations.ts';
import { getSession } from '../sessions.ts';
import { addMemories } from './add-memories.ts';
import { deleteMemory } from './delete-memory.ts';
import { memoryProfile } from './memory-profile.ts';
import { updateMemory } from './update-memory.ts';

let room: ChatRoom;
beforeEach(async () => {
  room = await openChatRoom();
});
afterEach(() => room.close());

const userId = 'user';

interface Noted {
  readonly session?: string;
  readonly tags?: string[];
  readonly time?: number;
}

function note(text: string, { session, tags = [], time }: Noted = {}, ctx = room.ctx) {
  const memories = [{ text, role: 'user' as const, ...(time === undefined ? {} : { time }) }];
  return addMemories(
    { memories, tags, userId, ...(session === undefined ? {} : { session }) },
    room.deps,
    ctx,
  );
}

async function noted(text: string, given: Noted = {}): Promise<string> {
  const { ids } = await note(text, given);
  return ids[0] ?? '';
}

async function itemOf(id: string) {
  const [item] = await room.deps.memory.get(room.ctx.ownerId, [id], room.ctx.signal);
  return item;
}

async function recalled(question: string): Promise<string[]> {
  const request = { question, filter: {}, limit: 10, tokenBudget: 4_000, neighbours: 0 };
  return (await room.deps.recall(request, room.ctx)).hits.map(({ text }) => text);
}

const profile = (ctx = room.ctx) => memoryProfile({ ...room.deps, activeSlot: () => 'text@fake' }, ctx);

describe('adding', () => {
  test('notes go into one conversation that is called so, and are found at once', async () => {
    const [first, second] = [await note('The cellar key is brass.'), await note('The attic key is iron.')];
    expect(second.sessionId).toBe(first.sessionId);
    const session = await getSession({ id: first.sessionId }, room.deps, room.ctx);
    expect(session).toMatchObject({ title: 'Notes', messages: 2 });
    expect(await recalled('Of what is the cellar key?')).toContain('The cellar key is brass.');
  });

  test('a name of the user’s own begins a conversation once, also from two calls at the same time', async () => {
    const added = await Promise.all(
      ['One.', 'Two.', 'Three.'].map((text) => note(text, { session: 'Boat' })),
    );
    expect(new Set(added.map(({ sessionId }) => sessionId)).size).toBe(1);
    expect((await profile()).recentConversations).toMatchObject([{ title: 'Boat', messages: 3 }]);
  });

  test('the id of a conversation adds to it, the id of none is refused', async () => {
    const session = await room.newSession('Plans');
    expect((await note('Paint the hull.', { session })).sessionId).toBe(session);
    await expect(note('Lost.', { session: room.ctx.newId() })).rejects.toMatchObject({ code: 'not-found' });
  });

  test('a conversation that was forgotten does not come back by its name', async () => {
    const { sessionId } = await note('Old words.', { session: 'Boat' });
    await forgetSession({ id: sessionId }, room.deps, room.ctx);
    expect((await note('New words.', { session: 'Boat' })).sessionId).not.toBe(sessionId);
    expect(await recalled('words')).toEqual(['New words.']);
  });

  test('tags are kept with the message, so that a rebuild has them again', async () => {
    const id = await noted('Rosa turned nine.', { tags: ['family', 'note'] });
    const before = await itemOf(id);
    expect(before?.tags).toEqual(['note', 'family']);
    await room.deps.memory.removeOwner(room.ctx.ownerId, room.ctx.signal);
    await room.deps.ledger.forOwner(room.ctx.ownerId, (tx) =>
      tx.enqueue({ kind: 'rebuild-chats', queue: 'light', payload: { userId }, priority: 10 }),
    );
    await room.runJobs();
    expect(await itemOf(id)).toEqual(before);
  });
});

describe('updating', () => {
  test('the new text stands in place of the old one, with its time and tags', async () => {
    const time = Date.UTC(2023, 3, 1);
    const old = await noted('The lease ends in May.', { session: 'Home', tags: ['lease'], time });
    const { id, replaced, removed } = await updateMemory(
      { id: old, text: 'The lease ends in June.', userId },
      room.deps,
      room.ctx,
    );
    expect({ replaced, removed }).toMatchObject({ replaced: old, removed: { message: 1, objects: 1 } });
    expect(await recalled('When does the lease end?')).toEqual(['The lease ends in June.']);
    expect(await itemOf(id)).toMatchObject({ tags: ['note', 'lease'], eventTime: time, role: 'user' });
    await room.runJobs();
    expect(await room.objectsWith('ends in May')).toEqual([]);
  });

  test('done again after it broke off, it leaves one new text', async () => {
    const old = await noted('The gate code is 11.');
    const change = { id: old, text: 'The gate code is 12.', userId };
    const { memory } = room.deps;
    const breaking = { ...room.deps, memory: { ...memory, list: () => Promise.reject(new Error('broken')) } };
    await expect(updateMemory(change, breaking, room.ctx)).rejects.toThrow('broken');
    await updateMemory(change, room.deps, room.ctx);
    expect(await recalled('gate code')).toEqual(['The gate code is 12.']);
    expect(await memory.count(room.ctx.ownerId, {}, room.ctx.signal)).toBe(1);
  });

  test('a chat is not rewritten: its message goes, the correction is a note', async () => {
    const sessionId = await room.newSession('Talk');
    await room.send(sessionId, 'My sister lives in Malang.', { answer: false });
    const { items } = await room.deps.memory.list(room.ctx.ownerId, {}, { limit: 1 }, room.ctx.signal);
    const said = items[0]?.id ?? '';
    const { id } = await updateMemory(
      { id: said, text: 'My sister lives in Batu.', userId },
      room.deps,
      room.ctx,
    );
    const item = await itemOf(id);
    expect(item?.sessionId).not.toBe(sessionId);
    expect((await getSession({ id: sessionId }, room.deps, room.ctx)).messages).toBe(0);
    expect(await recalled('Where does my sister live?')).toEqual(['My sister lives in Batu.']);
  });

  test('the words of another person are not changed', async () => {
    const line = {
      session: 's',
      role: 'person',
      author: 'Lea',
      text: 'I moved to Turin.',
      time: '2024-01-01',
    };
    await room.importHistory(`${JSON.stringify(line)}\n`);
    const { items } = await room.deps.memory.list(room.ctx.ownerId, {}, { limit: 1 }, room.ctx.signal);
    const id = items[0]?.id ?? '';
    const changing = updateMemory({ id, text: 'I moved to Rome.', userId }, room.deps, room.ctx);
    await expect(changing).rejects.toMatchObject({ code: 'invalid-input' });
    expect(await recalled('Turin')).toContain('I moved to Turin.');
  });
});

describe('deleting', () => {
  test('a paragraph takes the message it is part of with it', async () => {
    const long = ['The first harbour.', 'The second harbour.'].map(
      (text) => `${text} ${'calm '.repeat(300)}`,
    );
    const id = await noted(long.join('\n\n'));
    const { items } = await room.deps.memory.list(
      room.ctx.ownerId,
      { kinds: ['paragraph'] },
      { limit: 1 },
      room.ctx.signal,
    );
    const report = await deleteMemory({ id: items[0]?.id ?? '' }, room.deps, room.ctx);
    expect(report).toMatchObject({ id, removed: { message: 1 } });
    expect(await recalled('harbour')).toEqual([]);
  });

  test('a passage of a document is refused with what to do instead', async () => {
    const chunk = memoryItem({ id: room.ctx.newId(), kind: 'chunk', documentId: room.ctx.newId() });
    await room.deps.memory.upsert(room.ctx.ownerId, [chunk], room.ctx.signal);
    await expect(deleteMemory({ id: chunk.id }, room.deps, room.ctx)).rejects.toMatchObject({
      code: 'invalid-input',
      message: expect.stringContaining('whole document'),
    });
  });

  test('what was forgotten, or is of another owner, is not there', async () => {
    const id = await noted('Gone soon.');
    await deleteMemory({ id }, room.deps, room.ctx);
    await expect(deleteMemory({ id }, room.deps, room.ctx)).rejects.toMatchObject({ code: 'not-found' });
    const kept = await noted('Mine.');
    const stranger = { ...room.ctx, ownerId: OWNER_B };
    await expect(deleteMemory({ id: kept }, room.deps, stranger)).rejects.toMatchObject({
      code: 'not-found',
    });
  });
});

describe('the profile', () => {
  test('counts what is there and names what came last', async () => {
    await note('Selasa kami berlayar ke pulau seberang bersama ayah.', { session: 'Laut', tags: ['trip'] });
    room.clock.advance(1_000);
    await note('On Wednesday we sailed home with father and the dog.', { session: 'Sea', tags: ['trip'] });
    expect(await profile()).toMatchObject({
      documents: 0,
      conversations: 2,
      messages: 2,
      passages: 0,
      vectors: { done: 0, of: 2 },
      tags: ['note', 'trip'],
      recentConversations: [{ title: 'Sea' }, { title: 'Laut' }],
    });
    expect((await profile()).languages.toSorted()).toEqual(['en', 'id']);
  });

  test('of an owner with nothing is empty', async () => {
    await note('Not for others.');
    expect(await profile({ ...room.ctx, ownerId: OWNER_B })).toMatchObject({
      conversations: 0,
      messages: 0,
      languages: [],
      recentConversations: [],
    });
  });
});
