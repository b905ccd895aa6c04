import { type AppError, type ErrorCode, toAppError, unreachable } from '../../core/errors.ts';
import type { Log } from '../../core/context.ts';
import type { ModelEvent, ModelRequest, ModelUsage } from '../../ports/language-model.ts';
import type { Wrap } from './answering.ts';
import type { BegunCall, Bookings, EndedCall } from './bookings.ts';
import { type TokenPrice, costMicros } from './prices.ts';
import { likelyTokens, mostTokens, writtenBytes } from './reckon-tokens.ts';

export interface MeterDeps {
  readonly bookings: Bookings;
  readonly now: () => number;
  readonly log: Log;
}

export interface MeteredCall extends Omit<BegunCall, 'estimateMicros' | 'name'> {
  readonly price: TokenPrice | undefined;
}

/** Refused before any work was done: nobody is paid for that. */
const UNPAID: ReadonlySet<ErrorCode> = new Set([
  'rate-limited',
  'unavailable',
  'provider-refused',
  'invalid-input',
  'unsupported',
  'internal',
]);
const NOTHING: ModelUsage = { input: 0, output: 0, cached: 0 };

function bytesOf(event: ModelEvent): number {
  switch (event.kind) {
    case 'text':
    case 'reasoning':
      return writtenBytes(event.text);
    case 'tool-call':
      return writtenBytes(event.call.name) + writtenBytes(event.call.arguments);
    case 'end':
      return 0;
    default:
      return unreachable(event);
  }
}

/** What is known of a call while it runs. */
interface Seen {
  bytes: number;
  ended: boolean;
  usage: ModelUsage | undefined;
  error: AppError | undefined;
}

function endOf(
  seen: Seen,
  request: ModelRequest,
): Pick<EndedCall, 'outcome' | 'errorCode' | 'tokens' | 'estimated'> {
  const { bytes, ended, usage, error } = seen;
  const outcome = ended ? 'done' : error === undefined || error.code === 'aborted' ? 'aborted' : 'failed';
  const errorCode = outcome === 'failed' ? error?.code : undefined;
  if (usage !== undefined) return { outcome, errorCode, tokens: usage, estimated: false };
  const unpaid = bytes === 0 && errorCode !== undefined && UNPAID.has(errorCode);
  if (unpaid) return { outcome, errorCode, tokens: NOTHING, estimated: false };
  return { outcome, errorCode, tokens: likelyTokens(request, bytes), estimated: true };
}

/** What a call that ended cost, where its price is known. */
function costOf(
  seen: Seen,
  request: ModelRequest,
  price: TokenPrice | undefined,
): { readonly costMicros?: number } {
  return price === undefined ? {} : { costMicros: costMicros(endOf(seen, request).tokens, price) };
}

/**
 * Books every call once: reserved before it begins, settled when it ends, breaks off or is left. Tokens are the provider's;
 * where it told none they are reckoned and marked so. The end says what the call cost. Throws
 * `budget-exceeded` before anything is spent.
 */
export function metered({ price, ...call }: MeteredCall, { bookings, now, log }: MeterDeps): Wrap {
  return (model) => ({
    facts: model.facts,
    async *stream(request, signal) {
      const estimateMicros = price && costMicros(mostTokens(request), price);
      const booking = await bookings.begin({ ...call, name: model.facts.name, estimateMicros });
      const startedAt = now();
      const seen: Seen = { bytes: 0, ended: false, usage: undefined, error: undefined };
      try {
        for await (const event of model.stream(request, signal)) {
          seen.bytes += bytesOf(event);
          if (event.kind === 'end') Object.assign(seen, { ended: true, usage: event.usage });
          yield event.kind === 'end' ? { ...event, ...costOf(seen, request, price) } : event;
        }
      } catch (thrown) {
        seen.error = toAppError(thrown);
        throw seen.error;
      } finally {
        const end = endOf(seen, request);
        const cost = price && costMicros(end.tokens, price);
        // The answer has been given; the row stays reserved and is settled after this process.
        await booking.id
          .then((id) =>
            bookings.settle(call.ownerId, id, { ...end, costMicros: cost, ms: now() - startedAt }),
          )
          .catch((cause: unknown) => log.error('usage-not-settled', { cause }));
      }
    },
  });
}
