import { createServer } from 'node:http';
import { once } from 'node:events';
import { createHash } from 'node:crypto';

export interface EmbeddingServer {
  readonly url: string;
  /** The next request takes so long, as where the model has to be loaded first. */
  sleep(ms: number): void;
  close(): void;
}

/** A small OpenAI-compatible embedding endpoint with vectors of 16 dimensions, so that the embedder can be changed. */
export async function embeddingServer(): Promise<EmbeddingServer> {
  let asleepMs = 0;
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const { input } = JSON.parse(Buffer.concat(parts).toString()) as { input: string | string[] };
      const data = [input].flat().map((text, index) => {
        const hash = createHash('sha256').update(text).digest();
        return {
          object: 'embedding',
          index,
          embedding: Array.from({ length: 16 }, (_, i) => (hash[i] ?? 0) / 255 - 0.5),
        };
      });
      response.setHeader('content-type', 'application/json');
      const usage = { prompt_tokens: 0, total_tokens: 0 };
      const answer = JSON.stringify({ object: 'list', model: 'crash-test', data, usage });
      setTimeout(() => response.end(answer), asleepMs);
      asleepMs = 0;
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = address !== null && typeof address === 'object' ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}/v1`,
    sleep(ms) {
      asleepMs = ms;
    },
    close() {
      server.close();
      // Else a request that runs keeps its connection, and with it the next ones.
      server.closeAllConnections();
    },
  };
}
