import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Answerer } from '../../src/chat/answerer.ts';
import { client } from '../../src/wire/client.ts';
import type { AnswerEvent } from '../../src/wire/sessions.ts';
import { type ChatRoom, openChatRoom } from '../fakes/chat-room.ts';
import { type ChatServer, serveChat } from '../fakes/chat-server.ts';
import { cuttingProxy } from '../fakes/cutting-proxy.ts';
import { eventually } from '../fakes/eventually.ts';
import { toldAnswer } from '../fakes/told-answer.ts';
import { gate } from '../fakes/workplace.ts';

const WORDS = ['Selamat ', 'pagi, ', 'naïve\n\n', 'data: ', 'id: 7 ', '“ключ” ', '🗝️ ', 'selesai.'];
const WHOLE = WORDS.join('');

let room: ChatRoom;
let servers: ChatServer[];
beforeEach(async () => {
  room = await openChatRoom();
  servers = [];
});
afterEach(async () => {
  for (const server of servers) await server.close();
  await room.close();
});

async function serve(answerer: Answerer): Promise<ChatServer> {
  const server = await serveChat(room, answerer);
  servers.push(server);
  return server;
}

/** Says the words; waits before the one of this number until it may go on, or is stopped. */
function speaker(held?: { readonly before: number; readonly until: Promise<void> }) {
  const heard = { calls: 0, stops: 0 };
  const answerer: Answerer = async function* (_input, { signal }) {
    heard.calls++;
    for (const [index, text] of WORDS.entries()) {
      if (index === held?.before) {
        const stopped = new Promise<void>((resolve) =>
          signal.addEventListener('abort', () => resolve(), { once: true }),
        );
        await Promise.race([held.until, stopped]);
        if (signal.aborted) {
          heard.stops++;
          return;
        }
      }
      yield { kind: 'text', text };
    }
    yield toldAnswer(WHOLE);
  };
  return { answerer, heard };
}

const never = new Promise<void>(() => {});

/** What a reader has in the end: the text since the last `reset`. */
function textOf(events: readonly AnswerEvent[]): string {
  const from = events.findLastIndex(({ kind }) => kind === 'reset') + 1;
  return events
    .slice(from)
    .flatMap((event) => (event.kind === 'answer-delta' ? event.text : []))
    .join('');
}

const kindsOf = (events: readonly AnswerEvent[]) => events.map(({ kind }) => kind);
const UNCUT = ['message-stored', 'answer-start', ...WORDS.map(() => 'answer-delta'), 'answer-end'];

async function stored(sessionId: string, server: ChatServer) {
  const { items } = await server.api.call('listMessages', { params: { id: sessionId }, query: {} });
  return items;
}

/** Takes events until one of a kind has come. */
async function upTo(events: AsyncIterator<AnswerEvent>, kind: AnswerEvent['kind']): Promise<AnswerEvent[]> {
  const taken: AnswerEvent[] = [];
  for (let next = await events.next(); next.done !== true; next = await events.next()) {
    taken.push(next.value);
    if (next.value.kind === kind) break;
  }
  return taken;
}

const sendTo = (server: ChatServer, id: string, signal?: AbortSignal) =>
  server.api.send(id, { text: 'Where?', clientId: 'one' }, signal)[Symbol.asyncIterator]();

async function begun(server: ChatServer) {
  const id = await room.newSession('Chat');
  const events = sendTo(server, id);
  const start = (await upTo(events, 'answer-start')).at(-1);
  if (start?.kind !== 'answer-start') throw new Error('The answer did not begin.');
  return { id, events, answerId: start.messageId };
}

/** Bytes of an answer's body after which a connection may be cut: each end of an event, and inside each. */
async function cuts(server: ChatServer): Promise<number[]> {
  const response = await fetch(`${server.url}/api/sessions/${await room.newSession('Chat')}/messages`, {
    method: 'POST',
    headers: { authorization: 'Bearer ours', 'content-type': 'application/json' },
    body: JSON.stringify({ text: 'Where?', clientId: 'one' }),
  });
  const bytes = Buffer.from(await response.arrayBuffer());
  const ends = [...bytes.toString('latin1').matchAll(/\n\n/g)].map(({ index }) => index + 2);
  return ends.flatMap((end, i) => [Math.floor(((ends[i - 1] ?? 0) + end) / 2), end]);
}

describe('an answer over a connection that is cut', () => {
  test('comes whole, each event once, wherever the cut is', async () => {
    const server = await serve(speaker().answerer);
    for (const cut of [0, ...(await cuts(server))]) {
      await using proxy = await cuttingProxy(server.url, [cut]);
      const id = await room.newSession('Chat');
      const api = client({ url: proxy.url, token: 'ours' });
      const events = await Array.fromAsync(api.send(id, { text: 'Where?' }));
      expect([cut, textOf(events), kindsOf(events)]).toEqual([cut, WHOLE, UNCUT]);
      expect(await stored(id, server)).toHaveLength(2);
    }
  }, 60_000);

  test('comes whole when it is cut again and again', async () => {
    const server = await serve(speaker().answerer);
    await using proxy = await cuttingProxy(server.url, [400, 30, 0, 90, 250, 3, 120]);
    const id = await room.newSession('Chat');
    const api = client({ url: proxy.url, token: 'ours' });
    const events = await Array.fromAsync(api.send(id, { text: 'Where?' }));
    expect([textOf(events), kindsOf(events)]).toEqual([WHOLE, UNCUT]);
    expect(proxy.connections()).toBeGreaterThan(5);
  }, 30_000);

  test('goes on without its client, and is kept', async () => {
    const goOn = gate();
    const { answerer } = speaker({ before: 3, until: goOn.opened });
    const server = await serve(answerer);
    const id = await room.newSession('Chat');
    const leaving = new AbortController();
    await upTo(sendTo(server, id, leaving.signal), 'answer-delta');
    leaving.abort();
    goOn.open();
    const answer = await eventually(async () => (await stored(id, server))[1]);
    expect(answer).toMatchObject({ text: WHOLE, role: 'assistant' });
    expect(answer).not.toHaveProperty('interrupted');
  });

  test('is begun anew, and the reader is told, when the process that made it ended', async () => {
    const first = await serve(speaker({ before: 4, until: never }).answerer);
    const second = await serve(speaker().answerer);
    let url = first.url;
    const moving = (input: unknown, init?: RequestInit) => fetch(String(input).replace(first.url, url), init);
    await using proxy = await cuttingProxy(first.url, [600]);
    url = proxy.url;
    const api = client({ url: first.url, token: 'ours', fetch: moving });
    const id = await room.newSession('Chat');
    const events: AnswerEvent[] = [];
    for await (const event of api.send(id, { text: 'Where?' })) {
      events.push(event);
      url = second.url;
    }
    expect(kindsOf(events)).toContain('reset');
    expect(kindsOf(events).slice(kindsOf(events).indexOf('reset') + 1)).toEqual(UNCUT);
    expect(textOf(events)).toBe(WHOLE);
  });

  test('is made from the stored message when the process that made it ended after it', async () => {
    const first = await serve(speaker().answerer);
    const { id, events } = await begun(first);
    await upTo(events, 'answer-end');
    const answerId = (await stored(id, first))[1]?.id ?? '';
    const second = await serve(speaker().answerer);
    const follow = async (lastEventId: string) => {
      const headers = { authorization: 'Bearer ours', 'last-event-id': lastEventId };
      return (await fetch(`${second.url}/api/answers/${answerId}/events`, { headers })).text();
    };
    expect(await follow('12345678.4')).toMatch(
      /^id: kept\.0\nevent: reset\n[^]*\nid: kept\.1\nevent: answer-start/,
    );
    expect(await follow('kept.2')).toMatch(/^id: kept\.3\nevent: answer-(delta|end)/);
  });
});

describe('an answer that is followed', () => {
  test('is the same for all, whenever they come', async () => {
    const goOn = gate();
    const { answerer, heard } = speaker({ before: 2, until: goOn.opened });
    const server = await serve(answerer);
    const { id, events, answerId } = await begun(server);
    const again = Array.fromAsync({ [Symbol.asyncIterator]: () => sendTo(server, id) });
    const followed = fetch(`${server.url}/api/answers/${answerId}/events`, {
      headers: { authorization: 'Bearer ours' },
    }).then((response) => response.text());
    goOn.open();
    expect(textOf(await upTo(events, 'answer-end'))).toBe(WHOLE);
    expect(textOf(await again)).toBe(WHOLE);
    expect((await followed).match(/^event: .*$/gm)).toEqual(UNCUT.map((kind) => `event: ${kind}`));
    expect(heard.calls).toBe(1);
  });

  test('is nobody else’s: another owner finds nothing to follow or to stop', async () => {
    const { answerer, heard } = speaker({ before: 1, until: never });
    const server = await serve(answerer);
    const { answerId } = await begun(server);
    const params = { id: answerId };
    const followed = await fetch(`${server.url}/api/answers/${answerId}/events`, {
      headers: { authorization: 'Bearer theirs' },
    });
    expect(followed.status).toBe(404);
    for (const name of ['stopAnswer', 'regenerate'] as const) {
      const call =
        name === 'stopAnswer'
          ? server.theirs.call(name, { params, body: {} })
          : Array.fromAsync(server.theirs.regenerate(answerId, {}));
      await expect(call).rejects.toMatchObject({ code: 'not-found' });
    }
    expect(heard.stops).toBe(0);
  });

  test('is no longer followed by whose permission is taken back; it goes on', async () => {
    const goOn = gate();
    const server = await serve(speaker({ before: 1, until: goOn.opened }).answerer);
    const { id, events } = await begun(server);
    await upTo(events, 'answer-delta');
    server.revoke();
    expect((await events.next()).value).toMatchObject({ kind: 'error', code: 'unauthenticated' });
    goOn.open();
    expect(await eventually(async () => (await stored(id, server))[1])).toMatchObject({ text: WHOLE });
  });

  test('cannot be followed any more once its question was forgotten', async () => {
    const server = await serve(speaker().answerer);
    const { id, events, answerId } = await begun(server);
    await upTo(events, 'answer-end');
    const messageId = (await stored(id, server))[0]?.id ?? '';
    await server.api.call('deleteMessage', { params: { id, messageId } });
    const headers = { authorization: 'Bearer ours' };
    const followed = await fetch(`${server.url}/api/answers/${answerId}/events`, { headers });
    expect(followed.status).toBe(404);
  });
});

describe('an answer that is stopped', () => {
  test('ends within a second, is cancelled where it is made, and what was said is kept and marked', async () => {
    const { answerer, heard } = speaker({ before: 3, until: never });
    const server = await serve(answerer);
    const { id, events, answerId } = await begun(server);
    const from = performance.now();
    const result = await server.api.call('stopAnswer', { params: { id: answerId }, body: {} });
    const rest = await upTo(events, 'answer-end');
    expect(performance.now() - from).toBeLessThan(1_000);
    expect([result.outcome, heard.stops]).toEqual(['stopped', 1]);
    const said = WORDS.slice(0, 3).join('');
    expect(textOf(rest)).toBe(said);
    expect(rest.at(-1)).toMatchObject({ answer: { text: said }, message: { interrupted: true } });
    expect((await stored(id, server))[1]).toMatchObject({ id: answerId, text: said, interrupted: true });
  });

  test('ends within a second even where the one who makes it does not hear', async () => {
    const server = await serve(async function* () {
      yield { kind: 'text', text: 'Well' };
      await never;
    });
    const { id, events, answerId } = await begun(server);
    await upTo(events, 'answer-delta');
    const from = performance.now();
    await server.api.call('stopAnswer', { params: { id: answerId }, body: {} });
    expect(performance.now() - from).toBeLessThan(1_000);
    expect((await stored(id, server))[1]).toMatchObject({ text: 'Well', interrupted: true });
  });

  test('before its first word keeps its question', async () => {
    const server = await serve(speaker({ before: 0, until: never }).answerer);
    const { id, events, answerId } = await begun(server);
    await server.api.call('stopAnswer', { params: { id: answerId }, body: {} });
    expect((await upTo(events, 'answer-end')).at(-1)).toMatchObject({
      message: { text: '', interrupted: true },
    });
    expect(await stored(id, server)).toHaveLength(2);
  });

  test('when it has ended says so', async () => {
    const server = await serve(speaker().answerer);
    const { events, answerId } = await begun(server);
    await upTo(events, 'answer-end');
    const call = { params: { id: answerId }, body: {} };
    expect(await server.api.call('stopAnswer', call)).toEqual({ id: answerId, outcome: 'ended' });
  });
});

test('an answer that fails after its first words is kept as far as it came, and the failure is told', async () => {
  const server = await serve(async function* () {
    yield { kind: 'text', text: 'Half of ' };
    throw new Error('the model went away');
  });
  const { id, events } = await begun(server);
  expect((await upTo(events, 'error')).at(-1)).toMatchObject({ kind: 'error', code: 'internal' });
  expect((await stored(id, server))[1]).toMatchObject({ text: 'Half of ', interrupted: true });
});
