import { type ServerResponse, createServer } from 'node:http';
import { AppError } from '../../core/errors.ts';

export interface MetricsDoorOptions {
  readonly host: string;
  readonly port: number;
  readonly contentType: string;
  readonly text: () => Promise<string>;
  /** Rejects when a store does not answer. */
  readonly ready: (signal: AbortSignal) => Promise<unknown>;
}

export interface MetricsDoor {
  readonly port: number;
  close(): Promise<void>;
}

const READY_LIMIT_MS = 5_000;

function answer(response: ServerResponse, status: number, text: string, type = 'text/plain'): void {
  response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(text);
}

async function isReady({ ready }: MetricsDoorOptions): Promise<boolean> {
  try {
    await ready(AbortSignal.timeout(READY_LIMIT_MS));
    return true;
  } catch {
    return false; // why, the ready route of the main door and the log say
  }
}

async function serve(url: string, response: ServerResponse, options: MetricsDoorOptions): Promise<void> {
  if (url === '/metrics') answer(response, 200, await options.text(), options.contentType);
  else if (url === '/livez') answer(response, 200, 'live\n');
  else if (url !== '/readyz') answer(response, 404, 'There are /metrics, /livez and /readyz.\n');
  else if (await isReady(options)) answer(response, 200, 'ready\n');
  else answer(response, 503, 'not ready\n');
}

/**
 * A door of its own for scrapers and probes, for the server and for workers, which have no other. It asks for no secret:
 * counts and times by closed labels are all it tells. Throws `conflict` when the port is taken.
 */
export async function serveMetrics(options: MetricsDoorOptions): Promise<MetricsDoor> {
  const { host, port } = options;
  const server = createServer((request, response) => {
    if (request.method !== 'GET') {
      answer(response, 405, 'Expected GET.\n');
      return;
    }
    const url = request.url?.split('?')[0] ?? '';
    serve(url, response, options).catch(() => answer(response, 500, 'Not now.\n'));
  });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject).listen(port, host, resolve);
  try {
    await promise;
  } catch (cause) {
    const message = `The metrics cannot be served at ${host}:${port}. Choose another JIWA_METRICS_PORT.`;
    throw new AppError('conflict', message, { cause });
  }
  const address = server.address();
  return {
    port: address !== null && typeof address === 'object' ? address.port : port,
    async close() {
      server.closeAllConnections();
      await new Promise((closed) => {
        server.close(closed);
      });
    },
  };
}
