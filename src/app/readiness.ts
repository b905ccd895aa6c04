import { AppError, toAppError } from '../core/errors.ts';
import { newId } from '../core/ids.ts';
import { objectKeys } from '../core/object-keys.ts';
import { SYSTEM_OWNER } from '../ports/ledger-rows.ts';
import type { Ledger } from '../ports/ledger.ts';
import type { MemoryStore } from '../ports/memory-store.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import type { ReadyView } from '../wire/system.ts';
import type { Standing } from './standing.ts';

type PartView = ReadyView['parts'][string];

export interface ReadinessDeps {
  readonly ledger: Ledger;
  readonly memory: MemoryStore;
  readonly objects: ObjectStore;
  /** Asks the server of the queues, where there is one. */
  readonly askQueue?: (() => Promise<unknown>) | undefined;
  readonly standing: Standing;
}

/** Says how every part is. Throws `unavailable`, with the parts as details, when one is down without which nobody is served. */
export type Readiness = () => Promise<ReadyView>;

/** A part, and what becomes of Jiwa without it. */
interface Part {
  readonly ask: (signal: AbortSignal) => Promise<unknown>;
  readonly lost: Exclude<PartView['state'], 'ok'>;
  readonly means: string;
}

/** Probes of orchestrators give up after few seconds and must not take a slow part for a dead process. */
const ANSWER_MS = 1_500;
/** A part that is silent is asked no more often, so that probes do not use up its connections. */
const ASK_AGAIN_MS = 5_000;

function partsOf({ ledger, memory, objects, askQueue, standing }: ReadinessDeps): Record<string, Part> {
  const used = (part: Parameters<Standing['failure']>[0]) => async () => {
    const failure = standing.failure(part);
    if (failure !== undefined) throw failure;
  };
  return {
    ledger: {
      ask: () => ledger.systemReads().table('spaces').count(),
      lost: 'down',
      means: 'Nobody can be served.',
    },
    memory: {
      ask: (signal) => memory.get(SYSTEM_OWNER, [newId()], signal),
      lost: 'down',
      means: 'Nothing can be recalled or taken in; what is stored can be opened.',
    },
    objects: {
      ask: () => objects.info(SYSTEM_OWNER, objectKeys.sessionMetadata(SYSTEM_OWNER)),
      lost: 'down',
      means: 'Nothing can be taken in or opened.',
    },
    ...(askQueue && {
      queue: {
        ask: askQueue,
        lost: 'degraded',
        means: 'Work goes on without it; what other servers do is seen late.',
      } as const,
    }),
    embedder: { ask: used('embedder'), lost: 'degraded', means: 'Memory is searched by words only.' },
    model: { ask: used('model'), lost: 'degraded', means: 'Answers are passages of what memory holds.' },
  };
}

/** Asks within the limit; who asks while an answer is due waits for the same. */
function asker({ ask, lost, means }: Part): () => Promise<PartView> {
  let running: { readonly since: number; readonly answer: Promise<unknown> } | undefined;
  const answered = (): Promise<unknown> => {
    if (running !== undefined && performance.now() - running.since < ASK_AGAIN_MS) return running.answer;
    const answer = ask(AbortSignal.timeout(ASK_AGAIN_MS));
    const mine = { since: performance.now(), answer };
    running = mine;
    const over = () => {
      if (running === mine) running = undefined;
    };
    answer.then(over, over);
    return answer;
  };
  return async () => {
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(() => {
      late.reject(new AppError('timeout', `No answer within ${ANSWER_MS / 1_000} s.`));
    }, ANSWER_MS);
    try {
      await Promise.race([answered(), late.promise]);
      return { state: 'ok' };
    } catch (error) {
      return { state: lost, note: `${toAppError(error).message} ${means}` };
    } finally {
      clearTimeout(timer);
    }
  };
}

/** Asks every store something small, all at once; of the others it is known how their last use went. */
export function openReadiness(deps: ReadinessDeps): Readiness {
  const askers = Object.entries(partsOf(deps)).map(([name, part]) => [name, asker(part)] as const);
  return async () => {
    const parts = Object.fromEntries(
      await Promise.all(askers.map(async ([name, ask]) => [name, await ask()] as const)),
    );
    const down = askers.flatMap(([name]) => (parts[name]?.state === 'down' ? name : []));
    if (down.length === 0) return { ready: true, parts };
    throw new AppError('unavailable', `Not ready: ${down.join(', ')}.`, { details: { parts } });
  };
}

/** Whether the stores answer that all work needs. */
export function storesAnswer(readiness: Readiness): () => Promise<boolean> {
  return () =>
    readiness().then(
      () => true,
      () => false,
    );
}
