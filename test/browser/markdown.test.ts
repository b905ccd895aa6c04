import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RunningApp, runningApp } from '../e2e/running-app.ts';
import { type ModelServer, modelServer } from '../fakes/model-server.ts';
import { HOSTILE_MARKDOWN } from './hostile-markdown.ts';
import { type Visitor, openBrowser, visitor } from './visitor.ts';

let browser: Browser;
let model: ModelServer;
let run: RunningApp;

beforeAll(async () => {
  model = await modelServer();
  run = await runningApp({ JIWA_PRIVATE_HOSTS: '127.0.0.1', JIWA_RATE_LIMITS: 'login=1000' });
  browser = await openBrowser();
});
afterAll(async () => {
  await browser?.close();
  await run?.end();
  await model?.close();
});

const TAGS = new Set(
  'a blockquote br button code del em h1 h2 h3 h4 h5 h6 hr li ol p pre small strong table tbody td th thead tr ul'.split(
    ' ',
  ),
);
const ATTRIBUTES = new Set(['href', 'title', 'target', 'rel', 'class', 'start', 'aria-label']);

/** Every element inside what was said, with its attributes. */
const INSIDE = `[...document.querySelectorAll('.message .text *')].map((element) => ({
  tag: element.localName,
  attributes: element.getAttributeNames(),
  href: element.getAttribute('href'),
  rel: element.getAttribute('rel'),
  text: element.textContent,
}))`;

interface Inside {
  readonly tag: string;
  readonly attributes: readonly string[];
  readonly href: string | null;
  readonly rel: string | null;
  readonly text: string;
}

/** What is wrong with a link: it leads into the page or a program, tells the other side, or hides where it leads. */
function linkFaults({ tag, href, rel, text }: Inside): string[] {
  if (tag !== 'a' || href === null) return [];
  if (!/^(https?|mailto):/.test(href)) return [`leads to ${href}`];
  const { host, pathname, username, href: whole } = new URL(href);
  const says = (text === whole && username === '') || text.includes(`(${host || pathname})`);
  return [
    ...(says ? [] : [`${text} hides ${href}`]),
    ...(rel?.includes('noopener') && rel.includes('noreferrer') ? [] : [`${href} tells of us`]),
  ];
}

/** Moves over, focuses and clicks all that was said, as a curious person would; links are followed nowhere. */
const CURIOUS = `
  addEventListener('click', (event) => event.target.closest('a') && event.preventDefault());
  for (const element of document.querySelectorAll('.message .text *')) {
    for (const name of ['pointerenter', 'mouseover', 'focus', 'error', 'load', 'toggle', 'animationstart'])
      element.dispatchEvent(new Event(name));
    element.click();
  }`;

/** What hostile texts did to the page that shows them. */
async function harm(guest: Visitor): Promise<readonly unknown[]> {
  const { page } = guest;
  const inside: readonly Inside[] = await page.evaluate(INSIDE);
  await page.evaluate(CURIOUS);
  await page.waitForLoadState('networkidle');
  const ran = await page.evaluate('window.ran');
  return [
    ...inside.map(({ tag }) => tag).filter((tag) => !TAGS.has(tag)),
    ...inside.flatMap(({ attributes }) => attributes).filter((name) => !ATTRIBUTES.has(name)),
    ...inside.flatMap(linkFaults),
    ...guest.outside,
    ...(await guest.violations()),
    ...(ran === undefined ? [] : ['a script ran']),
    ...(new URL(page.url()).pathname === '/' ? [] : [`the page went to ${page.url()}`]),
  ];
}

test('nothing hostile in messages runs, loads or hides where it leads', async () => {
  expect(HOSTILE_MARKDOWN.length).toBeGreaterThanOrEqual(60);
  const half = Math.ceil(HOSTILE_MARKDOWN.length / 2);
  for (const texts of [HOSTILE_MARKDOWN.slice(0, half), HOSTILE_MARKDOWN.slice(half)]) {
    const { id } = await run.api.call('createSession', { body: {} });
    for (const text of texts) {
      for await (const _ of run.api.send(id, { text, answer: false }));
    }
    await using guest = await visitor(browser, run);
    await guest.enter(`#session=${id}`);
    await guest.page
      .locator('.message')
      .nth(texts.length - 1)
      .waitFor();
    expect(await harm(guest)).toEqual([]);
  }
});

test('nothing hostile in an answer runs or loads while it comes, however it is cut', async () => {
  const provider = { preset: 'custom', baseUrl: model.baseUrl, model: 'scripted' } as const;
  await run.api.call('putProvider', { params: { id: 'scripted' }, body: provider });
  const body = { provider: 'scripted', model: 'scripted' };
  await run.api.call('setRole', { params: { role: 'chat' }, body });
  model.say(() => ({ text: HOSTILE_MARKDOWN.join('\n\n'), delayMs: 2 }));
  await using guest = await visitor(browser, run);
  await guest.enter();
  await guest.say('Show me everything.');
  expect(await harm(guest)).toEqual([]);
});

test('letters that look like others show as what they are', async () => {
  const { id } = await run.api.call('createSession', { body: {} });
  const text = '[раураl.example](https://раураl.example/sign-in)';
  for await (const _ of run.api.send(id, { text, answer: false }));
  await using guest = await visitor(browser, run);
  await guest.enter(`#session=${id}`);
  const shown = await guest.page.locator('.message a').textContent();
  expect(shown).toMatch(/\(xn--[\w-]+\.example\)$/);
});
