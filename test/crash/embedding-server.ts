import { createServer } from 'node:http';
import { once } from 'node:events';
import { createHash } from 'node:crypto';

/** A small OpenAI-compatible embedding endpoint with vectors of 16 dimensions, so that the embedder can be changed. */
export async function embeddingServer(): Promise<{ readonly url: string; close(): void }> {
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
      response.end(
        JSON.stringify({
          object: 'list',
          model: 'crash-test',
          data,
          usage: { prompt_tokens: 0, total_tokens: 0 },
        }),
      );
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = address !== null && typeof address === 'object' ? address.port : 0;
  return { url: `http://127.0.0.1:${port}/v1`, close: () => server.close() };
}
