import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ChatRoom, openChatRoom } from '../../test/fakes/chat-room.ts';
import { fakeCtx, OWNER_B } from '../../test/fakes/ctx.ts';
import { toldAnswer } from '../../test/fakes/told-answer.ts';
import type { AnswerEvent, MessageView } from '../wire/sessions.ts';
import type { AnswerInput } from './answerer.ts';
import { branchSession, chooseLeaf, editMessage, regenerate } from './branches.ts';
import { forgetMessage, forgetSession } from './forget-conversations.ts';
import { type LiveAnswers, liveAnswers, type NumberedEvent } from './live-answers.ts';
import { listMessages } from './session-messages.ts';
import { getSession } from './sessions.ts';

let room: ChatRoom;
let live: LiveAnswers;
let chat: string;
let asked: AnswerInput[];
beforeEach(async () => {
  asked = [];
  room = await openChatRoom({
    wrap: (deps) => ({
      ...deps,
      async *answerer(input) {
        asked.push(input);
        const text = `answer ${asked.length} to ${input.text}`;
        yield { kind: 'text', text };
        yield toldAnswer(text);
      },
    }),
  });
  live = liveAnswers({ timers: room.clock, newId: room.ctx.newId, log: room.ctx.log, leases: aloneLeases() });
  chat = await room.newSession();
});
afterEach(async () => {
  await live.close();
  await room.close();
});

const deps = () => ({ ...room.deps, live });
const following = { signal: new AbortController().signal };
const wish = { mode: 'santai', filter: {}, userId: 'user' } as const;

async function messages(id = chat, all = false): Promise<MessageView[]> {
  return (await listMessages({ id, limit: 50, latest: false, all }, room.deps, room.ctx)).items;
}
const texts = async (id?: string, all?: boolean) => (await messages(id, all)).map(({ text }) => text);
async function idOf(text: string): Promise<string> {
  const found = (await messages(chat, true)).find((message) => message.text === text);
  if (!found) throw new Error(`nobody said ${text}`);
  return found.id;
}

async function ended(events: AsyncIterable<NumberedEvent>): Promise<AnswerEvent | undefined> {
  return (await Array.fromAsync(events)).at(-1)?.event;
}
const again = async (text: string, idempotencyKey?: string) =>
  ended(regenerate({ ...wish, messageId: await idOf(text), idempotencyKey }, following, deps(), room.ctx));
const edit = async (text: string, instead: string) =>
  ended(editMessage({ ...wish, messageId: await idOf(text), text: instead }, following, deps(), room.ctx));
const choose = async (text: string) =>
  chooseLeaf({ id: chat, messageId: await idOf(text) }, room.deps, room.ctx);
const branch = async (text: string, id = chat) =>
  (await branchSession({ id, messageId: await idOf(text), userId: 'user' }, room.deps, room.ctx)).id;

/** Stores whose memory fails when something is to go, as when the process ends there. */
const cutOff = () => ({
  ...room.deps,
  memory: { ...room.deps.memory, remove: async () => Promise.reject(new Error('the process ends here')) },
});

const heard = (input: AnswerInput | undefined) => input?.history.map(({ text }) => text);

describe('what came before a message', () => {
  it('is told to who answers, oldest first and without the message itself', async () => {
    await room.send(chat, 'a');
    await room.send(chat, 'b');
    expect(asked.map(heard)).toEqual([[], ['a', 'answer 1 to a']]);
  });

  it('is cut to the last messages', async () => {
    for (let i = 0; i < 50; i++) await room.send(chat, `${i}`, { answer: false });
    await room.send(chat, 'and?');
    expect(heard(asked[0])).toEqual(Array.from({ length: 40 }, (_, i) => `${i + 10}`));
  });

  it('has nothing that is being forgotten', async () => {
    await room.send(chat, 'a', { answer: false });
    const sourceId = await idOf('a');
    await room.deps.ledger.forOwner(room.ctx.ownerId, (tx) =>
      tx.table('tombstones').insert({ kind: 'message', sourceId, createdAt: tx.now, report: null }),
    );
    await room.send(chat, 'b');
    expect(heard(asked[0])).toEqual([]);
  });
});

describe('an answer that is made again', () => {
  it('stands beside the old one, which is neither shown nor told to who answers', async () => {
    await room.send(chat, 'a');
    expect(await again('answer 1 to a')).toMatchObject({ kind: 'answer-end' });
    expect(await texts()).toEqual(['a', 'answer 2 to a']);
    expect(await texts(chat, true)).toEqual(['a', 'answer 1 to a', 'answer 2 to a']);
    expect([heard(asked[1]), asked[1]?.excludeSources]).toEqual([
      [],
      [await idOf('a'), await idOf('answer 1 to a')],
    ]);
    await room.send(chat, 'b');
    expect(heard(asked[2])).toEqual(['a', 'answer 2 to a']);
    expect(await texts()).toEqual(['a', 'answer 2 to a', 'b', 'answer 3 to b']);
  });

  it('in the middle leads the conversation back there; choosing leads to the newest of the other branch', async () => {
    await room.send(chat, 'a');
    await room.send(chat, 'b');
    await again('answer 1 to a');
    expect(await texts()).toEqual(['a', 'answer 3 to a']);
    const [, shown] = await messages();
    expect(shown?.siblings).toEqual([await idOf('answer 1 to a'), await idOf('answer 3 to a')]);
    await choose('answer 1 to a');
    expect(await texts()).toEqual(['a', 'answer 1 to a', 'b', 'answer 2 to b']);
  });

  it('twice with one key is made once', async () => {
    await room.send(chat, 'a');
    const first = await again('answer 1 to a', 'k');
    expect(await again('answer 1 to a', 'k')).toEqual(first);
    await live.close();
    expect(await again('answer 1 to a', 'k')).toMatchObject({ message: { text: 'answer 2 to a' } });
    expect(asked).toHaveLength(2);
  });

  it('must be an answer, and one’s own', async () => {
    await room.send(chat, 'a');
    await expect(again('a')).rejects.toMatchObject({ code: 'invalid-input' });
    const input = { ...wish, messageId: await idOf('answer 1 to a') };
    const foreign = fakeCtx({ ownerId: OWNER_B });
    await expect(ended(regenerate(input, following, deps(), foreign))).rejects.toMatchObject({
      code: 'not-found',
    });
  });
});

describe('a message that is edited', () => {
  it('keeps the old words and what followed them as another branch', async () => {
    await room.send(chat, 'a');
    await room.send(chat, 'b');
    await edit('a', 'A');
    expect(await texts()).toEqual(['A', 'answer 3 to A']);
    expect([heard(asked[2]), asked[2]?.excludeSources.slice(1)]).toEqual([
      [],
      [await idOf('a'), await idOf('answer 1 to a')],
    ]);
    await choose('b');
    await edit('b', 'B');
    expect(await texts()).toEqual(['a', 'answer 1 to a', 'B', 'answer 4 to B']);
    expect(heard(asked[3])).toEqual(['a', 'answer 1 to a']);
  });

  it('names the message before it, and a first one none', async () => {
    await room.send(chat, 'a');
    await edit('a', 'A');
    const [first, answer] = (await messages(chat, true)).slice(2);
    expect([first?.parentId, answer?.parentId]).toEqual([undefined, first?.id]);
  });

  it('must be a message of the user', async () => {
    await room.send(chat, 'a');
    await expect(edit('answer 1 to a', 'x')).rejects.toMatchObject({ code: 'invalid-input' });
  });
});

describe('a conversation that goes on from a message of another', () => {
  it('shows what came before and stores it once', async () => {
    await room.send(chat, 'a');
    await room.send(chat, 'b');
    const other = await branch('answer 1 to a');
    expect(await texts(other)).toEqual(['a', 'answer 1 to a']);
    await room.send(other, 'c');
    expect(await texts(other)).toEqual(['a', 'answer 1 to a', 'c', 'answer 3 to c']);
    expect(heard(asked[2])).toEqual(['a', 'answer 1 to a']);
    expect(await texts()).toEqual(['a', 'answer 1 to a', 'b', 'answer 2 to b']);
    expect((await getSession({ id: other }, room.deps, room.ctx)).messages).toBe(2);
  });

  it('stays readable when what it took over is forgotten, in part or as a whole', async () => {
    await room.send(chat, 'a');
    const other = await branch('answer 1 to a');
    await room.send(other, 'c');
    await forgetMessage({ id: chat, messageId: await idOf('answer 1 to a') }, room.deps, room.ctx);
    expect(await texts(other)).toEqual(['a', 'c', 'answer 2 to c']);
    await forgetMessage({ id: chat, messageId: await idOf('a') }, room.deps, room.ctx);
    expect(await texts(other)).toEqual(['c', 'answer 2 to c']);
  });
});

describe('what a conversation took over', () => {
  let other: string;
  beforeEach(async () => {
    await room.send(chat, 'a');
    other = await branch('a');
  });

  it('is not in its title: that is made of what is said in it', async () => {
    expect((await getSession({ id: other }, room.deps, room.ctx)).title).toBe('');
    await room.send(other, 'c');
    expect((await getSession({ id: other }, room.deps, room.ctx)).title).toBe('c');
  });

  it('is not told to who answers while the conversation it is of is being forgotten', async () => {
    await forgetSession({ id: chat }, cutOff(), room.ctx).catch(() => undefined);
    await room.send(other, 'c');
    expect(heard(asked[1])).toEqual([]);
  });
});

it('what is being forgotten is not answered again', async () => {
  await room.send(chat, 'a');
  const answer = await idOf('answer 1 to a');
  await forgetMessage({ id: chat, messageId: await idOf('a') }, cutOff(), room.ctx).catch(() => undefined);
  const once = ended(regenerate({ ...wish, messageId: answer }, following, deps(), room.ctx));
  await expect(once).rejects.toMatchObject({ code: 'invalid-input' });
});

describe('forgetting in a conversation with branches', () => {
  it('keeps what followed readable, where the forgotten message hung', async () => {
    await room.send(chat, 'a');
    await again('answer 1 to a');
    await room.send(chat, 'b');
    await forgetMessage({ id: chat, messageId: await idOf('answer 2 to a') }, room.deps, room.ctx);
    expect(await texts()).toEqual(['a', 'b', 'answer 3 to b']);
    await forgetMessage({ id: chat, messageId: await idOf('answer 3 to b') }, room.deps, room.ctx);
    await room.send(chat, 'c');
    expect(await texts()).toEqual(['a', 'b', 'c', 'answer 4 to c']);
    expect(heard(asked[3])).toEqual(['a', 'b']);
  });

  it('of everything lets it begin anew', async () => {
    await room.send(chat, 'a');
    await again('answer 1 to a');
    for (const text of ['answer 1 to a', 'answer 2 to a', 'a'])
      await forgetMessage({ id: chat, messageId: await idOf(text) }, room.deps, room.ctx);
    await room.send(chat, 'b');
    expect(await texts()).toEqual(['b', 'answer 3 to b']);
  });
});

it('a conversation has the same branches when its memory is made anew from the objects', async () => {
  await room.send(chat, 'a');
  await room.send(chat, 'b');
  await again('answer 1 to a');
  await edit('a', 'A');
  await choose('answer 3 to a');
  const before = [await messages(), await messages(chat, true)];
  const { memory, ledger } = room.deps;
  await memory.removeOwner(room.ctx.ownerId, room.ctx.signal);
  await ledger.forOwner(room.ctx.ownerId, (tx) =>
    tx.enqueue({ kind: 'rebuild-chats', queue: 'ingestion', payload: { userId: 'user' } }),
  );
  await room.runJobs();
  expect([await messages(), await messages(chat, true)]).toEqual(before);
});

it('the path of a conversation with branches is paged from both ends', async () => {
  for (const text of ['a', 'b', 'c']) await room.send(chat, text);
  await again('answer 3 to c');
  const page = (query: { latest: boolean; cursor?: string }) =>
    listMessages({ id: chat, limit: 4, ...query }, room.deps, room.ctx);
  const first = await page({ latest: false });
  const rest = await page({ latest: false, cursor: first.next ?? '' });
  expect([...first.items, ...rest.items].map(({ text }) => text)).toEqual(await texts());
  const last = await page({ latest: true });
  const before = await page({ latest: true, cursor: last.next ?? '' });
  expect([...before.items, ...last.items].map(({ text }) => text)).toEqual(await texts());
  expect([rest.next, before.next]).toEqual([undefined, undefined]);
});

it('a message that was being written to a branch when the process ended is its end after a sweep', async () => {
  await room.send(chat, 'a');
  const failing = {
    ...room.deps,
    live,
    memory: {
      ...room.deps.memory,
      upsert: async () => Promise.reject(new Error('the process ends here')),
    },
  };
  const input = { ...wish, messageId: await idOf('a'), text: 'A' };
  await expect(ended(editMessage(input, following, failing, room.ctx))).rejects.toThrow(
    'the process ends here',
  );
  await room.sweep();
  expect(await texts()).toEqual(['A']);
});
import { aloneLeases } from '../core/leases.ts';
