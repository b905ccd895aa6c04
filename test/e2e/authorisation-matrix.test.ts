import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newId } from '../../src/core/ids.ts';
import { type Subject, permitted } from '../../src/people/authorise.ts';
import { MOUNTED } from '../../src/surfaces/http/policies.ts';
import type { Client } from '../../src/wire/client.ts';
import { openAiRoutes } from '../../src/wire/openai-routes.ts';
import type { Action, Route } from '../../src/wire/route.ts';
import { type RouteName, routes } from '../../src/wire/routes.ts';
import { type Caller, apiOf, expireKey, invited, keyed } from './people.ts';
import { type RunningApp, file, runningApp } from './running-app.ts';

/** What removes things comes last, so that all the others find them. */
const table = (Object.entries(routes) as [RouteName, Route][]).toSorted(
  ([, a], [, b]) => Number(a.method === 'DELETE') - Number(b.method === 'DELETE'),
);

/** A success of these ends what the caller shows: who may do them is checked here, what they do in tests of their own. */
const ENDING = new Set<RouteName>(['signOut', 'endLogins', 'renewToken']);

type Things = Readonly<Record<string, string>>;

/** One thing of each kind that has an id, by the word that stands before the id in paths. */
async function thingsOf(api: Client): Promise<Things> {
  const { document } = await api.upload(
    file('tea.txt', 'Mira drinks green tea from Shizuoka every morning.'),
  );
  const session = await api.call('createSession', { body: {} });
  let messages = '';
  for await (const event of api.send(session.id, { text: 'What does Mira drink?' })) {
    if (event.kind === 'answer-end') messages = event.message.id;
  }
  const jobs = (await api.call('listJobs', { query: {} })).items[0]?.id ?? '';
  const users = (await api.call('createService', { body: { name: 'robot' } })).id;
  const invitations = (await api.call('inviteUser', { body: { name: 'x', role: 'viewer' } })).id;
  const keys = (await keyed(api, { name: 'key' }, users)).id;
  const own = { documents: document.id, messages, answers: messages, jobs, users, invitations, keys };
  return { ...own, sessions: session.id, items: messages, citations: messages, memories: messages };
}

const ABSENT: Things = new Proxy({}, { get: () => newId() });

function bodyOf(name: RouteName, things: Things): unknown {
  const bodies: Partial<Record<RouteName, unknown>> = {
    renameSession: { title: 'Other' },
    sendMessage: { text: 'More tea.', answer: false },
    editMessage: { text: 'Less tea.' },
    chooseLeaf: { messageId: things['messages'] },
    branchSession: { messageId: things['messages'] },
    updateMemory: { text: 'No tea.' },
    createKey: { name: 'key' },
    ask: { question: 'What does Mira drink?' },
    askStream: { question: 'What does Mira drink?' },
    recall: { question: 'What does Mira drink?' },
  };
  return bodies[name] ?? {};
}

/** The path with ids of these things; words are those that every installation has. */
function pathOf({ path }: Route, things: Things): string {
  const parts = path.split('/');
  return parts
    .map((part, i) => {
      if (part === ':id') return path.includes('/providers/') ? 'nobody' : (things[parts[i - 1] ?? ''] ?? '');
      if (part === ':messageId') return things['messages'];
      return { ':name': 'nightly', ':key': 'upload.limitMb', ':role': 'shadow' }[part] ?? part;
    })
    .join('/');
}

const hasIds = ({ path }: Route) => path.includes(':id') && !path.includes('/providers/');

let run: RunningApp;
let own: Things;
let foreign: Things;
interface Known extends Caller {
  readonly may: readonly Action[];
}
let known: Record<string, Known>;
let refused: Record<string, Caller>;

const subject = (role: Subject['role'], changes: Partial<Subject> = {}): readonly Action[] =>
  permitted({ ownerId: 'a', userId: 'u', kind: 'session', atHome: true, role, ...changes });

beforeAll(async () => {
  run = await runningApp({ JIWA_RATE_LIMITS: 'login=1000,failure=100000,chat=100000,request=1000000' });
  const dead = await keyed(run.api, { name: 'revoked' });
  const expired = await keyed(run.api, { name: 'expired', days: 1 });
  await run.api.call('revokeKey', { params: { id: dead.id } });
  run = await expireKey(run, expired.id);
  const { api } = run;
  await api.call('createSpace', { body: { name: 'team' } });
  const team = apiOf(run, run.app.token, 'team');
  [own, foreign] = [await thingsOf(api), await thingsOf(team)];
  const service = await api.call('createService', { body: { name: 'importer' } });
  const narrow = { name: 'narrow', scopes: ['memory:read' as const] };
  known = {
    'the token of this machine': {
      headers: { authorization: `Bearer ${run.app.token}` },
      may: subject('host', { kind: 'token' }),
    },
    'a host with a browser': { ...(await invited(run, api, 'host', 'wayan')), may: subject('host') },
    'an editor': { ...(await invited(run, api, 'editor', 'made')), may: subject('editor') },
    'a viewer': { ...(await invited(run, api, 'viewer', 'nyoman')), may: subject('viewer') },
    'a service': {
      ...(await keyed(api, { name: 'key' }, service.id)),
      may: subject('service', { kind: 'key' }),
    },
    'a key that may only read': {
      ...(await keyed(api, narrow)),
      may: subject('host', { kind: 'key', scopes: narrow.scopes }),
    },
  };
  const teamHost = await invited(run, team, 'host', 'ketut');
  known['a host of another space'] = { ...teamHost, may: subject('host', { atHome: false }) };
  refused = {
    'shows nothing': { headers: {} },
    'shows a revoked key': dead,
    'shows an expired key': expired,
    'shows a made-up token': { headers: { authorization: 'Bearer jiwa_made-up' } },
  };
  await run.settled();
}, 120_000);
afterAll(() => run.end());

async function call(
  [name, route]: [RouteName, Route],
  { headers }: Caller,
  things: Things,
): Promise<{ readonly status: number; readonly text: string }> {
  const body = route.body === undefined ? undefined : JSON.stringify(bodyOf(name, things));
  const response = await fetch(`${run.app.url}${pathOf(route, things)}`, {
    method: route.method,
    headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body }),
    signal: AbortSignal.timeout(20_000),
  });
  return { status: response.status, text: await response.text() };
}

/** Both messages name no id but the one that was asked for. */
const withoutIds = (text: string) => text.replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '<id>');

type Fault = readonly unknown[];
interface Whose {
  readonly mine: Things;
  readonly theirs: Things;
}

/** Who may not do it is told so, whatever it would be done to. */
async function refusedFaults(entry: [RouteName, Route], caller: Caller, whose: Whose): Promise<Fault[]> {
  const faults: Fault[] = [];
  for (const [of, things] of Object.entries({ ...whose, absent: ABSENT })) {
    const { status } = await call(entry, caller, things);
    if (status !== 403) faults.push([of, status]);
  }
  return faults;
}

/** Who may do it does it to their own; what belongs to others is as if it did not exist. */
async function allowedFaults(entry: [RouteName, Route], caller: Caller, whose: Whose): Promise<Fault[]> {
  const [name, route] = entry;
  const faults: Fault[] = [];
  if (hasIds(route)) {
    const [foreigner, absent] = [await call(entry, caller, whose.theirs), await call(entry, caller, ABSENT)];
    if (foreigner.status !== 404) faults.push(['theirs', foreigner]);
    if (withoutIds(foreigner.text) !== withoutIds(absent.text))
      faults.push(['told apart', foreigner, absent]);
  }
  if (ENDING.has(name)) return faults;
  const { status, text } = await call(entry, caller, whose.mine);
  if (status === 401 || status === 403 || status >= 500) faults.push(['mine', status, text]);
  if (route.method === 'GET' && hasIds(route) && status !== 200) faults.push(['not found', status, text]);
  return faults;
}

describe('every route of the table', () => {
  test.each([0, 1, 2, 3])('refuses who is not known (%i), whatever they ask for', async (which) => {
    const caller = Object.values(refused)[which];
    const wrong: unknown[] = [];
    for (const entry of table) {
      if (entry[1].action === 'public' || caller === undefined) continue;
      for (const things of hasIds(entry[1]) ? [own, ABSENT] : [own]) {
        const { status } = await call(entry, caller, things);
        if (status !== 401) wrong.push([Object.keys(refused)[which], entry[0], status]);
      }
    }
    expect(wrong).toEqual([]);
  });

  test.each([0, 1, 2, 3, 4, 5, 6])(
    'lets each caller (%i) do what they may and nothing more',
    async (which) => {
      const [who, caller] = Object.entries(known)[which] ?? [];
      if (caller === undefined) throw new Error('The table of callers is shorter than the test thinks.');
      const atHome = who !== 'a host of another space';
      const mine = await thingsOf(atHome ? run.api : apiOf(run, run.app.token, 'team'));
      const things = { mine, theirs: atHome ? foreign : own };
      const wrong: unknown[] = [];
      for (const entry of table) {
        if (entry[1].action === 'public') continue;
        const allowed = caller.may.includes(entry[1].action);
        const faults = await (allowed ? allowedFaults : refusedFaults)(entry, caller, things);
        for (const fault of faults) wrong.push([who, entry[0], ...fault]);
      }
      expect(wrong).toEqual([]);
    },
    120_000,
  );
});

describe('what is attached by its id', () => {
  test('is not found when it is another space’s, also below a thing of one’s own', async () => {
    const { api } = run;
    const fresh = await thingsOf(api);
    const strange = { ...fresh, messages: foreign['messages'] ?? '' };
    const caller = known['the token of this machine'] ?? { headers: {} };
    for (const name of ['deleteMessage', 'chooseLeaf', 'branchSession'] as const) {
      expect([name, (await call([name, routes[name]], caller, strange)).status]).toEqual([name, 404]);
    }
  });

  test('in a filter finds nothing of another space', async () => {
    const filter = { documentIds: [foreign['documents'] ?? ''] };
    const body = { question: 'What does Mira drink?', filter };
    expect((await run.api.call('recall', { body })).hits).toEqual([]);
  });

  test('lets nobody into a space they do not belong to', async () => {
    const editor = known['an editor'] ?? { headers: {} };
    for (const space of ['team', 'nowhere', newId()]) {
      const headers = { ...editor.headers, 'jiwa-space': space };
      expect((await fetch(`${run.app.url}/api/status`, { headers })).status).toBe(404);
    }
  });
});

describe('paths beside the table', () => {
  test('that ask for a secret refuse who shows none, by any method', async () => {
    const admitted = Object.keys(MOUNTED).filter((prefix) => MOUNTED[prefix] === 'admitted');
    expect(admitted).toEqual(['/v1', '/mcp']);
    const paths = [
      ['POST', '/mcp'],
      ['GET', '/mcp'],
      ['DELETE', '/mcp'],
    ];
    for (const { method, path } of Object.values(openAiRoutes)) paths.push([method, path.replace('*', 'x')]);
    for (const [method = '', path = ''] of paths) {
      const response = await fetch(`${run.app.url}${path}`, { method });
      expect([method, path, response.status]).toEqual([method, path, 401]);
    }
  });
});

describe('a browser session', () => {
  const change = (headers: Record<string, string>) =>
    fetch(`${run.app.url}/api/sessions`, { method: 'POST', headers });

  test('changes nothing without the header that only a page of ours can send', async () => {
    const { cookie = '' } = known['an editor']?.headers ?? {};
    expect((await change({ cookie })).status).toBe(403);
    expect((await change({ cookie, 'jiwa-request': 'page' })).status).toBe(201);
    expect((await change({ cookie, 'jiwa-request': 'page', origin: 'https://evil.example' })).status).toBe(
      403,
    );
  });

  test('ends for good when its user signs out', async () => {
    const { headers } = await invited(run, run.api, 'viewer', 'komang');
    const out = await fetch(`${run.app.url}/api/logout`, { method: 'POST', headers });
    expect(out.headers.get('set-cookie')).toMatch(
      /^jiwa=; .*Expires=Thu, 01 Jan 1970.*HttpOnly; SameSite=Lax/,
    );
    expect((await fetch(`${run.app.url}/api/me`, { headers })).status).toBe(401);
  });
});
