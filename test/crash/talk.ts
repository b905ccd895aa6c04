import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { mapBounded } from '../../src/core/bounded.ts';
import { AppError, type ErrorCode } from '../../src/core/errors.ts';
import type { Client } from '../../src/wire/client.ts';
import type { MessageView } from '../../src/wire/sessions.ts';
import { all } from './pages.ts';

/** An answer as its `answer-end` told it, and as its deltas did. */
interface Ended {
  readonly id: string;
  readonly text: string;
  readonly streamed: string;
}

/** A message that a model is to answer, and all that its client saw of it in however many attempts. */
export interface Turn {
  /** In its text and its own id, and found nowhere else. */
  readonly canary: string;
  readonly sessionId: string;
  /** Set when the server acknowledged the message. */
  messageId?: string;
  readonly ended: Ended[];
  /** Attempts that a kill cut between the first word of the answer and its end. */
  cuts: number;
  busy: boolean;
}

export interface Talk {
  readonly turns: Turn[];
  readonly sessions: string[];
}

/** What the server has of the conversations, by canary. */
export interface Kept {
  readonly questions: ReadonlyMap<string, readonly MessageView[]>;
  readonly answers: ReadonlyMap<string, readonly MessageView[]>;
}

const LANES = 2;
const SESSIONS = 6;
const AGAIN_MS = 250;

/** Whoever joins an attempt that another request began hears of its conflict in the stream; nothing else is expected there. */
function failureOf({ code, message }: { readonly code: string; readonly message: string }): AppError {
  return code === 'conflict' ? new AppError(code, message) : new AppError('internal', `${code}: ${message}`);
}

/** Sends the message, with the same id of its own each time, and follows its answer. */
async function attempt(api: Client, turn: Turn, signal: AbortSignal): Promise<void> {
  const { canary, sessionId } = turn;
  const text = `What does the code ${canary} stand for?`;
  turn.busy = true;
  let streamed = '';
  try {
    for await (const event of api.send(sessionId, { text, clientId: canary }, signal)) {
      if (event.kind === 'message-stored') turn.messageId = event.message.id;
      else if (event.kind === 'answer-delta') streamed += event.text;
      else if (event.kind === 'reset') streamed = '';
      else if (event.kind === 'error') throw failureOf(event);
      else if (event.kind === 'answer-end') {
        turn.ended.push({ id: event.message.id, text: event.answer.text, streamed });
        return;
      }
    }
  } catch (error) {
    if (streamed !== '') turn.cuts += 1;
    throw error;
  } finally {
    turn.busy = false;
  }
}

async function newTurn(api: Client, { turns, sessions }: Talk): Promise<Turn> {
  if (sessions.length < SESSIONS) sessions.push((await api.call('createSession', { body: {} })).id);
  const sessionId = sessions[Math.floor(Math.random() * sessions.length)] ?? '';
  const turn: Turn = {
    canary: `ask${randomUUID().replaceAll('-', '')}`,
    sessionId,
    ended: [],
    cuts: 0,
    busy: false,
  };
  turns.push(turn);
  return turn;
}

/** Mostly something new; else what was cut is sent again, or what was answered. */
async function nextTurn(api: Client, talk: Talk): Promise<Turn> {
  const dice = Math.random();
  const idle = talk.turns.filter(({ busy }) => !busy);
  const cut = idle.filter(({ ended }) => ended.length === 0);
  const again = dice < 0.5 ? cut : dice < 0.6 ? idle : [];
  return again[Math.floor(Math.random() * again.length)] ?? newTurn(api, talk);
}

/** What a client sees when the server is killed under it. */
const CUT: readonly ErrorCode[] = ['unavailable'];
/** The same where others work on: they settle what the killed one left when they have given it up. */
export const CUT_BESIDE_OTHERS: readonly ErrorCode[] = [...CUT, 'conflict'];

function isOneOf(codes: readonly ErrorCode[], error: unknown): boolean {
  return error instanceof AppError ? codes.includes(error.code) : error instanceof Error;
}

/** Converses with the model until the signal is aborted; throws what no kill explains. */
export async function converse(
  api: Client,
  talk: Talk,
  signal: AbortSignal,
  cut: readonly ErrorCode[] = CUT,
): Promise<void> {
  const lane = async () => {
    while (!signal.aborted) {
      try {
        await attempt(api, await nextTurn(api, talk), signal);
      } catch (error) {
        if (!isOneOf(cut, error)) throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
}

async function attemptUntil(deadline: number, api: Client, turn: Turn): Promise<void> {
  for (;;) {
    try {
      await attempt(api, turn, new AbortController().signal);
      return;
    } catch (error) {
      if (!(error instanceof AppError && error.code === 'conflict') || Date.now() > deadline) throw error;
    }
    await wait(AGAIN_MS);
  }
}

/** Sends again what has no answer yet, and once more some of what has; for so long a conflict may last. */
export async function finish(api: Client, { turns }: Talk, conflictMs = 0): Promise<void> {
  const open = turns.filter(({ ended }, index) => ended.length === 0 || index % 10 === 0);
  const deadline = Date.now() + conflictMs;
  await mapBounded(open, LANES, (turn) => attemptUntil(deadline, api, turn));
}

/** Reads all conversations. */
export async function kept(api: Client, { sessions }: Talk): Promise<Kept> {
  const messages: MessageView[] = [];
  for (const id of sessions)
    messages.push(...(await all<MessageView>(api, 'listMessages', { params: { id } })));
  const canaryOf = ({ text }: MessageView) => /ask[0-9a-f]{32}/.exec(text)?.[0] ?? text;
  const { user = [], assistant = [] } = Object.groupBy(messages, ({ role }) => role);
  return { questions: Map.groupBy(user, canaryOf), answers: Map.groupBy(assistant, canaryOf) };
}
