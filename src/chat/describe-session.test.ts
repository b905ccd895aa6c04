import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ChatRoom, openChatRoom } from '../../test/fakes/chat-room.ts';
import { scriptedModel, type ScriptedModel } from '../../test/fakes/scripted-model.ts';
import type { ModelPurpose, ModelRole } from '../ports/language-model.ts';
import { earlierMessages } from './earlier-messages.ts';
import { forgetMessage } from './forget-conversations.ts';
import { listMessages } from './session-messages.ts';
import { getSession, renameSession } from './sessions.ts';

let room: ChatRoom;
let model: ScriptedModel | undefined;
let called: [ModelRole, ModelPurpose['feature']][];
let said: string | Error;
beforeEach(async () => {
  called = [];
  said = 'unscripted';
  model = scriptedModel(() => (said instanceof Error ? [said] : said));
  room = await openChatRoom({
    wrap: (deps) => ({
      ...deps,
      async modelOf(role, { feature }) {
        if (model) called.push([role, feature]);
        return model;
      },
    }),
  });
});
afterEach(() => room.close());

async function described(id: string) {
  room.clock.advance(30_000);
  await room.runJobs();
  return getSession({ id }, room.deps, room.ctx);
}

const tell = (id: string, text: string) => room.send(id, text, { answer: false });
const filled = async (id: string, from: number, to: number) => {
  for (let i = from; i < to; i++) await tell(id, `Fact ${i}.`);
};
const before = (sessionId: string) =>
  earlierMessages({ sessionId, messageId: room.ctx.newId() }, room.deps, room.ctx);

describe('the title of a conversation', () => {
  it('is made by the summarizer from its beginning, once', async () => {
    said = '“Repairing the boiler.”\n';
    const id = await room.newSession();
    await room.send(id, 'Who repaired the boiler?');
    expect((await described(id)).title).toBe('Repairing the boiler');
    said = 'Something else';
    await room.send(id, 'And when?');
    expect((await described(id)).title).toBe('Repairing the boiler');
    expect(called).toEqual([['summarizer', 'title']]);
  });

  it('stays the user’s first words without a model, and when the model fails', async () => {
    const id = await room.newSession();
    await room.send(id, 'Who repaired the boiler?');
    said = new Error('the provider is down');
    expect((await described(id)).title).toBe('Who repaired the boiler?');
    model = undefined;
    await room.send(id, 'And when?');
    expect((await described(id)).title).toBe('Who repaired the boiler?');
  });

  it('that a person gave stays, whenever it was given', async () => {
    said = 'By the model';
    const named = await room.newSession('Mine');
    await room.send(named, 'Who repaired the boiler?');
    const renamed = await room.newSession();
    await room.send(renamed, 'Who repaired the boiler?');
    await renameSession({ id: renamed, title: 'Ours' }, room.deps, room.ctx);
    expect([(await described(named)).title, (await described(renamed)).title]).toEqual(['Mine', 'Ours']);
    expect(called).toEqual([]);
  });

  it('by a model goes with what it may tell of', async () => {
    said = 'The secret boiler';
    const id = await room.newSession();
    await tell(id, 'Hello.');
    await room.send(id, 'Who repaired the secret boiler?');
    await described(id);
    const { items } = await listMessages({ id, limit: 9, latest: false }, room.deps, room.ctx);
    await forgetMessage({ id, messageId: items[1]?.id ?? '' }, room.deps, room.ctx);
    expect(await getSession({ id }, room.deps, room.ctx)).toMatchObject({ title: 'Hello.' });
  });
});

it('a title is not given that may tell of what is forgotten while the model makes it', async () => {
  const id = await room.newSession();
  await tell(id, 'Hello.');
  await room.send(id, 'Who repaired the secret boiler?');
  const { items } = await listMessages({ id, limit: 9, latest: false }, room.deps, room.ctx);
  model = scriptedModel(async function* () {
    await forgetMessage({ id, messageId: items[1]?.id ?? '' }, room.deps, room.ctx);
    yield { kind: 'text', text: 'The secret boiler' };
    yield { kind: 'end', reason: 'stop', usage: undefined };
  });
  expect((await described(id)).title).toBe('Hello.');
});

describe('the line a conversation is listed with', () => {
  it('is made of the user’s words without a model', async () => {
    model = undefined;
    const id = await room.newSession('Notes');
    await tell(id, 'I moved to Bandung. The flat is small.');
    await tell(id, 'Flats in Bandung are cheaper than here.');
    const { summary = '' } = await described(id);
    expect(summary).toBe('I moved to Bandung. Flats in Bandung are cheaper than here.');
  });

  it('is gone at once with what it was made of', async () => {
    model = undefined;
    const id = await room.newSession('Notes');
    await tell(id, 'I moved to Bandung.');
    await described(id);
    const { items } = await listMessages({ id, limit: 9, latest: false }, room.deps, room.ctx);
    await forgetMessage({ id, messageId: items[0]?.id ?? '' }, room.deps, room.ctx);
    expect(await room.rowsWith('Bandung')).toEqual([]);
    expect((await described(id)).summary).toBeUndefined();
  });
});

describe('the rolling summary of a conversation', () => {
  it('tells of what came before the last messages, and is what prompts get', async () => {
    said = 'They tell facts.';
    const id = await room.newSession('Facts');
    await filled(id, 0, 40);
    expect((await described(id)).summary).toBe('They tell facts.');
    const { history, summary } = await before(id);
    expect(summary).toBe('They tell facts.');
    expect(history.map(({ text }) => text)).toEqual(Array.from({ length: 12 }, (_, i) => `Fact ${i + 28}.`));
    expect(called).toEqual([['summarizer', 'conversation-summary']]);
    expect(await room.rowsWith('They tell facts.')).toHaveLength(1);
  });

  it('is carried on from the one before', async () => {
    said = 'First part.';
    const id = await room.newSession('Facts');
    await filled(id, 0, 40);
    await described(id);
    said = 'Both parts.';
    await filled(id, 40, 60);
    await described(id);
    const prompt = JSON.stringify(model?.asked.at(-1)?.messages);
    expect(prompt).toContain('First part.');
    expect(prompt).toContain('Fact 28.');
    expect(prompt).not.toContain('Fact 27.');
    expect((await before(id)).summary).toBe('Both parts.');
  });

  it('goes with everything it may tell of', async () => {
    said = 'They tell of the canary.';
    const id = await room.newSession('Facts');
    await filled(id, 0, 40);
    await described(id);
    const { items } = await listMessages({ id, limit: 9, latest: false }, room.deps, room.ctx);
    await forgetMessage({ id, messageId: items[3]?.id ?? '' }, room.deps, room.ctx);
    expect(await room.objectsWith('canary')).toEqual([]);
    expect(await room.rowsWith('canary')).toEqual([]);
    expect((await before(id)).summary).toBeUndefined();
  });

  it('is not made of few messages', async () => {
    const id = await room.newSession('Facts');
    await filled(id, 0, 20);
    await described(id);
    expect(called).toEqual([]);
  });
});
