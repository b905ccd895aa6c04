import { randomBytes } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { mapBounded } from '../../src/core/bounded.ts';
import type { Client } from '../../src/wire/client.ts';
import { type Caller, apiOf, invited, keyed } from './people.ts';
import { type RunningApp, file, runningApp } from './running-app.ts';

/** The whole trial is 10,000; every test run makes some of them. */
const REQUESTS = Number(process.env['JIWA_TEST_CANARIES'] ?? 1_500);
const LANES = 8;

interface Side {
  readonly api: Client;
  readonly callers: readonly Caller[];
  /** 128 bits that stand in its documents and messages and nowhere else. */
  readonly canary: string;
  readonly ids: Readonly<Record<'document' | 'session' | 'message' | 'item' | 'job', string>>;
}

let run: RunningApp;
let sides: readonly [Side, Side];
const secrets: string[] = [];

/** The same names, paths, questions and words in both spaces; only the canary differs. */
async function sideOf(api: Client, login: string): Promise<Side> {
  const canary = `canary${randomBytes(16).toString('hex')}`;
  const text = `Mira drinks green tea ${canary} from Shizuoka every morning.`;
  const { document } = await api.upload(file(`${canary}.txt`, text, { source: 'home', path: 'tea.txt' }));
  const session = await api.call('createSession', { body: { title: `Tea ${canary}` } });
  let message = '';
  const said = { text: `My tea is ${canary}.`, clientId: 'the-same-in-both', answer: false };
  for await (const event of api.send(session.id, said)) {
    if (event.kind === 'message-stored') message = event.message.id;
  }
  await run.settled();
  const [item] = (await api.call('listItems', { query: { kind: 'chunk' } })).items;
  const job = (await api.call('listJobs', { query: {} })).items[0]?.id ?? '';
  const service = await api.call('createService', { body: { name: 'bot' } });
  const callers = [
    await invited(run, api, 'editor', `${login}-editor`),
    await invited(run, api, 'viewer', `${login}-viewer`),
    await keyed(api, { name: 'key', scopes: ['memory:read'] }, service.id),
  ];
  for (const { headers } of callers) {
    secrets.push((headers['cookie'] ?? headers['authorization'] ?? '').split(/[ =]/).at(-1) ?? '');
  }
  const ids = { document: document.id, session: session.id, message, item: item?.id ?? '', job };
  return { api, callers, canary, ids };
}

beforeAll(async () => {
  run = await runningApp({
    JIWA_RATE_LIMITS: 'login=1000,failure=1000000,chat=1000000,upload=1000000,request=1000000',
  });
  await run.api.call('createSpace', { body: { name: 'team' } });
  const home = await sideOf(run.api, 'home');
  sides = [home, await sideOf(apiOf(run, run.app.token, 'team'), 'team')];
  secrets.push(run.app.token);
}, 60_000);
afterAll(() => run.end());

type Ask = readonly [method: string, path: string, body?: unknown];

/** Everything that reads, with ids of either side. */
function asksOf({ ids }: Side, other: Side): readonly Ask[] {
  const question = 'Who drinks green tea from Shizuoka, and what is my tea?';
  const filter = { documentIds: [ids.document, other.ids.document], sessionIds: [ids.session] };
  const chat = { model: 'jiwa', messages: [{ role: 'user', content: question }] };
  const rpc = { jsonrpc: '2.0', id: 1 };
  const { item: id } = ids;
  return [
    ['GET', '/api/documents'],
    ['GET', `/api/documents/${ids.document}`],
    ['GET', `/api/documents/${ids.document}/original`],
    ['GET', '/api/sources/places?source=home'],
    ['GET', '/api/sessions?query=tea'],
    ['GET', `/api/sessions/${ids.session}/messages`],
    ['GET', `/api/sessions/${ids.session}/export`],
    ['GET', `/api/answers/${ids.message}/events`],
    ['GET', '/api/items'],
    ['GET', `/api/items/${ids.item}`],
    ['GET', `/api/citations/${ids.item}`],
    ['GET', '/api/jobs'],
    ['GET', `/api/jobs/${ids.job}/log`],
    ['GET', '/api/status'],
    ['GET', '/api/settings'],
    ['GET', '/api/models'],
    ['GET', '/api/usage'],
    ['GET', '/api/profile'],
    ['GET', '/api/me'],
    ['GET', '/api/users'],
    ['GET', '/api/audit'],
    ['GET', '/api/export'],
    ['POST', '/api/recall', { question }],
    ['POST', '/api/recall', { question, filter }],
    ['POST', '/api/ask', { question }],
    ['POST', '/api/ask', { question, filter }],
    ['POST', '/v1/chat/completions', chat],
    ['POST', '/v1/chat/completions', { ...chat, stream: true, metadata: { session_id: ids.session } }],
    ['GET', '/v1/models'],
    ['POST', '/mcp', { ...rpc, method: 'tools/list' }],
    [
      'POST',
      '/mcp',
      { ...rpc, method: 'tools/call', params: { name: 'search_memories', arguments: { query: 'tea' } } },
    ],
    ['POST', '/mcp', { ...rpc, method: 'tools/call', params: { name: 'get_memory', arguments: { id } } }],
  ];
}

async function answerTo([method, path, body]: Ask, { headers }: Caller): Promise<string> {
  const response = await fetch(`${run.app.url}${path}`, {
    method,
    headers: {
      ...headers,
      accept: 'application/json, text/event-stream',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(30_000),
  });
  return `${response.status} ${[...response.headers].join(' ')} ${await response.text()}`;
}

test(
  `${REQUESTS} mixed requests over two spaces with the same words show no canary of the other, and no secret`,
  async () => {
    let own = 0;
    const leaks: unknown[] = [];
    await mapBounded(Array.from({ length: REQUESTS }), LANES, async (_, n) => {
      const [mine, theirs] = n % 2 === 0 ? sides : [sides[1], sides[0]];
      const turn = n >> 1;
      const caller = mine.callers[turn % mine.callers.length];
      // Every question is asked with ids of their own, then with those of the others.
      const asks = [...asksOf(mine, theirs), ...asksOf(theirs, mine)];
      const ask = asks[(turn * 13) % asks.length];
      if (caller === undefined || ask === undefined)
        throw new Error('There is nothing to ask, or nobody to do it.');
      const text = await answerTo(ask, caller);
      if (text.includes(mine.canary)) own++;
      if (text.includes(theirs.canary)) leaks.push([ask, 'a canary']);
      if (secrets.some((secret) => text.includes(secret))) leaks.push([ask, 'a secret']);
      if (/^5\d\d /.test(text)) leaks.push([ask, text.slice(0, 300)]);
    });
    expect(leaks).toEqual([]);
    // The canaries can be found: whoever may see them does.
    expect(own).toBeGreaterThan(REQUESTS / 10);
  },
  REQUESTS * 200,
);

test('no archive of a space holds a secret or anything of the other', async () => {
  for (const [mine, theirs] of [sides, [sides[1], sides[0]] as const]) {
    const bytes = await buffer(await mine.api.exportSpace());
    expect(bytes.includes(mine.canary)).toBe(true);
    expect(bytes.includes(theirs.canary)).toBe(false);
    for (const secret of secrets) expect(bytes.includes(secret)).toBe(false);
  }
});
