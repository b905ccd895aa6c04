import * as fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { fakeClock } from '../../test/fakes/clock.ts';
import { peopleRoom } from '../../test/fakes/people-room.ts';
import { createKey } from './keys.ts';
import { CALLS_PER_MINUTE, rateLimits } from './rate-limits.ts';

describe('an allowance', () => {
  test('never lets through more than a minute’s calls at once and its share after', () => {
    const gaps = fc.array(fc.integer({ min: 0, max: 20_000 }), { maxLength: 60 });
    fc.assert(
      fc.property(gaps, (waits) => {
        const clock = fakeClock(0);
        const limits = rateLimits(clock.now);
        let passed = 0;
        for (const wait of waits) {
          clock.advance(wait);
          try {
            limits.take('login', 'a');
            passed++;
          } catch {
            // Refused: does not count.
          }
          expect(passed).toBeLessThanOrEqual(5 + (clock.now() / 60_000) * 5 + 1e-9);
        }
      }),
    );
  });

  test('says when the next call is let through, and then lets it through', () => {
    const clock = fakeClock();
    const limits = rateLimits(clock.now);
    for (let i = 0; i < 5; i++) limits.take('login', 'a');
    expect(() => limits.take('login', 'a')).toThrow(expect.objectContaining({ retryAfterMs: 12_000 }));
    limits.take('login', 'b');
    clock.advance(12_000);
    limits.take('login', 'a');
  });

  test('takes from all or from none', () => {
    const limits = rateLimits(fakeClock().now);
    for (let i = 0; i < 5; i++) limits.take('login', 'a');
    for (let i = 0; i < 9; i++) expect(() => limits.take('login', 'a', 'b')).toThrow('at most 5');
    for (let i = 0; i < 5; i++) limits.take('login', 'b');
  });

  test('is kept for few enough that nobody can fill the memory with names', () => {
    const limits = rateLimits(fakeClock().now);
    for (let i = 0; i < 12_000; i++) limits.take('request', `address ${i}`);
    for (let i = 0; i < CALLS_PER_MINUTE.request - 1; i++) limits.take('request', 'address 11999');
    expect(() => limits.take('request', 'address 11999')).toThrow('at most 600');
  });
});

describe('admission', () => {
  let room: Awaited<ReturnType<typeof peopleRoom>>;
  afterEach(() => room.ledger.close());

  test('holds a user to the allowance over all their keys, and a key to its own', async () => {
    room = await peopleRoom({ chat: 3 });
    const by = room.host;
    const key = () => createKey({ by, userId: by.userId, name: 'bot' }, room.deps, room.ctx);
    const [one, two] = [await key(), await key()];
    const chat = (secret: string, address: string) =>
      room.admit(secret, 'memory:read', { limit: 'chat', address });
    await chat(one.secret, '10.0.0.1');
    await chat(two.secret, '10.0.0.2');
    await chat(one.secret, '10.0.0.3');
    await expect(chat(two.secret, '10.0.0.4')).rejects.toMatchObject({ code: 'rate-limited' });
    await room.admit(two.secret, 'memory:read', { address: '10.0.0.4' });
  });

  test('does not slow the command line of this machine down', async () => {
    room = await peopleRoom({ upload: 1, request: 1 });
    for (let i = 0; i < 5; i++) {
      const admitted = room.admit(room.token(), 'memory:write', { limit: 'upload' });
      await expect(admitted).resolves.toMatchObject(room.host);
    }
  });

  test('slows down who shows wrong secrets, and nobody else at the address', async () => {
    room = await peopleRoom({ failure: 2 });
    const guess = () => room.admit('jiwa_guess', 'memory:read', { address: '10.0.0.1' });
    for (let i = 0; i < 2; i++) await expect(guess()).rejects.toMatchObject({ code: 'unauthenticated' });
    await expect(guess()).rejects.toMatchObject({ code: 'rate-limited' });
    await room.admit(room.token(), 'memory:read', { address: '10.0.0.1' });
  });

  test('writes refusals down', async () => {
    room = await peopleRoom();
    const by = room.host;
    const scoped = { by, userId: by.userId, name: 'bot', scopes: ['memory:read' as const] };
    const { secret } = await createKey(scoped, room.deps, room.ctx);
    await expect(room.admit(secret, 'memory:write')).rejects.toMatchObject({ code: 'forbidden' });
    expect((await room.events()).at(-1)).toBe('action-refused');
  });
});
