import { z } from 'zod';
import { AppError } from '../../core/errors.ts';
import type { OutboundFetch } from './outbound.ts';
import { abortError } from './aborts.ts';

/** A server with Hugging Face's paths. */
export interface ModelServer {
  readonly baseUrl: string;
  readonly fetch: OutboundFetch;
  /** For models that are not public. Never part of an error. */
  readonly token?: string | undefined;
}

export interface ServerFile {
  readonly path: string;
  readonly sizeBytes: number;
  /** sha256 in hex when `large`, otherwise git's blob id (sha1 over a header and the content). */
  readonly oid: string;
  readonly large: boolean;
}

export interface ModelListing {
  readonly id: string;
  /** The commit that the revision names now; files are fetched from it, so they belong together. */
  readonly commit: string;
  /** ISO codes from the model card; empty when it states none. */
  readonly languages: readonly string[];
  readonly files: readonly ServerFile[];
}

const Info = z.object({
  sha: z.string().regex(/^[0-9a-f]{7,64}$/),
  cardData: z.object({ language: z.union([z.string(), z.array(z.string())]).nullish() }).nullish(),
});

const Tree = z.array(
  z.object({
    type: z.string(),
    path: z.string(),
    size: z.int().nonnegative(),
    oid: z.string(),
    lfs: z.object({ oid: z.string(), size: z.int().nonnegative() }).nullish(),
  }),
);

/** A sentence encoder has a few dozen files; a page has up to 1,000. */
const MOST_PAGES = 20;

const SAFE_PATH = /^(?!.*(?:^|\/)\.{0,2}(?:\/|$))[^\\:\0]+$/;

/**
 * What a model consists of. Throws `not-found` for an unknown model or revision, `unavailable` when the server cannot be
 * reached, `unreadable` for an answer of another kind or a file name that would leave its folder.
 */
export async function listModel(
  server: ModelServer,
  { id, revision }: { readonly id: string; readonly revision: string },
  signal: AbortSignal,
): Promise<ModelListing> {
  const about = `api/models/${id}`;
  const info = await json(await openModelUrl(server, `${about}/revision/${revision}`, {}, signal), Info);
  const files: ServerFile[] = [];
  let next: string | undefined = `${about}/tree/${info.sha}?recursive=true`;
  for (let page = 0; next !== undefined && page < MOST_PAGES; page++) {
    const response: Response = await openModelUrl(server, next, {}, signal);
    for (const entry of await json(response, Tree)) if (entry.type === 'file') files.push(serverFile(entry));
    next = nextPage(server, response);
  }
  const language = info.cardData?.language ?? [];
  return { id, commit: info.sha, languages: typeof language === 'string' ? [language] : language, files };
}

/** Address of a file's content, relative to the server. */
export function contentPath({ id, commit }: Pick<ModelListing, 'id' | 'commit'>, path: string): string {
  return `${id}/resolve/${commit}/${path.split('/').map(encodeURIComponent).join('/')}`;
}

/** A successful response, its body unread. `headers` are added to the request. */
export async function openModelUrl(
  { baseUrl, token, fetch }: ModelServer,
  path: string,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Response> {
  const url = new URL(path, `${baseUrl.replace(/\/+$/, '')}/`);
  const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };
  let response: Response;
  try {
    response = await fetch(url, { headers: { ...headers, ...authorization }, signal });
  } catch (error) {
    throw signal.aborted ? abortError(signal) : error;
  }
  if (response.ok) return response;
  await response.body?.cancel();
  throw refusal(url, response.status);
}

function refusal(url: URL, status: number): AppError {
  const details = { status };
  if (status === 404 || status === 401 || status === 403)
    return new AppError(
      'not-found',
      `${url.host} has no ${url.pathname} for us (status ${status}): check the model's name; some models need a token.`,
      { details },
    );
  if (status === 429) return new AppError('rate-limited', `${url.host} asks to slow down.`, { details });
  return new AppError('unavailable', `${url.host} failed (status ${status}).`, { details });
}

async function json<T>(response: Response, schema: z.ZodType<T>): Promise<T> {
  try {
    return schema.parse(await response.json());
  } catch (error) {
    throw new AppError(
      'unreadable',
      'The model server answered something that is not a list of model files.',
      {
        cause: error,
      },
    );
  }
}

function serverFile({ path, size, oid, lfs }: z.infer<typeof Tree>[number]): ServerFile {
  if (!SAFE_PATH.test(path))
    throw new AppError(
      'unreadable',
      `The model server lists a file with an unsafe name: ${JSON.stringify(path)}.`,
    );
  return lfs
    ? { path, sizeBytes: lfs.size, oid: lfs.oid, large: true }
    : { path, sizeBytes: size, oid, large: false };
}

/** `Link: <url>; rel="next"`, only on the same server. */
function nextPage({ baseUrl }: ModelServer, response: Response): string | undefined {
  const link = /<([^>]+)>;\s*rel="next"/.exec(response.headers.get('link') ?? '')?.[1];
  if (link === undefined) return undefined;
  const url = new URL(link, response.url);
  return url.origin === new URL(baseUrl).origin ? url.href : undefined;
}
