import { AppError } from '../../core/errors.ts';

interface Asked {
  readonly host: string;
  readonly signal: AbortSignal | null | undefined;
}

interface BodyLimits extends Asked {
  readonly bytes: number;
}

const TIME_LIMITS: Readonly<Record<string, string>> = {
  UND_ERR_CONNECT_TIMEOUT: 'could not be connected to in time',
  UND_ERR_HEADERS_TIMEOUT: 'did not begin to answer in time',
  UND_ERR_BODY_TIMEOUT: 'stopped in the middle of its answer',
};

/** The error and what caused it, outermost first. */
function* chain(error: unknown): Generator<Error> {
  const seen = new Set<unknown>();
  for (let link = error; link instanceof Error && !seen.has(link); link = link.cause) {
    seen.add(link);
    yield link;
    if (link instanceof AggregateError) yield* link.errors.filter((one) => one instanceof Error);
  }
}

const codeOf = (error: Error) => ('code' in error && typeof error.code === 'string' ? error.code : undefined);

/** What a failed request or body means. Of the original only its code stays: the rest may hold what was sent. */
export function explained(error: unknown, { host, signal }: Asked): unknown {
  if (signal?.aborted) return signal.reason;
  const links = [...chain(error)];
  const ours = links.find((link) => link instanceof AppError);
  if (ours !== undefined) return ours;
  const codes = links.flatMap((link) => codeOf(link) ?? []);
  const limit = codes.map((code) => TIME_LIMITS[code]).find((text) => text !== undefined);
  if (limit !== undefined) return new AppError('timeout', `${host} ${limit}.`);
  const code = codes.at(-1);
  return new AppError(
    'unavailable',
    `${host} cannot be reached or broke off its answer${code ? ` (${code})` : ''}.`,
  );
}

/** The body, failing with our errors and ending with `too-large` beyond the limit. */
export function limitedBody(
  body: ReadableStream<Uint8Array> | null,
  limits: BodyLimits,
): ReadableStream<Uint8Array> | null {
  if (body === null) return null;
  const reader = body.getReader();
  let received = 0;
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { done, value } = await reader.read();
        if (done) return controller.close();
        received += value.length;
        if (received > limits.bytes) throw tooLarge(limits);
        controller.enqueue(value);
      } catch (error) {
        controller.error(explained(error, limits));
        await reader.cancel().catch(() => {
          // The connection is broken already.
        });
      }
    },
    cancel: (reason) => reader.cancel(reason),
  });
}

function tooLarge({ host, bytes }: BodyLimits): AppError {
  return new AppError('too-large', `The answer of ${host} is larger than ${bytes} bytes.`);
}
