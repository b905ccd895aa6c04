import { createHash } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { testHttpServer, type RecordedRequest, type TestHttpServer } from './test-http-server.ts';

/** How a file is answered; `content` is what it truly is. */
type Misbehave = (
  content: Buffer,
  range: { readonly start: number; readonly times: number },
  response: ServerResponse,
) => boolean;

export interface TestModelServer extends TestHttpServer {
  readonly files: Map<string, Buffer>;
  /** By path: returns true when it has answered itself. */
  readonly misbehave: Map<string, Misbehave>;
  /** Requests for a file's content. */
  fetched(path: string): RecordedRequest[];
}

/** From this size on a file is listed as a large one, with its sha256. */
const LARGE_BYTES = 1_000;
const COMMIT = '0123456789abcdef0123456789abcdef01234567';

/** For tests: a server with the paths and answers of Hugging Face, one model `owner/tiny-e5-model`, also without its owner. */
export async function testModelServer(
  files: Readonly<Record<string, string | Buffer>>,
): Promise<TestModelServer> {
  const contents = new Map(Object.entries(files).map(([path, content]) => [path, Buffer.from(content)]));
  const misbehave = new Map<string, Misbehave>();
  const base = '/api/models/tiny-e5-model';
  const server = await testHttpServer((request, response) => {
    const path = pathOf(request);
    const asked = withoutOwner(request);
    const content = contents.get(path ?? '');
    if (asked === `${base}/revision/main`) {
      response.end(JSON.stringify({ sha: COMMIT, cardData: { language: ['en', 'id'] } }));
    } else if (asked === `${base}/tree/${COMMIT}?recursive=true`) {
      response.end(JSON.stringify(tree(contents)));
    } else if (path === undefined || content === undefined) {
      response.writeHead(404).end('no such thing');
    } else {
      const start = Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
      const times = server.requests.filter((other) => pathOf(other) === path).length;
      if (!misbehave.get(path)?.(content, { start, times }, response)) sendFrom(content, start, response);
    }
  });
  return Object.assign(server, {
    files: contents,
    misbehave,
    fetched: (path: string) => server.requests.filter((request) => pathOf(request) === path),
  });
}

/** The whole file, or from `start` on as partial content. */
export function sendFrom(content: Buffer, start: number, response: ServerResponse): void {
  const rest = content.subarray(start);
  const length = { 'content-length': String(rest.length) };
  if (start === 0) response.writeHead(200, length);
  else
    response.writeHead(206, {
      ...length,
      'content-range': `bytes ${start}-${content.length - 1}/${content.length}`,
    });
  response.end(rest);
}

export interface BreakOff {
  readonly start: number;
  /** So many bytes are sent. */
  readonly bytes: number;
  /** The connection breaks once this holds; what the client has not read by then is lost. */
  readonly when: () => boolean;
}

/** Promises all from `start` on and breaks off in the middle. */
export function breakOff(content: Buffer, { start, bytes, when }: BreakOff, response: ServerResponse): void {
  const range = { 'content-range': `bytes ${start}-${content.length - 1}/${content.length}` };
  const length = { 'content-length': String(content.length - start) };
  response.writeHead(start === 0 ? 200 : 206, { ...length, ...(start > 0 && range) });
  response.write(content.subarray(start, start + bytes));
  const check = () => (when() ? response.destroy() : setTimeout(check, 1));
  check();
}

const withoutOwner = ({ path }: RecordedRequest) => path.replace('/owner/', '/');

function pathOf(request: RecordedRequest): string | undefined {
  const prefix = `/tiny-e5-model/resolve/${COMMIT}/`;
  const asked = withoutOwner(request);
  return asked.startsWith(prefix) ? decodeURIComponent(asked.slice(prefix.length)) : undefined;
}

function tree(files: ReadonlyMap<string, Buffer>) {
  const entries = [...files].map(([path, content]) => {
    const blob = createHash('sha1').update(`blob ${content.length}\0`).update(content).digest('hex');
    const sha256 = createHash('sha256').update(content).digest('hex');
    const lfs = { oid: sha256, size: content.length, pointerSize: 134 };
    return {
      type: 'file',
      path,
      size: content.length,
      oid: blob,
      ...(content.length >= LARGE_BYTES && { lfs }),
    };
  });
  return [{ type: 'directory', path: 'onnx', size: 0, oid: 'f'.repeat(40) }, ...entries];
}
