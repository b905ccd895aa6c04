import { join } from 'node:path';
import { openLedger } from '../../src/app/open-ledger.ts';
import { type Client, client } from '../../src/wire/client.ts';
import type { NewKey } from '../../src/wire/people.ts';
import type { RunningApp } from './running-app.ts';

const PASSWORD = 'a long enough one';

/** Somebody or nobody, as a request shows it. */
export interface Caller {
  readonly headers: Readonly<Record<string, string>>;
}

/** The API in another space, or for another secret. */
export function apiOf({ app }: RunningApp, token = app.token, space?: string): Client {
  return client({ url: app.url, token, ...(space === undefined ? {} : { space }) });
}

/** A person who took an invitation of a host and has a browser session. */
export async function invited(
  run: RunningApp,
  host: Client,
  role: 'host' | 'editor' | 'viewer',
  login: string,
): Promise<Caller & { readonly cookie: string }> {
  const { secret } = await host.call('inviteUser', { body: { name: login, role } });
  const response = await fetch(`${run.app.url}/api/invitations/take`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ secret, login, password: PASSWORD }),
  });
  if (!response.ok) throw new Error(`The invitation could not be taken: ${await response.text()}`);
  const cookie = response.headers.get('set-cookie')?.split(';')[0] ?? '';
  return { cookie, headers: { cookie, 'jiwa-request': 'test' } };
}

/** A program with a key of its own. */
export async function keyed(host: Client, body: NewKey, userId?: string): Promise<Caller & { id: string }> {
  const made =
    userId === undefined
      ? await host.call('createOwnKey', { body })
      : await host.call('createKey', { params: { id: userId }, body });
  return { id: made.id, headers: { authorization: `Bearer ${made.secret}` } };
}

/** Lets the time of a key run out, as only a clock can; the app is closed meanwhile. */
export async function expireKey(run: RunningApp, id: string): Promise<RunningApp> {
  await run.app.close();
  const ledger = await openLedger(run.config.database, {
    path: join(run.folder, 'ledger.sqlite'),
    now: Date.now,
  });
  await ledger.system((tx) => tx.table('credentials').update({ id }, { expiresAt: tx.now - 1 }));
  await ledger.close();
  return run.restarted();
}
