import type {
  LanguageModelV4,
  LanguageModelV4CallOptions,
  LanguageModelV4StreamPart,
} from '@ai-sdk/provider';
import { AppError } from '../../core/errors.ts';
import type { LanguageModel, ModelEvent, ModelFacts } from '../../ports/language-model.ts';
import type { Outbound } from '../connections/outbound.ts';
import { abortError, type AskedProvider, brokenAnswer, providerError, streamError } from './ai-sdk-errors.ts';
import { type End, isSaid, isToken, toEnd, toEvents } from './ai-sdk-events.ts';
import { inlineThoughts } from './inline-thoughts.ts';
import { toCallOptions } from './ai-sdk-request.ts';

export interface TokenLimits {
  /** From the request to the first token; a server may have to load the model first. Default 60 s. */
  readonly firstTokenMs?: number | undefined;
  /** From one token to the next, as long as somebody listens. Default 30 s. */
  readonly nextTokenMs?: number | undefined;
}

export interface AiSdkModelParts {
  readonly facts: ModelFacts;
  readonly sdk: LanguageModelV4;
  readonly apiKey: string | undefined;
  readonly limits: TokenLimits;
  /** The driver's own; closed with it. */
  readonly outbound: Outbound;
  /** What a provider wants to have otherwise. */
  readonly adapt?: (options: LanguageModelV4CallOptions) => LanguageModelV4CallOptions;
}

type Part = LanguageModelV4StreamPart;

/** A model of the SDK as ours: one try, its stream within the time limits, its errors in our words. */
export function aiSdkModel({ facts, sdk, apiKey, limits, outbound, adapt }: AiSdkModelParts): LanguageModel {
  const asked: AskedProvider = { provider: facts.name.provider, apiKey };
  const closing = new AbortController();
  return {
    facts,
    async *stream(request, signal) {
      if (closing.signal.aborted) throw new AppError('unavailable', 'The model is closed.');
      const options = toCallOptions(request, facts);
      const call = openCall(AbortSignal.any([signal, closing.signal]), limits, asked);
      try {
        const abortSignal = call.signal;
        const { stream } = await call.within(sdk.doStream({ ...(adapt?.(options) ?? options), abortSignal }));
        yield* events(stream.getReader(), call, asked);
      } catch (error) {
        throw call.signal.aborted ? abortError(call.signal) : providerError(error, asked);
      } finally {
        call.end();
      }
    },
    async close() {
      closing.abort(new AppError('aborted', 'The model was closed.'));
      await outbound.close();
    },
  };
}

async function* events(
  reader: ReadableStreamDefaultReader<Part>,
  call: Call,
  asked: AskedProvider,
): AsyncGenerator<ModelEvent> {
  const thoughts = inlineThoughts();
  let said = false;
  let end: End | undefined;
  for (;;) {
    const { done, value: part } = await call.within(reader.read());
    if (done) break;
    if (part.type === 'error') throw streamError(part.error, asked);
    for (const event of end === undefined ? toEvents(part, thoughts) : []) {
      said ||= isSaid(event);
      yield event;
    }
    // The rest is read to its end, so that the connection can be used again.
    if (part.type === 'finish') end ??= toEnd(part);
    if (isToken(part)) call.token();
  }
  yield wholeEnd(end, said, asked);
}

/** The end of an answer that has one and says something, or why it says nothing. */
function wholeEnd(end: End | undefined, said: boolean, asked: AskedProvider): End {
  if (end === undefined) throw brokenAnswer(asked, 'broke off its answer');
  const explained = said || end.reason === 'length' || end.reason === 'content-filter';
  if (!explained) throw brokenAnswer(asked, 'answered nothing');
  return end;
}

/** A call under way. */
interface Call {
  /** Fires when the caller's does, when a token is late, and at the end. */
  readonly signal: AbortSignal;
  /** The result of the work, or the end of the call, whichever comes first. */
  within<T>(work: PromiseLike<T>): Promise<T>;
  /** A token came and was taken: the time for the next one begins. */
  token(): void;
  /** Nothing more is wanted: what is still open is broken off. */
  end(): void;
}

function openCall(outer: AbortSignal, limits: TokenLimits, { provider }: AskedProvider): Call {
  const { firstTokenMs = 60_000, nextTokenMs = 30_000 } = limits;
  const stop = new AbortController();
  const signal = AbortSignal.any([outer, stop.signal]);
  const { promise: broken, reject } = Promise.withResolvers<never>();
  broken.catch(() => {
    // Heard where somebody waits.
  });
  const onAbort = () => reject(abortError(signal));
  if (signal.aborted) onAbort();
  else signal.addEventListener('abort', onAbort, { once: true });
  let begun = false;
  let deadline = performance.now() + firstTokenMs;
  const late = () => {
    const what = begun ? `no further token within ${nextTokenMs}` : `no token within ${firstTokenMs}`;
    stop.abort(new AppError('timeout', `The provider ${provider} sent ${what} ms.`));
  };
  return {
    signal,
    async within(work) {
      const timer = setTimeout(late, Math.max(0, deadline - performance.now()));
      try {
        return await Promise.race([work, broken]);
      } finally {
        clearTimeout(timer);
      }
    },
    token() {
      begun = true;
      deadline = performance.now() + nextTokenMs;
    },
    end: () => stop.abort(new AppError('aborted', 'The call of the model is over.')),
  };
}
