import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Client } from '../../src/wire/client.ts';
import { type OpenAiRouteName, openAiRoutes } from '../../src/wire/openai-routes.ts';
import type { Route } from '../../src/wire/route.ts';
import { type RouteName, routes } from '../../src/wire/routes.ts';
import { MCP_LINES } from '../fakes/mcp-clients.ts';
import { type ModelServer, modelServer } from '../fakes/model-server.ts';
import { freePorts } from '../servers/command/free-ports.ts';
import { type Ids, OPEN_AI, QUESTION, READINGS, type Reading, TOOLS } from './read-paths.ts';
import { type Caller, apiOf, invited, keyed } from './people.ts';
import { type RunningApp, file, runningApp } from './running-app.ts';
import { contentOf, writeTwin } from './twin-space.ts';

const UUID = /[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}/g;
interface QueueCounts {
  readonly queues: readonly { readonly dead: number }[];
}
const newCanary = () => `canary${randomBytes(16).toString('hex')}`;

interface Side {
  readonly ownerId: string;
  readonly api: Client;
  readonly callers: readonly Caller[];
  readonly canary: string;
}

let run: RunningApp;
let metricsPort: number;
let model: ModelServer;
let ids: Ids;
let home: Side;
let team: Side;
/** Answers that home got before there was another space, by who asked what. */
let before: ReadonlyMap<string, string>;

/** A conversation, a document, a note and a history, each with the canary. */
async function remember({ api, canary }: Pick<Side, 'api' | 'canary'>): Promise<Ids> {
  const text = `Mira drinks green tea ${canary} from Shizuoka every morning.`;
  const fields = { source: 'home', path: 'tea.md' };
  const { document } = await api.upload(file('tea.md', `# Tea of ${canary}\n\n${text}\n`, fields));
  await api.upload(file('broken.pdf', `%PDF-1.7 ${canary}`));
  const line = { conversation: 'tea', speaker: 'Maria', time: '2026-03-14T10:00:00Z', text };
  await api.importHistory({ filename: 'tea.jsonl', body: new Blob([JSON.stringify(line)]) });
  await api.call('addMemories', { body: { memories: [{ text: `My tea is ${canary}.` }] } });
  await run.settled();
  const session = await api.call('createSession', { body: { title: `Tea ${canary}` } });
  let messages = '';
  for await (const event of api.send(session.id, { text: QUESTION })) {
    if (event.kind === 'answer-end') messages = event.message.id;
  }
  await run.settled();
  const items = (await api.call('listItems', { query: { kind: 'chunk' } })).items[0]?.id ?? '';
  const jobs = (await api.call('listJobs', { query: {} })).items.at(-1)?.id ?? '';
  const both = { documents: document.id, sessions: session.id, messages, answers: messages };
  return { ...both, items, citations: items, jobs };
}

async function sideOf(api: Client, name: string, canary: string): Promise<Side> {
  const { id: ownerId } = (await api.call('me', {})).space;
  const service = await api.call('createService', { body: { name: `${name}-bot` } });
  const callers = [
    await invited(run, api, 'host', `${name}-host`),
    await invited(run, api, 'viewer', `${name}-viewer`),
    await keyed(api, { name: `${name}-key` }, service.id),
    await keyed(api, { name: `${name}-own-key` }),
  ];
  return { ownerId, api, callers, canary };
}

async function responseTo(
  path: string,
  { headers }: Caller,
  { method = 'GET', body }: { readonly method?: string; readonly body?: unknown } = {},
): Promise<Response> {
  return fetch(`${run.app.url}${path}`, {
    method,
    headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(30_000),
  });
}

/**
 * What depends on when and how often home asked: summaries are made when a conversation rests. Jobs are checked by their number, as a
 * start makes new ones.
 */
const VOLATILE =
  /"(?:usedAt|startedAt|memoryMb|[a-zA-Z]*Ms)":[\d.]+|"jobs":\{[^}]*\}|"found":"\d+ entries"|,?"summary":"(?:[^"\\]|\\.)*"/g;

function pathOf({ path }: Route): string {
  const parts = path.split('/');
  return parts
    .map((part, i) => {
      if (part === ':id')
        return path.includes('/providers/') ? 'mine' : ids[(parts[i - 1] ?? '') as keyof Ids];
      return part;
    })
    .join('/');
}

const readRoutes = (Object.entries(READINGS) as [RouteName, Reading][]).flatMap(([name, reading]) =>
  'query' in reading || 'body' in reading ? [[name, reading] as const] : [],
);

/** Every read path of the route table, or those that are read so, as each caller sees it, by who asked what. */
async function readEverything(side: Side, is?: 'same'): Promise<Map<string, string>> {
  const answers = new Map<string, string>();
  for (const [name, reading] of readRoutes) {
    if (is !== undefined && reading.is !== is) continue;
    const { query = '', body } = reading;
    const route: Route = routes[name];
    for (const [who, caller] of side.callers.entries()) {
      const response = await responseTo(`${pathOf(route)}${query}`, caller, { method: route.method, body });
      const text = Buffer.from(await response.arrayBuffer()).toString('latin1');
      answers.set(`${name} ${who}`, `${response.status} ${text.replaceAll(VOLATILE, '')}`);
    }
  }
  return answers;
}

/** Every id that rows of one side name and no row of the other. */
async function idsOnlyOf(side: Side, other: Side): Promise<ReadonlySet<string>> {
  const rows = await run.stores.ledgerRows();
  const named = ({ ownerId }: Side) =>
    new Set(
      rows
        .filter(({ values }) => values['owner_id'] === ownerId)
        .flatMap(({ values }) => JSON.stringify(values).match(UUID) ?? []),
    );
  const others = named(other);
  return new Set([...named(side)].filter((id) => !others.has(id)));
}

/** What of the other side a text shows. */
async function leaksIn(answers: ReadonlyMap<string, string>, mine: Side, theirs: Side): Promise<unknown[]> {
  const foreign = await idsOnlyOf(theirs, mine);
  expect(foreign.size).toBeGreaterThan(10);
  return [...answers].flatMap(([asked, text]) => {
    const shown = (text.match(UUID) ?? []).filter((id) => foreign.has(id));
    if (!text.includes(theirs.canary) && shown.length === 0 && !/^5\d\d /.test(text)) return [];
    return [[asked, text.includes(theirs.canary), shown, text.slice(0, 500)]];
  });
}

beforeAll(async () => {
  [metricsPort = 0] = await freePorts(1);
  model = await modelServer(() => 'Mira drinks green tea [1].');
  run = await runningApp({
    JIWA_METRICS_PORT: `${metricsPort}`,
    JIWA_CHAT_MODEL: 'custom:scripted',
    JIWA_CHAT_URL: model.baseUrl,
    JIWA_RATE_LIMITS: 'login=1000,failure=100000,chat=100000,request=1000000',
  });
  home = await sideOf(run.api, 'home', newCanary());
  ids = await remember(home);
  await run.app.close();
  const content = await contentOf(run, home.ownerId);
  run = await run.reopened();
  await run.settled();
  home = { ...home, api: run.api };
  before = await readEverything(home, 'same');
  await run.settled();
  await run.api.call('createSpace', { body: { name: 'team' } });
  const canary = newCanary();
  team = await sideOf(apiOf(run, run.app.token, 'team'), 'team', canary);
  await run.app.close();
  await writeTwin(run, team.ownerId, content, [home.canary, canary]);
  run = await run.reopened();
  await run.settled();
  [home, team] = [home, team].map((side, i) => ({
    ...side,
    api: apiOf(run, run.app.token, i === 0 ? undefined : 'team'),
  })) as [Side, Side];
  // Team has things of its own, too: more of everything than home.
  await team.api.upload(file('more.md', `# More tea\n\nMira drinks black tea ${canary} from Shizuoka.\n`));
  await team.api.call('addMemories', {
    body: { memories: [{ text: `Green tea ${canary} is the best tea.` }] },
  });
  await run.settled();
  // From here on the model says what it was told, so that all of a prompt is in its answers.
  model.say(({ body }) => JSON.stringify(body['messages']));
}, 180_000);
afterAll(async () => {
  await run.end();
  await model.close();
});

test('every route, /v1 route and MCP tool is decided about', async () => {
  expect(Object.keys(READINGS).toSorted()).toEqual(Object.keys(routes).toSorted());
  expect(Object.keys(OPEN_AI).toSorted()).toEqual(Object.keys(openAiRoutes).toSorted());
  const client = await overMcp(team);
  expect((await client.tools()).map(({ name }) => name).toSorted()).toEqual(Object.keys(TOOLS).toSorted());
  await client.close();
  const reading = Object.entries(routes).filter(([, { method }]) => method === 'GET');
  const passed = reading.filter(([name]) => READINGS[name as RouteName].is === 'changes');
  expect(passed).toEqual([]);
});

test('both spaces have the same ids, each with its own content', async () => {
  for (const side of [home, team]) {
    const { api, canary } = side;
    expect((await api.call('getDocument', { params: { id: ids.documents } })).title).toBe(`Tea of ${canary}`);
    expect((await api.call('getItem', { params: { id: ids.items } })).text).toContain(canary);
    const { items } = await api.call('listMessages', { params: { id: ids.sessions }, query: {} });
    expect(items.map(({ id }) => id)).toContain(ids.messages);
  }
});

test('what home reads is the same as before there was another space: no count, order or score tells of it', async () => {
  const after = await readEverything(home, 'same');
  const changed = [...before].filter(([asked, text]) => after.get(asked) !== text);
  expect(changed.map(([asked, text]) => [asked, text, after.get(asked)])).toEqual([]);
  expect(before.size).toBeGreaterThan(80);
});

test('jobs are counted by space', async () => {
  for (const { api, callers } of [home, team]) {
    const { items } = await api.call('listJobs', { query: { limit: 200 } });
    const { jobs } = await api.call('status', {});
    expect(Object.values(jobs).reduce((sum, count) => sum + count, 0)).toBe(items.length);
    const dead = items.filter(({ status }) => status === 'dead').length;
    expect(dead).toBe(1);
    const [, viewer = { headers: {} }] = callers;
    const { queues } = (await (await responseTo('/api/queues', viewer)).json()) as QueueCounts;
    expect(queues.reduce((sum, queue) => sum + queue.dead, 0)).toBe(dead);
  }
});

test('no read path shows anything of the other space, to no caller', { timeout: 120_000 }, async () => {
  // Both at once, as what is shared by mistake is shared while it is in use.
  const [atHome, inTeam] = await Promise.all([readEverything(home), readEverything(team)]);
  expect(await leaksIn(atHome, home, team)).toEqual([]);
  expect(await leaksIn(inTeam, team, home)).toEqual([]);
  for (const [side, answers] of [
    [home, atHome],
    [team, inTeam],
  ] as const) {
    const own = [...answers.values()].filter((text) => text.includes(side.canary));
    expect(own.length).toBeGreaterThan(30);
  }
});

test('/v1 shows nothing of the other space', async () => {
  for (const [mine, theirs] of [
    [home, team],
    [team, home],
  ] as const) {
    const answers = new Map<string, string>();
    for (const [name, [path, bodies]] of Object.entries(OPEN_AI)) {
      const { method } = openAiRoutes[name as OpenAiRouteName];
      for (const [i, body] of bodies.entries()) {
        for (const [who, caller] of mine.callers.entries()) {
          const response = await responseTo(path, caller, { method, body });
          answers.set(`${name} ${i} ${who}`, `${response.status} ${await response.text()}`);
        }
      }
    }
    expect(await leaksIn(answers, mine, theirs)).toEqual([]);
    expect([...answers.values()].filter((text) => text.includes(mine.canary)).length).toBeGreaterThan(3);
  }
});

async function overMcp({ callers }: Side) {
  const connect = MCP_LINES.at(-1)?.[1];
  const key = callers.at(-1);
  if (connect === undefined || key === undefined) throw new Error('There is no client, or nobody to use it.');
  return connect({ url: `${run.app.url}/mcp`, headers: key.headers });
}

test('MCP shows nothing of the other space', async () => {
  for (const [mine, theirs] of [
    [home, team],
    [team, home],
  ] as const) {
    const client = await overMcp(mine);
    const answers = new Map([['profile', await client.read('memory://profile')]]);
    for (const [name, argumentsFor] of Object.entries(TOOLS)) {
      if (argumentsFor) answers.set(name, JSON.stringify(await client.call(name, argumentsFor(ids))));
    }
    await client.close();
    expect(await leaksIn(answers, mine, theirs)).toEqual([]);
    expect([...answers.values()].filter((text) => text.includes(mine.canary)).length).toBeGreaterThan(2);
  }
});

test('a backup, which holds all spaces, is refused to members of any', async () => {
  for (const { callers } of [home, team]) {
    for (const caller of callers) expect((await responseTo('/api/backup', caller)).status).toBe(403);
  }
});

test('the door of metrics names nothing of either space', async () => {
  const text = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
  expect(text).toContain('jiwa_');
  expect(text).not.toMatch(new RegExp(`${home.canary}|${team.canary}`));
  expect(text.match(UUID)).toBeNull();
});
