import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  MCP_LINES,
  type McpTestClient,
  type ToolResult,
  mcpClient,
} from '../../../test/fakes/mcp-clients.ts';
import { type McpRoom, openMcpRoom } from '../../../test/fakes/mcp-room.ts';
import { AppError } from '../../core/errors.ts';

let mcp: McpRoom;
let client: McpTestClient;
/** Aborted when the call that waits is cancelled. */
let waiting = Promise.withResolvers<AbortSignal>();

beforeAll(async () => {
  mcp = await openMcpRoom({
    async ask(_access, { body }, signal) {
      if (body.question === 'Break.') throw new Error('a secret of the driver');
      if (body.question === 'Too often.')
        throw new AppError('rate-limited', 'Expected fewer calls.', { retryAfterMs: 1_500 });
      waiting.resolve(signal);
      await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
      throw new Error('never');
    },
  });
  client = await mcpClient(mcp.at('owner'));
});
afterAll(async () => {
  await client.close();
  await mcp.close();
});

const words = ({ content }: ToolResult) => content.map(({ text = '' }) => text).join('\n');

async function ids(args: object): Promise<readonly string[]> {
  const { structuredContent } = await client.call('add_memory', args);
  return (structuredContent as { readonly ids: readonly string[] }).ids;
}

describe('what is remembered', () => {
  test('messages keep their order, who said them and when', async () => {
    const messages = [
      { role: 'user', text: 'Where did we moor?', time: '2023-07-01T10:00:00Z' },
      { role: 'assistant', text: 'At the third quay.' },
    ];
    const [first, second] = await ids({ messages, session: 'Sailing', time: '2023-07-02' });
    const opened = async (id: string | undefined) =>
      (await client.call('get_memory', { id })).structuredContent;
    const asked = { from: 'Sailing', by: 'user', time: '2023-07-01T10:00:00.000Z', before: '' };
    expect(await opened(first)).toMatchObject({ ...asked, after: 'assistant: At the third quay.' });
    expect(await opened(second)).toMatchObject({
      by: 'assistant',
      trust: 2,
      time: '2023-07-02T00:00:00.000Z',
    });
  });

  test('a search can be held to a time', async () => {
    for (const year of [2020, 2021, 2022]) await ids({ text: `A comet in ${year}.`, time: `${year}-06-01` });
    const window = { query: 'comet', after: '2021-01', before: '2022-01-01', limit: 50 };
    const { structuredContent } = await client.call('search_memories', window);
    const { memories } = structuredContent as { readonly memories: readonly { readonly text: string }[] };
    expect(memories.map(({ text }) => text)).toEqual(['A comet in 2021.']);
  });

  test('clients at the same time keep all of theirs', async () => {
    const clients = await Promise.all(MCP_LINES.map(([, connect]) => connect(mcp.at('owner'))));
    const texts = clients.flatMap((_, who) => Array.from({ length: 8 }, (_, n) => `Pebble ${who}.${n}`));
    await Promise.all(
      texts.map((text, n) =>
        (clients[n % clients.length] ?? client).call('add_memory', { text, session: 'Beach' }),
      ),
    );
    const listed = await client.call('list_memories', { limit: 100 });
    const shown = JSON.stringify(listed.structuredContent);
    expect(texts.filter((text) => !shown.includes(`"${text}"`))).toEqual([]);
    await Promise.all(clients.map((each) => each.close()));
  });
});

describe('what goes wrong', () => {
  test('what nobody foresaw says nothing of the inside', async () => {
    const result = await client.call('ask', { question: 'Break.' });
    expect([result.isError, words(result)]).toEqual([true, expect.stringMatching(/^internal: /)]);
    expect(words(result)).not.toContain('secret');
  });

  test('a limit says when to try again', async () => {
    expect(words(await client.call('ask', { question: 'Too often.' }))).toContain('Try again in 2 s.');
  });

  test.each(MCP_LINES)('a call that %s gives up is cancelled in here', async (_, connect) => {
    waiting = Promise.withResolvers();
    const own = await connect(mcp.at('owner'));
    const giveUp = new AbortController();
    const call = own.call('ask', { question: 'Wait for me.' }, giveUp.signal);
    call.catch(() => undefined);
    const signal = await waiting.promise;
    expect(signal.aborted).toBe(false);
    giveUp.abort();
    await expect(call).rejects.toThrow(/abort/i);
    await own.close();
    await expect.poll(() => signal.aborted).toBe(true);
  });

  test('no argument breaks the protocol: every call has a result or says why not', async () => {
    const names = (await client.tools()).map(({ name }) => name);
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('2020-01-01', '\ud800', 'memory://'),
    );
    const fields = ['text', 'messages', 'query', 'id', 'limit', 'session', 'cursor', 'time', 'tags'];
    const args = fc
      .oneof(
        fc.dictionary(
          fc.oneof(fc.constantFrom(...fields), fc.string()),
          fc.oneof(text, fc.uuid(), fc.jsonValue()),
        ),
        fc.record({ text, time: text, tags: fc.array(text), session: text }, { requiredKeys: ['text'] }),
        fc.record({ query: text, limit: fc.integer(), after: text }, { requiredKeys: ['query'] }),
      )
      // Refused as a body, by the rule below.
      .filter((given) => !/__proto__|constructor/u.test(JSON.stringify(given)));
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...names), args, async (name, given) => {
        const { content } = await client.call(name, given);
        expect(content.length).toBeGreaterThan(0);
      }),
      { numRuns: 150 },
    );
    expect((await client.call('memory_status', {})).isError).not.toBe(true);
  });

  test('no body breaks the server: what is no call is refused', async () => {
    const { url, headers } = mcp.at('owner');
    const all = {
      ...headers,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
    };
    const method = fc.constantFrom('initialize', 'tools/list', 'tools/call', 'resources/read', 'ping', 'x');
    const call = fc.record({
      jsonrpc: fc.constantFrom('2.0', '1.0', 2),
      id: fc.oneof(fc.integer(), fc.string(), fc.constant(null)),
      method: fc.oneof(method, fc.jsonValue()),
      params: fc.oneof(fc.jsonValue(), fc.record({ name: fc.jsonValue(), arguments: fc.jsonValue() })),
    });
    await fc.assert(
      fc.asyncProperty(fc.oneof(call, fc.array(call, { maxLength: 3 }), fc.jsonValue()), async (sent) => {
        const response = await fetch(url, { method: 'POST', headers: all, body: JSON.stringify(sent) });
        await response.text();
        expect(response.status).toBeLessThan(500);
      }),
      { numRuns: 100 },
    );
  });

  test('a body that reaches for prototypes is refused before it is looked at', async () => {
    const { url, headers } = mcp.at('owner');
    const all = { ...headers, 'content-type': 'application/json' };
    const body = '{"jsonrpc":"2.0","id":1,"method":"ping","params":{"__proto__":{"x":1}}}';
    expect((await fetch(url, { method: 'POST', headers: all, body })).status).toBe(400);
  });
});
