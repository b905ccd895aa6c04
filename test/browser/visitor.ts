import { type Browser, type Page, chromium } from 'playwright-core';
import type { RunningApp } from '../e2e/running-app.ts';

const CHROMIUM = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
/** It runs as root where CI does, has no display, and calls nobody by itself. */
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export async function openBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: CHROMIUM, headless: true, args: FLAGS });
}

/** Somebody with a browser of their own. */
export interface Visitor extends AsyncDisposable {
  readonly page: Page;
  /** Addresses outside the origin that were asked for. */
  readonly outside: readonly string[];
  /** What the content security policy forbade, since the page was loaded. */
  violations(): Promise<readonly string[]>;
  /** Opens the page, signed in by a link. */
  enter(hash?: string): Promise<void>;
  /** Says something and waits until its answer has ended. */
  say(text: string): Promise<void>;
}

const WATCH = `
  window.violations = [];
  addEventListener('securitypolicyviolation', (event) => window.violations.push(event.violatedDirective));
`;

/** A browser that comes for the first time; `url` is where it reaches the app, if not directly. */
export async function visitor(browser: Browser, run: RunningApp, url = run.app.url): Promise<Visitor> {
  const context = await browser.newContext({ baseURL: url });
  await context.addInitScript(WATCH);
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  const outside: string[] = [];
  context.on('request', (request) => {
    const address = request.url();
    if (!address.startsWith(`${url}/`) && !address.startsWith('data:')) outside.push(address);
  });
  return {
    page,
    outside,
    violations: () => page.evaluate('window.violations'),
    async enter(hash = '') {
      const { secret } = await run.api.call('makeSignInLink', {});
      await page.goto(`/#in=${secret}`);
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.locator('#who', { hasText: 'home' }).waitFor();
      if (hash === '') return;
      await page.goto(`/${hash}`);
      await page.reload();
    },
    async say(text) {
      const whole = page.locator('.message.assistant footer');
      const before = await whole.count();
      await page.fill('#text', text);
      await page.press('#text', 'Enter');
      await whole.nth(before).waitFor();
    },
    [Symbol.asyncDispose]: () => context.close(),
  };
}
