import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openSqliteLedger } from '../adapters/ledger/sqlite-ledger.ts';
import { newId, sha256 } from '../core/ids.ts';
import type { Ledger } from '../ports/ledger.ts';
import type { Action } from '../wire/route.ts';
import { authorise } from './authorise.ts';
import { ensureOwner } from './first-start.ts';
import { identifier } from './identify.ts';

let ledger: Ledger;
let time: number;
let kept: string | undefined;
let secrets: number;

beforeEach(async () => {
  time = 1_000_000;
  kept = undefined;
  secrets = 0;
  ledger = await openSqliteLedger({ path: ':memory:', now: () => time });
});
afterEach(() => ledger.close());

const start = () =>
  ensureOwner({
    ledger,
    now: () => time,
    newId,
    newSecret: () => `secret-${++secrets}`,
    keptToken: async () => kept,
    keepToken: async (token) => {
      kept = token;
    },
  });

describe('the first start', () => {
  test('creates one owner with a token, and a later one changes nothing', async () => {
    const owner = await start();
    const token = kept;
    expect(await start()).toEqual(owner);
    expect(kept).toBe(token);
    expect(await ledger.system((tx) => tx.table('users').count())).toBe(1);
  });

  test('never stores the token itself', async () => {
    await start();
    const rows = await ledger.system((tx) => tx.table('credentials').list());
    expect(rows).toMatchObject([{ hash: sha256(kept ?? '') }]);
    expect(JSON.stringify(rows)).not.toContain('secret-1');
  });

  test('a lost token file gets a new token, and the lost one opens nothing any more', async () => {
    await start();
    const lost = kept;
    kept = undefined;
    const owner = await start();
    const identify = identifier(ledger, () => time);
    expect(await identify(kept)).toMatchObject({ ...owner, role: 'host' });
    await expect(identify(lost)).rejects.toMatchObject({ code: 'unauthenticated' });
  });
});

describe('a token', () => {
  test.each([undefined, '', 'jiwa_', 'jiwa_secret-2'])('%j is nobody', async (token) => {
    await start();
    await expect(identifier(ledger, () => time)(token)).rejects.toMatchObject({ code: 'unauthenticated' });
  });

  test('that is revoked stops working within two seconds', async () => {
    await start();
    const identify = identifier(ledger, () => time);
    await identify(kept);
    await ledger.system((tx) => tx.table('credentials').update({}, { revokedAt: time }));
    time += 2_001;
    await expect(identify(kept)).rejects.toMatchObject({ code: 'unauthenticated' });
  });

  test('that has expired is nobody', async () => {
    await start();
    await ledger.system((tx) => tx.table('credentials').update({}, { expiresAt: time + 10 }));
    time += 10;
    await expect(identifier(ledger, () => time)(kept)).rejects.toMatchObject({ code: 'unauthenticated' });
  });
});

describe('the one authorisation function', () => {
  const subject = (role: 'host' | 'editor' | 'viewer' | 'service') => ({ ownerId: 'a', userId: 'u', role });
  const actions: Action[] = ['memory:read', 'memory:write', 'memory:forget', 'system:read', 'system:manage'];

  test.each(['host', 'editor', 'viewer', 'service'] as const)(
    'hides what is another owner’s from a %s',
    (role) => {
      for (const action of actions) {
        expect(() => authorise(subject(role), action, 'b')).toThrow(
          expect.objectContaining({ code: 'not-found' }),
        );
      }
    },
  );

  test('lets each role do what it may and nothing more', () => {
    const may = (role: 'host' | 'editor' | 'viewer' | 'service') =>
      actions.filter((action) => {
        try {
          return authorise(subject(role), action, 'a').ownerId === 'a';
        } catch {
          return false;
        }
      });
    expect(may('host')).toEqual(actions);
    expect(may('editor')).toEqual(['memory:read', 'memory:write', 'memory:forget', 'system:read']);
    expect(may('viewer')).toEqual(['memory:read', 'system:read']);
    expect(may('service')).toEqual(['memory:read', 'memory:write']);
  });
});
