import { describe, expect, it } from 'vitest';
import { contextPool, type Lease } from './context-pool.ts';

const { signal } = new AbortController();

function pool({ contexts = 2, loads = 10, sequences = 1 } = {}) {
  const told: string[] = [];
  const open = async (adapters: readonly string[]) => {
    const name = adapters.join('+') || 'base';
    if (name === 'broken') throw new Error('no such adapter');
    told.push(`open ${name}`);
    const close = async () => void told.push(`close ${name}`);
    return { sequences: Array.from({ length: sequences }, (_, place) => `${name}#${place}`), close };
  };
  const renew = async () => void told.push('renew');
  const made = contextPool({
    contexts,
    loads,
    keyOf: (all: readonly string[]) => all.join('+'),
    open,
    renew,
  });
  return { told, lend: (adapters: string[] = [], stop = signal) => made.lend(adapters, stop) };
}

const settled = async () => new Promise((done) => setTimeout(done, 5));

describe('contextPool', () => {
  it('lends each sequence to one at a time, in the order of asking', async () => {
    const { lend } = pool({ sequences: 2 });
    const order: string[] = [];
    const use = async (name: string) => {
      using lease = await lend();
      order.push(`${name} ${lease.sequence}`);
      await settled();
    };
    await Promise.all([use('a'), use('b'), use('c'), use('d')]);
    expect(order).toEqual(['a base#1', 'b base#0', 'c base#1', 'd base#0']);
  });

  it('makes room by closing the context that rested longest', async () => {
    const { lend, told } = pool({ contexts: 2 });
    for (const adapters of [['a'], ['b'], ['a'], ['c']]) (await lend(adapters))[Symbol.dispose]();
    expect(told).toEqual(['open a', 'open b', 'close b', 'open c']);
  });

  it('lets nobody wait forever behind those who use what is open', async () => {
    const { lend } = pool({ contexts: 1 });
    const first = await lend(['a']);
    const order: string[] = [];
    const waiting = ['b', 'a'].map(async (name) => {
      using _lease = await lend([name]);
      order.push(name);
    });
    first[Symbol.dispose]();
    await Promise.all(waiting);
    expect(order).toEqual(['b', 'a']);
  });

  it('does not let those wait whose context has a free sequence', async () => {
    const { lend } = pool({ contexts: 2, sequences: 1 });
    const busy = await lend(['a']);
    (await lend(['b']))[Symbol.dispose]();
    let blocked: Lease<string> | undefined;
    const waiting = lend(['a']).then((lease) => (blocked = lease));
    expect((await lend(['b'])).sequence).toBe('b#0');
    expect(blocked).toBeUndefined();
    busy[Symbol.dispose]();
    await waiting;
  });

  it('renews the model after so many adapters, once nobody uses it', async () => {
    const { lend, told } = pool({ contexts: 5, loads: 2 });
    const used = await lend(['a']);
    (await lend(['b']))[Symbol.dispose]();
    const third = lend(['c']);
    await settled();
    expect(told).toEqual(['open a', 'open b']);
    used[Symbol.dispose]();
    await third;
    expect(told).toEqual(['open a', 'open b', 'close a', 'close b', 'renew', 'open c']);
  });

  it('tells who asked for what cannot be opened, and serves the others', async () => {
    const { lend } = pool();
    const broken = lend(['broken']);
    const good = lend(['a']);
    await expect(broken).rejects.toMatchObject({ code: 'internal' });
    expect((await good).sequence).toBe('a#0');
  });

  it('lets those leave the line who are cancelled', async () => {
    const { lend } = pool();
    const first = await lend();
    const stop = new AbortController();
    const cancelled = lend([], stop.signal);
    const next = lend();
    stop.abort();
    await expect(cancelled).rejects.toMatchObject({ code: 'aborted' });
    first[Symbol.dispose]();
    expect((await next).sequence).toBe('base#0');
  });
});
