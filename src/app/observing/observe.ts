import { toAppError } from '../../core/errors.ts';
import type { Observed, Telemetry, Work, WorkEnd } from '../../ports/telemetry.ts';

const OK: WorkEnd = { outcome: 'ok' };

/** How work ended that threw. */
function failed(error: unknown): WorkEnd {
  return { outcome: toAppError(error).code };
}

function isIterable(given: unknown): given is AsyncIterable<unknown> {
  return typeof given === 'object' && given !== null && Symbol.asyncIterator in given;
}

/** The same values; each is made as part of the work, which ends with the last. `seen` is told of each. */
export async function* observedValues<T>(
  values: AsyncIterable<T>,
  observed: Observed,
  { seen, endOf = () => OK }: { readonly seen?: (value: T) => void; readonly endOf?: () => WorkEnd } = {},
): AsyncGenerator<T> {
  const rest = values[Symbol.asyncIterator]();
  let end: WorkEnd = { outcome: 'aborted' };
  let over = false;
  try {
    for (;;) {
      const next = await observed.within(() => rest.next());
      if (next.done === true) {
        over = true;
        end = endOf();
        return;
      }
      seen?.(next.value);
      yield next.value;
    }
  } catch (error) {
    over = true;
    end = failed(error);
    throw error;
  } finally {
    if (!over) await observed.within(async () => rest.return?.());
    observed.end(end);
  }
}

async function settled<T>(promise: Promise<T>, observed: Observed): Promise<T> {
  try {
    const value = await promise;
    observed.end(OK);
    return value;
  } catch (error) {
    observed.end(failed(error));
    throw error;
  }
}

/** Does work and observes it until its promise, or the last value of its stream, is there. */
export function observe<T>(telemetry: Telemetry, work: Work, call: () => T): T {
  const observed = telemetry.begin(work);
  try {
    const result = observed.within(call);
    if (result instanceof Promise) return settled(result, observed) as T;
    if (isIterable(result)) return observedValues(result, observed) as T;
    observed.end(OK);
    return result;
  } catch (error) {
    observed.end(failed(error));
    throw error;
  }
}
