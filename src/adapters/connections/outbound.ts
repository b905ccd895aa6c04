import { AppError } from '../../core/errors.ts';
import type { ClientPolicy, OutboundClient } from './outbound-client.ts';

export interface OutboundPolicy extends ClientPolicy {
  /** Redirects that are followed, each checked as the first address was; not from https to http. Default 0: none. */
  readonly redirects?: number;
}

export type OutboundFetch = (url: string | URL, init?: RequestInit) => Promise<Response>;

/** The way to servers of others. */
export interface Outbound {
  /**
   * `fetch` within the policy. Rejects with the signal's reason when it fires, `invalid-input` for an address that may not
   * be reached, `unavailable`, `timeout`, `too-large`; the body fails in the same way. No error holds a header or a body.
   */
  readonly fetch: OutboundFetch;
  /** Breaks off what is still running. */
  close(): Promise<void>;
}

/** Of other methods no second request is made. */
const REPEATABLE = new Set(['GET', 'HEAD']);
const REDIRECTS = new Set([301, 302, 303, 307, 308]);

/** What only the server that was chosen may see. */
const PRIVATE_HEADERS = ['authorization', 'cookie', 'x-api-key', 'proxy-authorization'];

/**
 * The only HTTP client of the house. Addresses are checked where a connection begins, so that what was checked is what is
 * connected to, whatever a name leads to a moment later. Each policy has its own connections.
 */
export function openOutbound(policy: OutboundPolicy): Outbound {
  const { redirects = 0 } = policy;
  let closed = false;
  // The library is loaded for those who open a way out, and is there when they first need it.
  const opening = openClientOf(policy);
  opening.catch(() => {
    // Thrown where it is used.
  });
  return {
    async fetch(address, init = {}) {
      let url = parsedUrl(address);
      let request = init;
      if (closed) throw new AppError('unavailable', `The way to ${url.host} is closed.`);
      const client = await opening;
      for (let hop = 0; ; hop++) {
        const response = await client.ask(url, request);
        const next = hop < redirects ? nextUrl(response, url, request) : undefined;
        if (next === undefined) return Object.defineProperty(response, 'url', { value: url.href });
        await response.body?.cancel();
        request = next.origin === url.origin ? request : withoutSecrets(request);
        url = next;
      }
    },
    async close() {
      closed = true;
      await (await opening).close();
    },
  };
}

async function openClientOf(policy: OutboundPolicy): Promise<OutboundClient> {
  const { openClient } = await import('./outbound-client.ts');
  return openClient(policy);
}

/** Only what goes over a connection, where it is checked; and no secrets in an address, which errors and logs show. */
function parsedUrl(address: string | URL, base?: URL): URL {
  const url = URL.parse(typeof address === 'string' ? address : address.href, base?.href);
  if (url === null) throw new AppError('invalid-input', 'Expected a whole address with http or https.');
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    throw new AppError(
      'invalid-input',
      `Expected an address with http or https, got one with ${url.protocol}`,
    );
  if (url.username !== '' || url.password !== '')
    throw new AppError('invalid-input', 'Expected an address without a user name or password in it.');
  return url;
}

function nextUrl(response: Response, from: URL, { method = 'GET' }: RequestInit): URL | undefined {
  const location = response.headers.get('location');
  if (location === null || !REDIRECTS.has(response.status) || !REPEATABLE.has(method)) return undefined;
  const next = parsedUrl(location, from);
  if (from.protocol === 'https:' && next.protocol === 'http:')
    throw new AppError('unavailable', `${from.host} leads from https to http.`);
  return next;
}

function withoutSecrets(request: RequestInit): RequestInit {
  const headers = new Headers(request.headers);
  for (const name of PRIVATE_HEADERS) headers.delete(name);
  return { ...request, headers };
}
