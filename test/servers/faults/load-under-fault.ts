import { setTimeout as wait } from 'node:timers/promises';
import { toAppError } from '../../../src/core/errors.ts';
import { type Client, client } from '../../../src/wire/client.ts';
import type { Diary } from '../../crash/diary.ts';
import { forget, say, upload } from '../../crash/load.ts';

/** One answer of Jiwa, as its head came. */
export interface Answered {
  readonly status: number;
  readonly retryAfter: string | null;
  /** From the request to the head of the answer. */
  readonly ms: number;
}

/** One thing a person did, to its end. */
export interface Done {
  readonly act: string;
  /** `done`, or the code of the failure. */
  readonly outcome: string;
  readonly ms: number;
}

/** People who use Jiwa while something is done to it. */
export interface LoadUnderFault {
  /** What they did, and what Jiwa acknowledged. */
  readonly diary: Diary;
  /** What ended, in this order. */
  readonly answers: readonly Answered[];
  readonly acts: readonly Done[];
  /** Resolves when nothing of it runs any more. */
  stop(): Promise<void>;
}

const LANES = 3;
/** A person thinks, and does not try again at once. */
const BETWEEN_ACTS_MS = 150;

/** Three people upload, write, ask and delete until they are stopped; each tries something else when something fails. */
export function loadUnderFault({
  url,
  token,
}: {
  readonly url: string;
  readonly token: string;
}): LoadUnderFault {
  const diary: Diary = { entries: [], sessions: [] };
  const stopped = new AbortController();
  const answers: Answered[] = [];
  const acts: Done[] = [];
  const measured: typeof fetch = async (input, init) => {
    const startedAt = performance.now();
    const response = await fetch(input, init);
    answers.push({
      status: response.status,
      retryAfter: response.headers.get('retry-after'),
      ms: performance.now() - startedAt,
    });
    return response;
  };
  const api = client({ url, token, fetch: measured });
  const lanes = Promise.all(
    Array.from({ length: LANES }, () => lane(api, diary, stopped.signal, (done) => acts.push(done))),
  );
  return {
    diary,
    answers,
    acts,
    async stop() {
      stopped.abort();
      await lanes;
    },
  };
}

const ACTS = {
  upload: (api: Client, diary: Diary) => upload(api, diary),
  say: (api: Client, diary: Diary) => say(api, diary, new AbortController().signal),
  forget: (api: Client, diary: Diary) => forget(api, diary),
};

async function lane(
  api: Client,
  diary: Diary,
  stopped: AbortSignal,
  told: (done: Done) => void,
): Promise<void> {
  while (!stopped.aborted) {
    const dice = Math.random();
    const act = dice < 0.35 ? 'upload' : dice < 0.85 ? 'say' : 'forget';
    const startedAt = performance.now();
    let outcome = 'done';
    try {
      await ACTS[act](api, diary);
    } catch (error) {
      outcome = toAppError(error).code;
    }
    told({ act, outcome, ms: performance.now() - startedAt });
    await wait(BETWEEN_ACTS_MS);
  }
}
