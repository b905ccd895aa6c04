import { Agent, buildConnector, fetch, type RequestInit as UndiciInit } from 'undici';
import { type AddressPolicy, checkedLookup, checkWritten } from './outbound-addresses.ts';
import { explained, limitedBody } from './outbound-failures.ts';

export interface ClientPolicy extends AddressPolicy {
  /** Most bytes of one answer, unpacked. Default 64 MB. */
  readonly responseBytes?: number;
  /** Until a connection stands. Default 10 s. */
  readonly connectMs?: number;
  /** Until the headers of an answer are there. Default 2 minutes. */
  readonly headersMs?: number;
  /** Between two pieces of an answer. Default 2 minutes. */
  readonly idleMs?: number;
}

/** One request without redirects, and the connections behind it. */
export interface OutboundClient {
  ask(url: URL, init: RequestInit): Promise<Response>;
  close(): Promise<void>;
}

const MEGABYTE = 1024 * 1024;
const TEN_SECONDS_MS = 10_000;
const TWO_MINUTES_MS = 120_000;

const NO_BODY = new Set([204, 205, 304]);

export function openClient(policy: ClientPolicy): OutboundClient {
  const { responseBytes: bytes = 64 * MEGABYTE } = policy;
  const agent = new Agent({
    connect: checkedConnect(policy),
    headersTimeout: policy.headersMs ?? TWO_MINUTES_MS,
    bodyTimeout: policy.idleMs ?? TWO_MINUTES_MS,
  });
  return {
    async ask(url, init) {
      const asked = { host: url.host, signal: init.signal };
      try {
        const options = { ...init, redirect: 'manual', dispatcher: agent } as UndiciInit;
        const { status, statusText, headers, body } = await fetch(url, options);
        const received = NO_BODY.has(status) ? null : (body as ReadableStream<Uint8Array> | null);
        const limited = limitedBody(received, { ...asked, bytes });
        return new Response(limited, { status, statusText, headers: [...headers] });
      } catch (error) {
        throw explained(error, asked);
      }
    },
    close: () => agent.destroy(),
  };
}

function checkedConnect(policy: ClientPolicy): buildConnector.connector {
  const { connectMs: timeout = TEN_SECONDS_MS } = policy;
  return (options, done) => {
    try {
      checkWritten(options, policy);
    } catch (error) {
      return done(error as Error, null);
    }
    const lookup = checkedLookup(options, policy);
    return buildConnector({ timeout, lookup, allowH2: false })(options, done);
  };
}
