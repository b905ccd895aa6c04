import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { apiOf } from '../e2e/people.ts';
import { type RunningApp, file, runningApp } from '../e2e/running-app.ts';
import { openBrowser, visitor } from './visitor.ts';

const PASSWORD = 'a long enough one';
const QUESTION = 'When does the lease of the house end?';

let browser: Browser;
let run: RunningApp;
let sessionId: string;

beforeAll(async () => {
  run = await runningApp({ JIWA_RATE_LIMITS: 'login=1000' });
  await run.api.upload(file('lease.md', 'The lease of the house ends on 30 June 2027.'));
  sessionId = (await run.api.call('createSession', { body: { title: 'House' } })).id;
  for await (const _ of run.api.send(sessionId, { text: QUESTION }));
  await run.settled();
  browser = await openBrowser();
});
afterAll(async () => {
  await browser?.close();
  await run?.end();
});

const link = async () => `/#in=${(await run.api.call('makeSignInLink', {})).secret}`;
const yes = (page: Page) => page.getByRole('button', { name: 'Sign in' }).click();
const who = (page: Page, text: string) => page.locator('#who', { hasText: text }).waitFor();
/** What the server says of the browser, whatever the page shows. */
const whoIsIn = (page: Page): Promise<{ readonly name?: string }> =>
  page.evaluate(`fetch('/api/me').then((response) => response.json())`);

async function invitation(
  role: 'host' | 'editor' | 'viewer',
  name: string,
  api = run.api,
): Promise<{ readonly id: string; readonly hash: string }> {
  const { id, secret } = await api.call('inviteUser', { body: { name, role } });
  return { id, hash: `/#invitation=${secret}` };
}

/** Opens an invitation and fills its form; the name stays as it was invited. */
async function join(page: Page, hash: string, login: string, password = PASSWORD): Promise<void> {
  await page.goto(hash);
  const form = page.locator('#join');
  await form.getByLabel('Login').fill(login);
  await form.getByLabel('Password').fill(password);
  await form.getByRole('button', { name: 'Join' }).click();
}

describe('a sign-in link', () => {
  test('asks before it signs in, leaves no secret in the address, and works once', async () => {
    await using first = await visitor(browser, run);
    await using second = await visitor(browser, run);
    const hash = await link();
    await first.page.goto(hash);
    await first.page.getByText('Sign in as owner in home?').waitFor();
    expect(first.page.url()).not.toContain('jiwa_link');
    expect((await whoIsIn(first.page)).name).toBeUndefined();
    await yes(first.page);
    await who(first.page, 'owner · home');
    await second.page.goto(hash);
    await second.page.locator('#sign-in-error', { hasText: 'was used or has expired' }).waitFor();
  });

  test('that is put away signs nobody in, and can be used later', async () => {
    await using guest = await visitor(browser, run);
    const { page } = guest;
    const hash = await link();
    await page.goto(hash);
    await page.locator('#enter').getByText('Not now').click();
    await page.locator('#sign-in[open]').waitFor();
    expect((await whoIsIn(page)).name).toBeUndefined();
    await page.goto(hash);
    await yes(page);
    await who(page, 'owner · home');
  });

  test('of somebody else leaves who is signed in as they are, until they say otherwise', async () => {
    await using guest = await visitor(browser, run);
    const { page } = guest;
    await join(page, (await invitation('editor', 'Ketut')).hash, 'ketut');
    await who(page, 'Ketut · home');
    const hash = await link();
    await page.goto(hash);
    await page.getByText('You are signed in as Ketut in home now.').waitFor();
    await page.keyboard.press('Escape');
    await who(page, 'Ketut · home');
    expect((await whoIsIn(page)).name).toBe('Ketut');
    await page.goto(hash);
    await yes(page);
    await who(page, 'owner · home');
  });

  test('that is over is told to who is signed in, and leaves them signed in', async () => {
    await using guest = await visitor(browser, run);
    const { page } = guest;
    await guest.enter();
    await page.goto('/#in=jiwa_link_made_up');
    await page.locator('#status.error', { hasText: 'was used or has expired' }).waitFor();
    await who(page, 'owner · home');
    expect((await whoIsIn(page)).name).toBe('owner');
  });
});

test('a login and password that are wrong are refused with words, the right ones let in', async () => {
  await using guest = await visitor(browser, run);
  const { page } = guest;
  const made = await run.api.call('resetPassword', { body: { user: 'owner', login: 'wayan' } });
  await page.goto('/');
  const form = page.locator('#sign-in');
  await form.getByLabel('Login').fill(made.login);
  await form.getByLabel('Password').fill('a wrong guess');
  await page.keyboard.press('Enter');
  await page.locator('#sign-in-error', { hasText: 'not right' }).waitFor();
  await form.getByLabel('Password').fill(made.password);
  await page.keyboard.press('Enter');
  await who(page, 'owner');
  expect(await form.isVisible()).toBe(false);
  await page.getByText('Sign out').click();
  await page.locator('#sign-in[open]').waitFor();
});

describe('an invitation', () => {
  test('makes a login, signs in and leaves no secret in the address', async () => {
    await using guest = await visitor(browser, run);
    const { page } = guest;
    const { hash } = await invitation('editor', 'Made');
    await page.goto(hash);
    await page.getByText('owner invites you as editor.').waitFor();
    expect(page.url()).not.toContain('jiwa_invitation');
    expect(await page.getByLabel('Name').inputValue()).toBe('Made');
    await join(page, hash, 'made');
    await who(page, 'Made · home');
    expect(await guest.violations()).toEqual([]);
  });

  test('asks who has a login here already for their password', async () => {
    const { api } = run;
    await using guest = await visitor(browser, run);
    const { page } = guest;
    await join(page, (await invitation('viewer', 'Komang', api)).hash, 'komang');
    await who(page, 'Komang · home');
    await api.call('createSpace', { body: { name: 'team' } });
    const { hash } = await invitation('editor', 'Komang', apiOf(run, run.app.token, 'team'));
    await join(page, hash, 'komang', 'not the password');
    const form = page.locator('#join');
    await form.getByRole('alert').filter({ hasText: 'not right' }).waitFor();
    await form.getByLabel('Password').fill(PASSWORD);
    await form.getByRole('button', { name: 'Join' }).click();
    await who(page, 'Komang · team');
    await page.reload();
    await who(page, 'Komang · team');
    expect(await page.locator('#composer').isVisible()).toBe(true);
    await page.getByLabel('Space', { exact: true }).selectOption('home');
    await who(page, 'Komang · home');
    await page.getByRole('button', { name: 'House' }).waitFor();
    expect(await page.locator('#composer').isVisible()).toBe(false);
  });

  test('into a space that one was taken out of later leaves the others open', async () => {
    await using guest = await visitor(browser, run);
    const { page } = guest;
    await run.api.call('createSpace', { body: { name: 'club · клуб' } });
    const club = apiOf(run, run.app.token, 'club · клуб');
    await join(page, (await invitation('viewer', 'Ari')).hash, 'ari');
    await who(page, 'Ari · home');
    await join(page, (await invitation('viewer', 'Ari', club)).hash, 'ari');
    await who(page, 'Ari · club · клуб');
    const { users } = await club.call('listUsers', {});
    const id = users.find(({ login }) => login === 'ari')?.id ?? '';
    await club.call('removeUser', { params: { id } });
    await page.reload();
    await who(page, 'Ari · home');
    expect(await page.getByLabel('Space', { exact: true }).isVisible()).toBe(false);
  });

  test('whose guest is removed while the page is open tells them that they are signed out', async () => {
    await using guest = await visitor(browser, run);
    const { page } = guest;
    await join(page, (await invitation('editor', 'Surya')).hash, 'surya');
    await who(page, 'Surya · home');
    const { users } = await run.api.call('listUsers', {});
    const id = users.find(({ login }) => login === 'surya')?.id ?? '';
    await run.api.call('removeUser', { params: { id } });
    await page.fill('#text', 'Am I still here?');
    await page.press('#text', 'Enter');
    await page.locator('#status.error', { hasText: 'You are no longer signed in.' }).waitFor();
    expect(await page.inputValue('#text')).toBe('Am I still here?');
    await page.reload();
    await page.fill('#login', 'surya');
    await page.fill('#password', 'not the password');
    await page.locator('#sign-in').getByRole('button', { name: 'Sign in' }).click();
    await page.locator('#sign-in-error', { hasText: 'not right' }).waitFor();
  });

  test('that was taken back says so', async () => {
    await using guest = await visitor(browser, run);
    const { id, hash } = await invitation('viewer', 'Nobody');
    await run.api.call('revokeInvitation', { params: { id } });
    await guest.page.goto(hash);
    await guest.page.locator('#sign-in-error', { hasText: 'taken back' }).waitFor();
    expect(await guest.page.locator('#join').isVisible()).toBe(false);
  });
});

describe('who may only read', () => {
  test('finds no field to write in, and every control that would be refused disabled with the reason', async () => {
    await using guest = await visitor(browser, run);
    const { page } = guest;
    await join(page, (await invitation('viewer', 'Nyoman')).hash, 'nyoman');
    await who(page, 'Nyoman · home');
    const reason = 'Your role in home is viewer; it does not let you write.';
    await page.locator('#read-only', { hasText: reason }).waitFor();
    for (const id of ['#composer', '#add-files', '#new']) {
      expect([id, await page.locator(id).isVisible()]).toEqual([id, false]);
    }
    await page.getByRole('button', { name: 'House' }).click();
    for (const name of ['Edit', 'Again']) {
      const control = page.getByRole('button', { name });
      await control.waitFor();
      expect([name, await control.isDisabled(), await control.getAttribute('title')]).toEqual([
        name,
        true,
        reason,
      ]);
    }
    await page.getByText('Why?').click();
    await page.locator('#panel', { hasText: 'Why this answer' }).waitFor();
    const why = await page.locator('#panel').textContent();
    expect(why).toContain('none, quotes from memory');
    expect(why).not.toContain('not in the prompt');
    await page.click('#show-models');
    await page.locator('#panel', { hasText: 'it does not let you choose models' }).waitFor();
    expect(await page.getByText('Try and save').count()).toBe(0);
    await page.dispatchEvent('body', 'drop', {
      dataTransfer: await page.evaluateHandle('new DataTransfer()'),
    });
    await page.locator('#status.error', { hasText: reason }).waitFor();
  });

  test('sees a job that waits, and cannot cancel it', async () => {
    await using guest = await visitor(browser, run);
    const { page } = guest;
    await run.api.call('pauseQueue', { params: { name: 'ingestion' } });
    await run.api.upload(file('waiting.md', 'The boat waits.'));
    await join(page, (await invitation('viewer', 'Gede')).hash, 'gede');
    await who(page, 'Gede · home');
    await page.click('#show-jobs');
    const cancel = page.locator('.job', { hasText: 'read-document' }).getByRole('button', { name: 'Cancel' });
    expect(await cancel.getAttribute('title')).toContain('does not let you write');
    expect(await cancel.isDisabled()).toBe(true);
    await run.api.call('resumeQueue', { params: { name: 'ingestion' } });
  });

  test('is not who may write: an editor has all of it but the models', async () => {
    await using guest = await visitor(browser, run);
    const { page } = guest;
    await join(page, (await invitation('editor', 'Putu')).hash, 'putu');
    await who(page, 'Putu · home');
    for (const id of ['#composer', '#add-files', '#new']) await page.locator(id).waitFor();
    await page.getByRole('button', { name: 'House' }).click();
    for (const name of ['Edit', 'Again'])
      expect(await page.getByRole('button', { name }).isEnabled()).toBe(true);
    await page.click('#show-models');
    await page.locator('#panel', { hasText: 'it does not let you choose models' }).waitFor();
  });
});
