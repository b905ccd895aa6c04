import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openChatRoom, type ChatRoom, type ChatRoomDeps } from '../../test/fakes/chat-room.ts';
import { OWNER_B } from '../../test/fakes/ctx.ts';
import { forgetMessage, forgetSession } from './forget-conversations.ts';
import { receiveMessage } from './receive-message.ts';
import { getSession } from './sessions.ts';
import { listMessages } from './session-messages.ts';

let room: ChatRoom;
beforeEach(async () => {
  room = await openChatRoom();
});
afterEach(() => room.close());

const page = { limit: 50, latest: false };
const messages = (id: string) => listMessages({ id, ...page }, room.deps, room.ctx);
const intents = () => room.deps.ledger.forOwner(room.ctx.ownerId, (tx) => tx.table('intents').count());
const say = (sessionId: string, text: string, more = {}) =>
  receiveMessage({ sessionId, role: 'user', text, ...more }, room.deps, room.ctx);

describe('a message that was received', () => {
  it('is listed, found by the next recall and counted', async () => {
    const id = await room.newSession();
    const stored = await say(id, 'The spare key hangs behind the clock.');
    expect((await messages(id)).items).toMatchObject([{ id: stored.id, seq: 0, text: stored.text }]);
    const request = {
      question: 'Where is the spare key?',
      filter: {},
      limit: 5,
      tokenBudget: 500,
      neighbours: 0,
    };
    expect((await room.deps.recall(request, room.ctx)).hits[0]?.id).toBe(stored.id);
    expect((await getSession({ id }, room.deps, room.ctx)).messages).toBe(1);
    expect(await intents()).toBe(0);
  });

  it('names a session that has no title by its first words', async () => {
    const id = await room.newSession();
    await say(id, 'Please remember:\nthe boiler was serviced in March.');
    await say(id, 'And the roof in May.');
    const { title } = await getSession({ id }, room.deps, room.ctx);
    expect(title).toBe('Please remember: the boiler was serviced in March.');
  });

  it('never replaces a title that the user gave', async () => {
    const id = await room.newSession('House');
    await say(id, 'The boiler was serviced in March.');
    expect((await getSession({ id }, room.deps, room.ctx)).title).toBe('House');
  });

  it('is announced once it is complete', async () => {
    const id = await room.newSession();
    const stored = await say(id, 'The boiler was serviced in March.');
    expect(room.announced).toEqual([
      { kind: 'turn-finished', sessionId: id, messageIds: [stored.id], role: 'user' },
    ]);
  });

  it('is not there for another owner', async () => {
    const id = await room.newSession();
    await say(id, 'The boiler was serviced in March.');
    const other = { ...room.ctx, ownerId: OWNER_B };
    await expect(getSession({ id }, room.deps, other)).rejects.toMatchObject({ code: 'not-found' });
    await expect(
      receiveMessage({ sessionId: id, role: 'user', text: 'Hello' }, room.deps, other),
    ).rejects.toMatchObject({ code: 'not-found' });
    expect(await room.deps.memory.count(OWNER_B, {}, room.ctx.signal)).toBe(0);
  });

  it('sent at once with others gets a place of its own', async () => {
    const id = await room.newSession();
    await Promise.all(Array.from({ length: 12 }, (_, i) => say(id, `Thought number ${i}.`)));
    const { items } = await messages(id);
    expect(items.map(({ seq }) => seq)).toEqual(Array.from({ length: 12 }, (_, i) => i));
    expect((await getSession({ id }, room.deps, room.ctx)).messages).toBe(12);
  });
});

describe('a message with a key of the client', () => {
  it('is stored once however often it comes', async () => {
    const id = await room.newSession();
    const first = await say(id, 'The boiler was serviced.', { idempotencyKey: 'k1' });
    const again = await say(id, 'The boiler was serviced.', { idempotencyKey: 'k1' });
    expect(again).toEqual(first);
    expect((await messages(id)).items).toHaveLength(1);
  });

  it('is stored once when it comes twice at the same time', async () => {
    const id = await room.newSession();
    const send = () => say(id, 'The boiler was serviced.', { idempotencyKey: 'k1' });
    const outcomes = await Promise.allSettled([send(), send()]);
    const refused = outcomes.filter(({ status }) => status === 'rejected');
    for (const { reason } of refused as PromiseRejectedResult[])
      expect(reason).toMatchObject({ code: 'conflict' });
    expect((await messages(id)).items).toHaveLength(1);
  });

  it('does not come back after it was deleted', async () => {
    const id = await room.newSession();
    const { id: messageId } = await say(id, 'The boiler was serviced.', { idempotencyKey: 'k1' });
    await forgetMessage({ id, messageId }, room.deps, room.ctx);
    await expect(say(id, 'The boiler was serviced.', { idempotencyKey: 'k1' })).rejects.toMatchObject({
      code: 'conflict',
    });
  });
});

/** Where a process can die: the step throws, and so does everything after it until the restart. */
const STEPS = {
  'before the object': (deps: ChatRoomDeps) => ({
    ...deps,
    objects: { ...deps.objects, put: died, get: died, info: died },
  }),
  'after the object': (deps: ChatRoomDeps) => ({ ...deps, memory: { ...deps.memory, upsert: died } }),
  'after the items': (deps: ChatRoomDeps) => ({ ...deps, ledger: dyingAt(deps.ledger, 2) }),
} as const;

function died(): never {
  throw new Error('killed');
}

function dyingAt(ledger: ChatRoomDeps['ledger'], transaction: number): ChatRoomDeps['ledger'] {
  let begun = 0;
  return {
    ...ledger,
    forOwner: (ownerId, work) => (++begun >= transaction ? died() : ledger.forOwner(ownerId, work)),
  };
}

describe('a process killed while it stores a message', () => {
  it.each([
    ['before the object', 0],
    ['after the object', 1],
    ['after the items', 1],
  ] as const)('%s leaves %i of it after the sweep, counted right', async (step, kept) => {
    const id = await room.newSession();
    await say(id, 'An earlier message.');
    const dying = STEPS[step](room.deps);
    const input = { sessionId: id, role: 'user', text: 'The boiler was serviced.' } as const;
    await expect(receiveMessage(input, dying, room.ctx)).rejects.toThrow('killed');
    expect(await intents()).toBe(1);
    await room.sweep();
    await room.sweep();
    const { items } = await messages(id);
    expect(items.map(({ text }) => text)).toEqual(
      ['An earlier message.', 'The boiler was serviced.'].slice(0, 1 + kept),
    );
    expect((await getSession({ id }, room.deps, room.ctx)).messages).toBe(1 + kept);
    expect(await intents()).toBe(0);
  });

  it('keeps a later message apart from the one that was lost', async () => {
    const id = await room.newSession();
    const dying = STEPS['before the object'](room.deps);
    const input = { sessionId: id, role: 'user', text: 'Lost.' } as const;
    await expect(receiveMessage(input, dying, room.ctx)).rejects.toThrow('killed');
    await room.sweep();
    await say(id, 'Kept.');
    expect((await messages(id)).items.map(({ text }) => text)).toEqual(['Kept.']);
  });
});

describe('a step that fails once', () => {
  it('still keeps the message when its object is there', async () => {
    const id = await room.newSession();
    let failures = 1;
    const { memory } = room.deps;
    const upsert: typeof memory.upsert = (...input) =>
      failures-- > 0 ? Promise.reject(new Error('busy')) : memory.upsert(...input);
    const flaky = { ...room.deps, memory: { ...memory, upsert } };
    await receiveMessage({ sessionId: id, role: 'user', text: 'The boiler was serviced.' }, flaky, room.ctx);
    expect((await messages(id)).items).toHaveLength(1);
    expect(await intents()).toBe(0);
  });

  it('keeps nothing when the object could not be written', async () => {
    const id = await room.newSession();
    const put = () => Promise.reject(new Error('disk full'));
    const full = { ...room.deps, objects: { ...room.deps.objects, put } };
    await expect(
      receiveMessage({ sessionId: id, role: 'user', text: 'The boiler was serviced.' }, full, room.ctx),
    ).rejects.toThrow('disk full');
    expect((await messages(id)).items).toEqual([]);
    expect(await intents()).toBe(0);
  });
});

describe('a session deleted while a message is stored', () => {
  it('keeps nothing of the message', async () => {
    const id = await room.newSession();
    const { objects } = room.deps;
    const put: typeof objects.put = async (...input) => {
      await objects.put(...input);
      await forgetSession({ id }, room.deps, room.ctx);
    };
    const racing = { ...room.deps, objects: { ...objects, put } };
    await expect(
      receiveMessage({ sessionId: id, role: 'user', text: 'The canary sings.' }, racing, room.ctx),
    ).rejects.toMatchObject({ code: 'not-found' });
    expect(await room.deps.memory.count(room.ctx.ownerId, {}, room.ctx.signal)).toBe(0);
    expect(await room.traces('canary')).toEqual([]);
  });
});
