import fastify from 'fastify';
import { expect, test } from 'vitest';
import { servePage } from './serve-page.ts';

async function served(paths: readonly string[]) {
  const app = fastify();
  servePage(app);
  return Promise.all(paths.map((url) => app.inject({ method: 'GET', url })));
}

const SCRIPTS = ['main', 'chat', 'dom', 'libraries/marked', 'libraries/dompurify'].map(
  (name) => `/page/${name}.js`,
);

test('every script is JavaScript that says nothing of types, and so are those it imports', async () => {
  const seen = new Set<string>();
  const waiting = ['/page/main.js'];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (seen.has(path)) continue;
    seen.add(path);
    const [response] = await served([path]);
    expect([path, response?.statusCode]).toEqual([path, 200]);
    expect(response?.headers['content-type']).toContain('text/javascript');
    const body = response?.body ?? '';
    expect(body).not.toMatch(/^(import|export) type|\binterface \w+ \{|: readonly /mu);
    const near = body.matchAll(/from '\.\/([\w-]+\.js)'/gu);
    for (const [, name] of near) waiting.push(`/page/${name}`);
  }
  expect(seen.size).toBeGreaterThan(10);
});

test('all of it is served under one strict policy, and asked for anew after an update', async () => {
  const responses = await served(['/', '/page/page.css', ...SCRIPTS]);
  expect(new Set(responses.map(({ statusCode }) => statusCode))).toEqual(new Set([200]));
  const policies = new Set(responses.map(({ headers }) => headers['content-security-policy']));
  expect(policies.size).toBe(1);
  expect([...policies].join()).toContain("default-src 'none'");
  expect(new Set(responses.map(({ headers }) => headers['cache-control']))).toEqual(new Set(['no-cache']));
});

test('nothing is said in the terminal when types are taken out', async () => {
  const said: string[] = [];
  const hear = ({ message }: Error) => said.push(message);
  process.on('warning', hear);
  await served(SCRIPTS);
  await new Promise(setImmediate);
  process.off('warning', hear);
  expect(said).toEqual([]);
});
