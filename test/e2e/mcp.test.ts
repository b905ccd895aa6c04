import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MCP_LINES, type McpAt, type ToolResult, mcpClient } from '../fakes/mcp-clients.ts';
import { type RunningApp, file, runningApp } from './running-app.ts';

const BIN = join(import.meta.dirname, '..', '..', 'bin', 'jiwa.js');

let run: RunningApp;
beforeAll(async () => {
  run = await runningApp();
  await run.api.upload(file('ship.md', '# The ship\n\nThe barque Amphora was built in Riga in 1902.\n'));
  await run.settled();
}, 60_000);
afterAll(() => run.end());

function overStdio(): McpAt {
  const stores = run.stores.environment;
  const env = { PATH: process.env['PATH'] ?? '', JIWA_LOG: 'silent', ...stores };
  return { command: process.execPath, args: [BIN, 'mcp', '--data', run.folder], env };
}

function overHttp(): McpAt {
  return { url: `${run.app.url}/mcp`, headers: { authorization: `Bearer ${run.app.token}` } };
}

const WAYS = MCP_LINES.flatMap(([line, connect]) => [
  [`${line} over HTTP`, () => connect(overHttp())] as const,
  [`${line} over standard input and output`, () => connect(overStdio())] as const,
]);

const words = ({ content }: ToolResult) => content.map(({ text = '' }) => text).join('\n');

describe.each(WAYS)('%s', (way, connect) => {
  test('memory is written, found and answered from', async () => {
    const client = await connect();
    expect(await client.tools()).toHaveLength(8);
    const cited = await client.call('ask', { question: 'Where was the barque Amphora built?' });
    expect(words(cited)).toContain('Riga');
    await client.call('add_memory', { text: `The captain of ${way} is Ilse Brandt.` });
    const found = await client.call('search_memories', { query: `Who is the captain of ${way}?` });
    expect(words(found)).toContain(`The captain of ${way} is Ilse Brandt.`);
    expect(words(await client.call('memory_status', {}))).toMatch(/^1 documents/);
    expect(await client.read('memory://profile')).toContain('The ship');
    const wrong = await client.call('get_memory', { id: 'x' });
    expect(wrong.isError).toBe(true);
    await client.close();
  }, 30_000);
});

describe('keys', () => {
  const toolsOf = async (token: string) => {
    const at = { url: `${run.app.url}/mcp`, headers: { authorization: `Bearer ${token}` } };
    const client = await mcpClient(at);
    const names = (await client.tools()).map(({ name }) => name);
    await client.close();
    return names;
  };

  test('one that may only read is shown only what reads, and nothing once it is revoked', async () => {
    const body = { name: 'reader', scopes: ['memory:read' as const] };
    const { id, secret } = await run.api.call('createOwnKey', { body });
    const reading = ['search_memories', 'get_memory', 'list_memories', 'ask', 'memory_status'];
    expect(await toolsOf(secret)).toEqual(reading);
    await run.api.call('revokeOwnKey', { params: { id } });
    await expect(toolsOf(secret)).rejects.toThrow(/401|unauthenticated|Unauthorized/i);
  });
});

describe('spaces', () => {
  test('what is remembered in one is not there in another', async () => {
    const { id } = await run.api.call('createSpace', { body: { name: 'Second' } });
    const at = overHttp() as { url: string; headers: Record<string, string> };
    const other = await mcpClient({ ...at, headers: { ...at.headers, 'jiwa-space': id } });
    expect(words(await other.call('memory_status', {}))).toMatch(/^0 documents .* 0 messages/);
    await other.call('add_memory', { text: 'The canary of the second space is called Pip.' });
    const question = { question: 'What is the canary of the second space called?' };
    expect(words(await other.call('ask', question))).toContain('Pip');
    await other.close();
    const first = await mcpClient(at);
    expect(words(await first.call('ask', question))).not.toContain('Pip');
    expect(await first.read('memory://profile')).not.toContain('Pip');
    await first.close();
  });
});

describe('a program that starts `jiwa mcp`', () => {
  test('is served as well when the server ends, and when it comes again', async () => {
    const client = await mcpClient(overStdio());
    const status = async () => words(await client.call('memory_status', {}));
    expect(await status()).toMatch(/^1 documents/);
    await run.app.close();
    expect(await status()).toMatch(/^1 documents/);
    await client.close();
    run = await run.restarted();
    const again = await mcpClient(overStdio());
    expect(words(await again.call('memory_status', {}))).toMatch(/^1 documents/);
    await again.close();
  }, 60_000);
});
