import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

export interface S3Request {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface S3Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface S3Answers extends AsyncDisposable {
  readonly url: string;
  readonly requests: readonly S3Request[];
}

/** The bucket of the script. */
export const BUCKET = 'house';
const EMPTY_BUCKET = `<ListBucketResult><Name>${BUCKET}</Name></ListBucketResult>`;

/** A server that answers as an S3 server would, by a script; what the script leaves out succeeds. */
export async function s3Answers(script: (request: S3Request) => S3Reply | undefined): Promise<S3Answers> {
  const requests: S3Request[] = [];
  const answer = async (incoming: IncomingMessage, response: ServerResponse) => {
    const { method = '', url = '', headers } = incoming;
    const request = { method, path: url, headers, body: await buffer(incoming) };
    requests.push(request);
    const { status, headers: extra = {}, body = EMPTY_BUCKET } = script(request) ?? { status: 200 };
    response.writeHead(status, { 'content-type': 'application/xml', etag: '"e"', ...extra });
    response.end(method === 'HEAD' ? undefined : body);
  };
  const server = createServer((incoming, response) => {
    // A request that is cut off has nobody who waits for its answer.
    answer(incoming, response).catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** How an S3 server says no. */
export function s3Failure(status: number, code: string): S3Reply {
  return { status, body: `<Error><Code>${code}</Code><Message>words of the server</Message></Error>` };
}
