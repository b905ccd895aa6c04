import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type RunningApp, file, runningApp } from '../e2e/running-app.ts';
import { cuttingProxy } from '../fakes/cutting-proxy.ts';
import { type ModelServer, modelServer } from '../fakes/model-server.ts';
import { openBrowser, type Visitor, visitor } from './visitor.ts';

const LEASE = 'The lease of the house ends on 30 June 2027. The rent is four million a month.';
const HARBOUR = 'The harbour of Amed is closed from July to September.';
const QUESTION = 'When does the lease of the house end?';
const ANSWER = 'The lease of the house ends on 30 June 2027 [1].';
const COUNTING = Array.from({ length: 40 }, (_, i) => `number${i}`).join(' ');

/** Keeps every state of an answer on its way. */
const REMEMBER_GROWTH = `
  window.growth = [];
  new MutationObserver(() => {
    const growing = document.querySelector('.message[aria-busy] .text');
    if (growing) window.growth.push(growing.textContent);
  }).observe(document.body, { childList: true, subtree: true });
`;

let browser: Browser;
let model: ModelServer;
let run: RunningApp;

beforeAll(async () => {
  model = await modelServer();
  run = await runningApp({ JIWA_PRIVATE_HOSTS: '127.0.0.1', JIWA_RATE_LIMITS: 'login=1000' });
  const provider = { preset: 'custom', baseUrl: model.baseUrl, model: 'scripted' } as const;
  await run.api.call('putProvider', { params: { id: 'scripted' }, body: provider });
  const body = { provider: 'scripted', model: 'scripted' };
  await run.api.call('setRole', { params: { role: 'chat' }, body });
  await run.api.upload(file('lease.md', LEASE));
  await run.settled();
  browser = await openBrowser();
});
afterAll(async () => {
  await browser?.close();
  await run?.end();
  await model?.close();
});
beforeEach(() => model.say(() => ({ text: ANSWER, delayMs: 10 })));

/** Enters and asks what is answered by counting; gives the growing answer once it has come to 3. */
async function countingTo3(guest: Visitor, delayMs: number) {
  const { page } = guest;
  model.say(() => ({ text: COUNTING, delayMs }));
  await guest.enter();
  await page.fill('#text', QUESTION);
  await page.press('#text', 'Enter');
  const growing = page.locator('.message[aria-busy]');
  await growing.filter({ hasText: 'number3' }).waitFor();
  return growing;
}

describe('a conversation', () => {
  test('streams its answer and can be opened again after a reload', async () => {
    await using guest = await visitor(browser, run);
    const { page } = guest;
    const growing = await countingTo3(guest, 25);
    expect(await growing.textContent()).not.toContain('number39');
    expect(await page.inputValue('#text')).toBe('');
    await page.locator('.message.assistant footer').waitFor();
    await page.reload();
    await page.locator('.message.assistant', { hasText: COUNTING }).waitFor();
    expect(await page.locator('.message').count()).toBe(2);
  });

  test('that is left while it is answered goes on where one comes back to it', async () => {
    await using guest = await visitor(browser, run);
    const { page } = guest;
    const growing = await countingTo3(guest, 60);
    await page.reload();
    await growing.filter({ hasText: 'number6' }).waitFor();
    expect(await growing.textContent()).not.toContain('number39');
    await page.locator('#stop').waitFor();
    await page.locator('.message.assistant footer', { hasText: 'Why' }).waitFor();
    expect(await page.locator('.message').allTextContents()).toEqual([
      expect.stringContaining(QUESTION),
      expect.stringContaining(COUNTING),
    ]);
  });

  test('takes a line with Shift+Enter and sends with Enter', async () => {
    await using guest = await visitor(browser, run);
    const { page } = guest;
    await guest.enter();
    await page.keyboard.type('first');
    await page.keyboard.press('Shift+Enter');
    await page.keyboard.type('second');
    expect(await page.inputValue('#text')).toBe('first\nsecond');
    await page.keyboard.press('Enter');
    await page.locator('.message.user', { hasText: 'second' }).waitFor();
  });

  test('goes on where its connection was cut, with nothing lost or doubled', async () => {
    model.say(() => ({ text: COUNTING, delayMs: 40 }));
    await using proxy = await cuttingProxy(run.app.url, []);
    await using guest = await visitor(browser, run, proxy.url);
    const { page } = guest;
    await guest.enter();
    await page.evaluate(REMEMBER_GROWTH);
    const follows: string[] = [];
    page.on('request', (request) => follows.push(request.url()));
    await page.fill('#text', QUESTION);
    await page.press('#text', 'Enter');
    await page.locator('.message[aria-busy]', { hasText: 'number5' }).waitFor();
    proxy.cutNow();
    await page.locator('.message.assistant footer').waitFor();
    const growth: readonly string[] = await page.evaluate('window.growth');
    expect(growth.filter((text) => !COUNTING.startsWith(text.trim()))).toEqual([]);
    expect(growth.at(-1)).toContain('number35');
    expect(follows.filter((url) => url.endsWith('/events'))).toHaveLength(1);
  });

  test('is stopped at once, and keeps what was said', async () => {
    model.say(() => ({ text: COUNTING, delayMs: 200 }));
    await using guest = await visitor(browser, run);
    const { page } = guest;
    await guest.enter();
    await page.fill('#text', 'How far can you count?');
    await page.press('#text', 'Enter');
    await page.locator('.message[aria-busy]', { hasText: 'number3' }).waitFor();
    await page.click('#stop');
    await page.getByText('Stopped here.').waitFor({ timeout: 2_000 });
    expect(await page.locator('.message.assistant').textContent()).toContain('number3');
    const asked = model.requests.find(({ body }) => JSON.stringify(body).includes('How far can you count'));
    expect(await asked?.cut).toBe(true);
  });

  test('keeps what was typed when it cannot be sent, and says why', async () => {
    await using guest = await visitor(browser, run);
    const { page } = guest;
    await guest.enter();
    await page.context().setOffline(true);
    await page.fill('#text', 'Remember this.');
    await page.press('#text', 'Enter');
    await page.locator('#status.error').waitFor();
    expect(await page.inputValue('#text')).toBe('Remember this.');
  });

  test('has other versions of an answer and of a message, and arrows between them', async () => {
    await using guest = await visitor(browser, run);
    const { page } = guest;
    await guest.enter();
    await guest.say(QUESTION);
    model.say(() => 'Another answer.');
    await page.getByText('Again').click();
    await page.locator('.message.assistant', { hasText: 'Another answer.' }).getByText('2/2').waitFor();
    await page.getByLabel('The version before').click();
    const former = page.locator('.message.assistant', { hasText: '30 June 2027' });
    await former.getByText('1/2').waitFor();
    await page.getByText('Edit').click();
    await page.getByLabel('Say instead').fill('What is the rent of the house?');
    await page.getByText('Save and answer').click();
    await page.locator('.message.user', { hasText: 'the rent' }).getByText('2/2').waitFor();
    expect(await page.locator('.message').count()).toBe(2);
  });

  test('shows earlier messages when somebody scrolls up, without a jump', async () => {
    const { id } = await run.api.call('createSession', { body: { title: 'Long' } });
    for (let i = 0; i < 60; i++) {
      for await (const _ of run.api.send(id, { text: `Line ${i}.`, answer: false }));
    }
    await using guest = await visitor(browser, run);
    const { page } = guest;
    await guest.enter(`#session=${id}`);
    await page.getByText('Line 59.').waitFor();
    expect(await page.locator('.message').count()).toBe(50);
    await page.getByText('Line 12.').scrollIntoViewIfNeeded();
    await page.getByText('Line 0.').waitFor();
    expect(await page.locator('.message').count()).toBe(60);
    const top = await page.evaluate('document.getElementById("messages").scrollTop');
    expect(top).toBeGreaterThan(0);
  });
});

describe('beside a conversation', () => {
  test('a citation opens at its place with the quote marked, and Escape closes it', async () => {
    await run.api.upload(file('harbour.md', `# Harbour\n\n${HARBOUR} Boats wait outside.`));
    await run.settled();
    model.say(() => `${HARBOUR.replace('.', '')} [1].`);
    await using guest = await visitor(browser, run);
    const { page } = guest;
    await guest.enter();
    await guest.say('When is the harbour of Amed closed?');
    await page.getByLabel('Source 1').click();
    await page.locator('#panel h2', { hasText: 'harbour.md' }).waitFor();
    expect(await page.locator('#panel mark').textContent()).toBe(HARBOUR);
    expect(await page.locator('#panel .passage').textContent()).toContain('Boats wait outside.');
    await page.keyboard.press('Escape');
    await page.locator('#panel h2').waitFor({ state: 'detached' });
    expect(await page.evaluate('document.activeElement.id')).toBe('text');
  });

  test('an answer tells why it is as it is', async () => {
    await using guest = await visitor(browser, run);
    const { page } = guest;
    await guest.enter();
    await guest.say(QUESTION);
    await page.getByText('Why?').click();
    const panel = page.locator('#panel');
    await panel.getByText('scripted · scripted').waitFor();
    await panel.getByText('[1] kept: supported').waitFor();
    await panel.getByText('Open').first().click();
    expect(await panel.locator('mark').textContent()).not.toBe('');
  });

  test('files are taken in by choosing and by dropping, each with its state', async () => {
    await using guest = await visitor(browser, run);
    const { page } = guest;
    await guest.enter();
    const boat = { name: 'boat.txt', mimeType: 'text/plain', buffer: Buffer.from('The boat is blue.') };
    const broken = { name: 'broken.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.7 no') };
    await page.setInputFiles('#file', [boat, broken]);
    const state = (name: string) => page.locator('#uploads li', { hasText: name });
    await state('boat.txt').filter({ hasText: 'ready' }).waitFor();
    await state('broken.pdf').locator('.error', { hasText: 'failed' }).waitFor();
    const dataTransfer = await page.evaluateHandle(
      `(() => {
        const data = new DataTransfer();
        data.items.add(new File(['The kayak is red.'], 'kayak.txt'));
        return data;
      })()`,
    );
    await page.dispatchEvent('body', 'drop', { dataTransfer });
    await state('kayak.txt').filter({ hasText: 'ready' }).waitFor();
    await page.click('#show-jobs');
    await page.locator('#panel h2', { hasText: 'Jobs' }).waitFor();
    expect(await page.locator('.job', { hasText: 'read-document' }).count()).toBeGreaterThanOrEqual(3);
  });

  test('a model is set up, and one that does not answer is refused with the reason', async () => {
    await using guest = await visitor(browser, run);
    const { page } = guest;
    await guest.enter();
    await page.click('#show-models');
    await page.selectOption('#panel [name=provider]', 'custom');
    await page.fill('#panel [name=address]', 'http://127.0.0.1:9/v1');
    await page.fill('#panel [name=model]', 'scripted');
    await page.getByText('Try and save').click();
    await page.locator('#panel [role=alert]', { hasText: 'cannot be reached' }).waitFor();
    await page.fill('#panel [name=address]', model.baseUrl);
    await page.getByText('Try and save').click();
    await page.locator('#panel', { hasText: 'chat custom · scripted' }).waitFor();
    const { roles } = await run.api.call('listModels', {});
    expect(roles.find(({ role }) => role === 'chat')).toMatchObject({ provider: 'custom' });
  });
});

describe('the content security policy', () => {
  test('stops a script that got into the page, and nothing the page does itself', async () => {
    await using guest = await visitor(browser, run);
    const { page } = guest;
    await guest.enter();
    await guest.say(QUESTION);
    await page.getByText('Why?').click();
    expect(await guest.violations()).toEqual([]);
    const hurt = `
      const script = document.createElement('script');
      script.append('window.ran = true');
      const image = document.createElement('img');
      try {
        image.setAttribute('onerror', 'window.ran = true');
      } catch {}
      image.src = 'https://evil.example/x.png';
      document.body.append(script, image);
      new Promise((resolve) => setTimeout(resolve, 300)).then(() => window.ran)`;
    expect(await page.evaluate(hurt)).toBeUndefined();
    const stopped = ['require-trusted-types-for', 'img-src'];
    expect(await guest.violations()).toEqual(expect.arrayContaining(stopped));
  });

  test('lets no script in by its words, even where nothing asks for trusted types', async () => {
    const policy = (await fetch(run.app.url)).headers.get('content-security-policy') ?? '';
    const rules = new Map(policy.split('; ').map((rule) => [rule.split(' ')[0], rule]));
    expect(rules.get('default-src')).toBe("default-src 'none'");
    expect(rules.get('script-src')).toMatch(/^script-src 'self' 'sha256-[\w+/]{43}='$/);
    expect(policy).not.toMatch(/unsafe|\*|https?:/);
  });
});
