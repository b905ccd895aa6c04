import type { Log } from '../core/context.ts';
import type { Leases } from '../core/leases.ts';
import { AppError, isAbort, toAppError } from '../core/errors.ts';
import type { Timers } from '../core/timers.ts';
import type { AnswerEvent } from '../wire/sessions.ts';

/** An event of an answer with its id: `<run>.<number>`, so that an id of another run of the same answer is told apart. */
export interface NumberedEvent {
  readonly id: string;
  readonly event: AnswerEvent;
}

export interface Following {
  /** Id of the last event the follower has; without it everything comes. */
  readonly after?: string | undefined;
  /** Ends the following and nothing else: the client went away (it ends quietly) or may no longer read (it throws). */
  readonly signal: AbortSignal;
}

/** An answer that runs, or ran a short time ago. */
export interface LiveAnswer {
  /** See `AnswerStart`. */
  readonly roots: readonly string[];
  /** Whether it ended with an error; then it may have been given elsewhere since. */
  failed(): boolean;
  /** Its events, past ones first, then as they come. Begins with `reset` when `after` belongs to another run. */
  follow(following: Following): AsyncIterable<NumberedEvent>;
  /** Stops it; resolves when it has ended. False when it had ended before. */
  stop(): Promise<boolean>;
}

/** Whose answer, and its id. */
export interface AnswerKey {
  readonly ownerId: string;
  readonly answerId: string;
}

/** An answer to be, with what it is of (message, session): once one of these is forgotten, nobody may follow any more. */
export interface AnswerStart extends AnswerKey {
  readonly roots: readonly string[];
}

/** Makes the events of an answer; the signal says that it is stopped: what was said is still to be kept. */
export type AnswerWork = (stopped: AbortSignal) => AsyncIterable<AnswerEvent>;

/** Answers that run, whoever listens: a client that goes away only detaches, and may come back. */
export interface LiveAnswers {
  /**
   * Joins the answer that runs or ran in this process, or starts it; one that failed is started again. While another process
   * runs it, the work waits: it then finds what was kept.
   */
  begin(start: AnswerStart, work: AnswerWork): LiveAnswer;
  /** One that runs or ran in this process. */
  find(key: AnswerKey): LiveAnswer | undefined;
  /** Resolves when no other process runs it. */
  endedElsewhere(key: AnswerKey, signal: AbortSignal): Promise<void>;
  /** Stops one that another process runs; resolves when it has ended. False when none runs it. */
  stopElsewhere(key: AnswerKey, signal: AbortSignal): Promise<boolean>;
  /** Id of an answer that runs in this process and is of this (a message, a session). */
  runningOf(of: { readonly ownerId: string; readonly root: string }): string | undefined;
  /** Lets what runs come to its end for a short time, then stops it, and waits. */
  close(): Promise<void>;
}

export interface LiveAnswerDeps {
  readonly timers: Timers;
  readonly newId: () => string;
  readonly log: Log;
  readonly leases: Leases;
}

/** How long an answer that ended can be followed from memory; then the stored message serves. */
const KEPT_MS = 5 * 60_000;
/** How long what runs may go on when Jiwa closes. */
const CLOSE_GRACE_MS = 2_000;
const MOST_ENDED = 200;
const MOST_RUNNING_OF_OWNER = 100;
/** Characters; an answer that grows beyond is stopped. */
const LONGEST_ANSWER = 500_000;

interface Run extends AnswerStart {
  readonly name: string;
  readonly events: AnswerEvent[];
  readonly stopping: AbortController;
  /** Aborted when this process closes: then nobody waits for another one any more. */
  readonly closing: AbortController;
  /** For another process that runs the same answer. */
  waits: boolean;
  readonly ended: PromiseWithResolvers<void>;
  readonly waiting: Set<() => void>;
  characters: number;
  state: 'running' | 'done' | 'failed';
  failure?: unknown;
}

function wake({ waiting }: Run): void {
  for (const go of waiting) go();
  waiting.clear();
}

function push(run: Run, event: AnswerEvent): void {
  run.events.push(event);
  if (event.kind === 'answer-delta') run.characters += event.text.length;
  if (run.characters > LONGEST_ANSWER) run.stopping.abort();
  wake(run);
}

const nameOf = ({ ownerId, answerId }: AnswerKey) => `${ownerId}/${answerId}`;
const leaseOf = (key: AnswerKey) => `answer:${nameOf(key)}`;

/** Runs to the end; a failure after the first event becomes an event, one before it is thrown to the followers. */
async function drive(
  run: Run,
  work: AnswerWork,
  { log, leases }: LiveAnswerDeps,
  onEnd: (run: Run) => void,
): Promise<void> {
  const { stopping } = run;
  const alone = async (ending: AbortSignal) => {
    const stop = () => stopping.abort();
    ending.addEventListener('abort', stop, { once: true });
    run.waits = false;
    try {
      for await (const event of work(stopping.signal)) push(run, event);
    } finally {
      // The signal may live as long as the process, and would keep the whole answer.
      ending.removeEventListener('abort', stop);
    }
  };
  try {
    await leases.hold(leaseOf(run), alone, run.closing.signal);
    run.state = 'done';
  } catch (thrown) {
    run.state = 'failed';
    run.failure = thrown;
    const { code, message, cause } = toAppError(thrown);
    if (run.events.length > 0) {
      if (!isAbort(thrown)) log.error('answer-failed', { code, cause: cause ?? thrown });
      push(run, { kind: 'error', code, message });
    }
  }
  wake(run);
  onEnd(run);
  run.ended.resolve();
}

/** Resolves when the run has something new, or the follower goes. */
async function changed(run: Run, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const go = () => resolve();
  run.waiting.add(go);
  signal.addEventListener('abort', go, { once: true });
  await promise;
  run.waiting.delete(go);
  signal.removeEventListener('abort', go);
}

/** How many events a follower has who names the last one; `undefined` for an id of another run. */
function position({ name, events }: Run, after: string): number | undefined {
  const [run, number = ''] = after.split('.');
  const count = /^\d{1,9}$/u.test(number) ? Number(number) : Infinity;
  return run === name && count <= events.length ? count : undefined;
}

async function* follow(run: Run, { after, signal }: Following): AsyncIterable<NumberedEvent> {
  const known = after === undefined ? 0 : position(run, after);
  if (known === undefined) yield { id: `${run.name}.0`, event: { kind: 'reset' } };
  for (let next = known ?? 0; ;) {
    if (signal.aborted) {
      if (isAbort(signal.reason)) return;
      throw signal.reason;
    }
    const event = run.events[next];
    if (event !== undefined) yield { id: `${run.name}.${++next}`, event };
    else if (run.state === 'running') await changed(run, signal);
    else if (run.state === 'failed' && next === 0) throw run.failure;
    else return;
  }
}

function liveAnswer(run: Run, leases: Leases): LiveAnswer {
  return {
    roots: run.roots,
    failed: () => run.state === 'failed',
    follow: (following) => follow(run, following),
    async stop() {
      if (run.state !== 'running') return false;
      run.stopping.abort();
      if (run.waits) await leases.end(leaseOf(run), run.closing.signal);
      await run.ended.promise;
      return true;
    },
  };
}

function newRun(start: AnswerStart, name: string): Run {
  return {
    ...start,
    name,
    events: [],
    stopping: new AbortController(),
    closing: new AbortController(),
    waits: true,
    ended: Promise.withResolvers(),
    waiting: new Set(),
    characters: 0,
    state: 'running',
  };
}

/** Keeps runs in the memory of this process: running ones, and for some minutes those that ended. */
export function liveAnswers(deps: LiveAnswerDeps): LiveAnswers {
  const { timers, newId, leases } = deps;
  const runs = new Map<string, Run>();
  /** Runs that ended, oldest first, with what takes back their removal. */
  const ended = new Map<Run, () => void>();

  const forget = (run: Run) => {
    ended.get(run)?.();
    ended.delete(run);
    if (runs.get(nameOf(run)) === run) runs.delete(nameOf(run));
  };
  const keepAWhile = (run: Run) => {
    ended.set(
      run,
      timers.after(KEPT_MS, () => forget(run)),
    );
    const [oldest] = ended.keys();
    if (ended.size > MOST_ENDED && oldest !== undefined) forget(oldest);
  };
  const running = () => [...runs.values()].filter(({ state }) => state === 'running');

  return {
    begin(start, work) {
      const before = runs.get(nameOf(start));
      if (before !== undefined && before.state !== 'failed') return liveAnswer(before, leases);
      const others = running().filter(({ ownerId }) => ownerId === start.ownerId);
      if (others.length >= MOST_RUNNING_OF_OWNER)
        throw new AppError('rate-limited', `Expected at most ${MOST_RUNNING_OF_OWNER} answers at a time.`);
      if (before) forget(before);
      const run = newRun(start, newId().slice(0, 8));
      runs.set(nameOf(start), run);
      void drive(run, work, deps, keepAWhile);
      return liveAnswer(run, leases);
    },
    find(key) {
      const run = runs.get(nameOf(key));
      return run && liveAnswer(run, leases);
    },
    endedElsewhere: (key, signal) => leases.freed(leaseOf(key), signal),
    stopElsewhere: (key, signal) => leases.end(leaseOf(key), signal),
    runningOf({ ownerId, root }) {
      const of = (run: Run) => run.ownerId === ownerId && run.roots.includes(root);
      return running().findLast(of)?.answerId;
    },
    async close() {
      const stop = () =>
        running().forEach(({ stopping, closing }) => {
          stopping.abort();
          closing.abort();
        });
      const cancel = timers.after(CLOSE_GRACE_MS, stop);
      await Promise.all(running().map((run) => run.ended.promise));
      cancel();
      for (const run of ended.keys()) forget(run);
    },
  };
}
