import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { OWNER_B } from '../../test/fakes/ctx.ts';
import { scriptedModel } from '../../test/fakes/scripted-model.ts';
import { openTalkingRoom, type TalkingRoom } from '../../test/fakes/talking-room.ts';
import { QUOTING_TAG } from '../memory/message-items.ts';
import { forgetMessage, forgetSession } from './forget-conversations.ts';
import { answerTrace, keepTrace } from './trace.ts';

const model = scriptedModel(() => 'The beehives stand in the orchard [1], I think [9].');
let room: TalkingRoom;
/** Where the beehives are spoken of; only it is recalled from. */
let told: string;
let session: string;
beforeEach(async () => {
  room = await openTalkingRoom(async () => model);
  told = await room.newSession();
  await room.send(told, 'We moved the beehives to the orchard.', { answer: false });
  session = await room.newSession();
});
afterEach(() => room.close());

/** Asks and gives the ids of question and answer. */
async function asked(text = 'Where are the beehives?') {
  const ids: string[] = [];
  for (const event of await room.send(session, text, { filter: { sessionIds: [told] } })) {
    if (event.kind === 'message-stored') ids.push(event.message.id);
    if (event.kind === 'answer-end') ids.push(event.message.id);
  }
  const [question = '', answer = ''] = ids;
  return { question, answer };
}

const trace = (id: string) => answerTrace({ id }, room.deps, room.ctx);
const kept = () => room.objectsWith('"sections"');

describe('the trace of an answer', () => {
  it('is kept and read', async () => {
    const { answer } = await asked();
    expect(await trace(answer)).toMatchObject({
      messageId: answer,
      mode: 'santai',
      model: { provider: 'test' },
      citations: [
        { marker: 1, kept: true },
        { marker: 9, kept: false, reason: 'unknown-marker' },
      ],
    });
  });

  it('holds no text of memory', async () => {
    await asked();
    const [path = ''] = await kept();
    expect(path).toMatch(/\/traces\//u);
    expect(await room.objectsWith('moved the beehives')).not.toContain(path);
  });

  it('is its own for each answer', async () => {
    const [first, second] = [await asked(), await asked('And where is the orchard of the beehives?')];
    expect((await trace(first.answer)).messageId).toBe(first.answer);
    expect((await trace(second.answer)).messageId).toBe(second.answer);
  });

  it('is not that of the question', async () => {
    const { question } = await asked();
    await expect(trace(question)).rejects.toMatchObject({ code: 'not-found' });
  });

  it('is of one space only', async () => {
    const { answer } = await asked();
    const theirs = { ...room.ctx, ownerId: OWNER_B };
    await expect(answerTrace({ id: answer }, room.deps, theirs)).rejects.toMatchObject({ code: 'not-found' });
  });
});

describe('a trace goes', () => {
  it.each(['question', 'answer'] as const)('with the %s', async (which) => {
    const ids = await asked();
    expect(await kept()).toHaveLength(1);
    await forgetMessage({ id: session, messageId: ids[which] }, room.deps, room.ctx);
    expect(await kept()).toEqual([]);
  });

  it('with a message before, whose words it can hold', async () => {
    const { question } = await asked();
    await asked('And in May?');
    const holding = await room.objectsWith('beehiv');
    expect(holding.filter((path) => path.includes('/traces/'))).toHaveLength(2);
    await forgetMessage({ id: session, messageId: question }, room.deps, room.ctx);
    expect(await kept()).toEqual([]);
  });

  it('with its session, while others stay', async () => {
    await asked();
    const first = session;
    session = await room.newSession();
    const { answer } = await asked();
    await forgetSession({ id: first }, room.deps, room.ctx);
    expect(await kept()).toHaveLength(1);
    expect(await trace(answer)).toMatchObject({ messageId: answer });
  });

  it('when what it is of was forgotten before it was kept', async () => {
    const { question, answer } = await asked();
    const before = await trace(answer);
    await forgetMessage({ id: session, messageId: question }, room.deps, room.ctx);
    await keepTrace(before, { sessionId: session, questionId: question }, room.deps, room.ctx);
    expect(await kept()).toEqual([]);
  });
});

describe('an answer of a model in a conversation', () => {
  it('is kept with its citations, and is no evidence of its own', async () => {
    const { answer } = await asked();
    const [item] = await room.deps.memory.get(room.ctx.ownerId, [answer], room.ctx.signal);
    expect(item).toMatchObject({
      text: 'The beehives stand in the orchard [1], I think.',
      role: 'assistant',
      trust: 2,
      tags: [QUOTING_TAG],
    });
  });

  it('goes when what it cites is forgotten', async () => {
    const { answer } = await asked();
    const [cited] = (await trace(answer)).citations;
    const [item] = await room.deps.memory.get(room.ctx.ownerId, [cited?.itemId ?? ''], room.ctx.signal);
    await forgetMessage({ id: item?.sessionId ?? '', messageId: item?.id ?? '' }, room.deps, room.ctx);
    await expect(trace(answer)).rejects.toMatchObject({ code: 'not-found' });
    expect(await kept()).toEqual([]);
  });

  it('knows what was said before in the conversation', async () => {
    await asked();
    await asked('And how many are there?');
    const turns = model.asked.at(-1)?.messages ?? [];
    expect(turns.map(({ role }) => role)).toEqual(['system', 'user', 'assistant', 'user']);
    expect(JSON.stringify(turns[2])).toContain('The beehives stand in the orchard, I think.');
  });
});
