import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openPostgresLedger } from '../../src/adapters/ledger/postgres-ledger.ts';
import type { Answerer } from '../../src/chat/answerer.ts';
import { answerIdOf, type SentMessage } from '../../src/chat/answer-message.ts';
import { followAnswer, sendMessage, stopAnswer } from '../../src/chat/follow-answer.ts';
import { liveAnswers, type NumberedEvent } from '../../src/chat/live-answers.ts';
import { messageIdOf, receiveMessage } from '../../src/chat/receive-message.ts';
import { silentLog } from '../../src/core/context.ts';
import type { AppError } from '../../src/core/errors.ts';
import { newId } from '../../src/core/ids.ts';
import { systemTimers } from '../../src/core/timers.ts';
import { ledgerLeases } from '../../src/operations/leases.ts';
import { joinProcesses } from '../../src/operations/processes.ts';
import type { Ledger } from '../../src/ports/ledger.ts';
import { type ChatRoom, type ChatRoomDeps, openChatRoom } from '../fakes/chat-room.ts';
import { eventually } from '../fakes/eventually.ts';
import { gate } from '../fakes/workplace.ts';
import { type TestDatabase, testDatabase } from './postgres-database.ts';

interface Process extends ChatRoom {
  readonly ledger: Ledger;
  leave(): Promise<void>;
}

let database: TestDatabase;
let a: Process;
let b: Process;
let asked: string[];
/** Processes whose model does not answer. */
let failing: Set<string>;
let open: ReturnType<typeof gate>;

/** Says one word, then waits for the gate or its end. */
const answerer = (process: string): Answerer =>
  async function* (_input, { signal }) {
    asked.push(process);
    if (failing.has(process)) throw new Error('The model does not answer.');
    yield { kind: 'text', text: 'Green ' };
    const stopped = new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    await Promise.race([open.opened, stopped]);
    if (signal.aborted) return;
    yield { kind: 'text', text: 'tea.' };
    const answer = { kind: 'generated' as const, text: 'Green tea.', citations: [], nearest: [], tookMs: 1 };
    yield { kind: 'whole', answer, trace: {} as never };
  };

/** The room as a process of its own on the shared ledger; objects and memory are those of the first. */
async function process(name: string, first?: ChatRoom): Promise<Process> {
  const ledger = await openPostgresLedger({ url: database.url, now: Date.now, process: name });
  const deps = { ledger, process: name, now: Date.now, timers: systemTimers, log: silentLog };
  const processes = await joinProcesses(deps);
  const leases = ledgerLeases(deps);
  const live = liveAnswers({ timers: systemTimers, newId, log: silentLog, leases });
  const shared = first && { objects: first.deps.objects, memory: first.deps.memory };
  const wrap = (real: ChatRoomDeps): ChatRoomDeps => ({
    ...real,
    ...shared,
    ledger,
    live,
    timers: systemTimers,
    answerer: answerer(name),
  });
  const room = await openChatRoom({ wrap });
  return {
    ...room,
    ledger,
    async leave() {
      await live.close();
      await leases.close();
      await processes.close();
      await ledger.close();
      await room.close();
    },
  };
}

beforeEach(async () => {
  database = await testDatabase();
  asked = [];
  failing = new Set();
  open = gate();
  a = await process('a');
  b = await process('b', a);
});
afterEach(async () => {
  open.open();
  await b.leave();
  await a.leave();
  await database.drop();
});

function message(sessionId: string): SentMessage {
  const wish = { role: 'user', answer: true, mode: 'santai', filter: {}, userId: 'user' } as const;
  return { sessionId, text: 'What does Mira drink?', idempotencyKey: 'one', ...wish };
}
const following = () => ({ signal: new AbortController().signal });
const send = (to: Process, sessionId: string) =>
  Array.fromAsync(sendMessage(message(sessionId), following(), to.deps, to.ctx));
const answerOf = (events: readonly NumberedEvent[]) => {
  const end = events.at(-1)?.event;
  return end?.kind === 'answer-end' ? end.message : undefined;
};
const answerId = (sessionId: string) => answerIdOf(messageIdOf(message(sessionId), a.ctx), a.ctx);

describe('a message with a key', () => {
  test('sent to two processes at once is stored and answered once', async () => {
    const sessionId = await a.newSession();
    const both = [send(a, sessionId), send(b, sessionId)];
    await eventually(() => asked.length > 0);
    open.open();
    const [first, second] = await Promise.all(both);
    expect(asked).toHaveLength(1);
    expect(answerOf(first ?? [])).toMatchObject({ text: 'Green tea.' });
    expect(answerOf(second ?? [])).toEqual(answerOf(first ?? []));
    expect((await a.messages(sessionId)).map(({ role }) => role)).toEqual(['user', 'assistant']);
    expect(await b.sessions()).toMatchObject([{ messages: 2 }]);
  });

  test('that is not to be answered is stored once, however many processes get it at once', async () => {
    const sessionId = await a.newSession();
    const input = { ...message(sessionId), role: 'user' } as const;
    const kept = await Promise.allSettled([a, b, a, b].map((to) => receiveMessage(input, to.deps, to.ctx)));
    const places = kept.map((one) =>
      one.status === 'fulfilled' ? one.value.seq : (one.reason as AppError).code,
    );
    // Who came while it was being stored is told so.
    const place = places.find((each) => each !== 'conflict');
    expect(new Set([...places, 'conflict'])).toEqual(new Set([place, 'conflict']));
    expect(place).toBeTypeOf('number');
    expect(await a.sessions()).toMatchObject([{ messages: 1 }]);
  });
});

describe('an answer that runs in another process', () => {
  test('is given whole to who rejoins here, when it has ended', async () => {
    const sessionId = await a.newSession();
    const sent = send(a, sessionId);
    await eventually(() => asked.length > 0);
    const id = answerId(sessionId);
    const rejoined = Array.fromAsync(followAnswer({ id, ...following() }, b.deps, b.ctx));
    open.open();
    expect(answerOf(await rejoined)).toEqual(answerOf(await sent));
    expect(asked).toEqual(['a']);
  });

  test('is given to who rejoins here although it failed here before', async () => {
    const sessionId = await a.newSession();
    failing.add('b');
    const failed = await send(b, sessionId);
    expect(failed.at(-1)?.event.kind).toBe('error');
    open.open();
    const sent = await send(a, sessionId);
    const id = answerId(sessionId);
    const rejoined = await Array.fromAsync(followAnswer({ id, ...following() }, b.deps, b.ctx));
    expect(answerOf(rejoined)).toEqual(answerOf(sent));
  });

  test('can be stopped from here', async () => {
    const sessionId = await a.newSession();
    const sent = send(a, sessionId);
    await eventually(
      async () => (await b.ledger.systemReads().table('leases').count()) > 0 && asked.length > 0,
    );
    const id = answerId(sessionId);
    expect(await stopAnswer({ id }, b.deps, b.ctx)).toEqual({ id, outcome: 'stopped' });
    expect(answerOf(await sent)).toMatchObject({ text: 'Green ', interrupted: true });
    expect(await stopAnswer({ id }, b.deps, b.ctx)).toEqual({ id, outcome: 'ended' });
  });

  test('is taken over once that process is gone', async () => {
    const sessionId = await a.newSession();
    const gone = {
      name: `answer:${a.ctx.ownerId}/${answerId(sessionId)}`,
      process: 'gone',
      ending: 0,
    } as const;
    const system = '00000000-0000-0000-0000-000000000000';
    await a.ledger.forOwner(system, (tx) => tx.table('leases').insert(gone));
    const sent = send(b, sessionId);
    open.open();
    await a.ledger.forOwner(system, (tx) => tx.table('leases').remove({ process: 'gone' }));
    expect(answerOf(await sent)).toMatchObject({ text: 'Green tea.' });
  });
});
