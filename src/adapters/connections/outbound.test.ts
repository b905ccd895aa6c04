import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openOutbound, type OutboundPolicy } from './outbound.ts';
import type { Lookup } from './outbound-addresses.ts';

const CLOSED: OutboundPolicy = { configured: [], privateHosts: [] };

/** A name server of the test; names with several answers give the next one each time. */
const names =
  (book: Readonly<Record<string, readonly (readonly string[])[]>>): Lookup =>
  (name, _, done) => {
    const turns = (book[name] ?? []) as string[][];
    const addresses = (turns.length > 1 ? turns.shift() : turns[0]) ?? [];
    const found = addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
    if (found.length > 0) done(null, found);
    else done(Object.assign(new Error('unknown name'), { code: 'ENOTFOUND' }), []);
  };

async function local(handle: RequestListener) {
  let connections = 0;
  const server = createServer(handle);
  server.on('connection', () => connections++);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    connections: () => connections,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

const hello = () => local((_, response) => response.end('hello'));

/** Asks once; the text, or the error. */
async function ask(url: string, policy: Partial<OutboundPolicy> = {}, init?: RequestInit) {
  const outbound = openOutbound({ ...CLOSED, ...policy });
  try {
    return await (await outbound.fetch(url, init)).text();
  } catch (error) {
    return error as Error & { readonly code?: string };
  } finally {
    await outbound.close();
  }
}

const REFUSED = expect.objectContaining({
  code: 'invalid-input',
  message: expect.stringContaining('JIWA_PRIVATE_HOSTS'),
});

describe('outbound addresses', () => {
  it.each([
    '127.0.0.1',
    '127.1',
    '2130706433',
    '0x7f000001',
    '0177.0.0.1',
    '0',
    '0.0.0.0',
    '10.1.2.3',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '100.127.255.255',
    '192.0.2.1',
    '198.18.0.1',
    '224.0.0.1',
    '240.0.0.1',
    '255.255.255.255',
    '[::]',
    '[::1]',
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
    '[::ffff:a9fe:a9fe]',
    '[::127.0.0.1]',
    '[fe80::1]',
    '[fc00::1]',
    '[fd12:3456::1]',
    '[fec0::1]',
    '[ff02::1]',
    '[64:ff9b::7f00:1]',
    '[2002:7f00:1::]',
    '[2001:db8::1]',
    '[2001::1]',
    '[100::1]',
    '[4000::1]',
  ])('refuses %s, however it is spelled', async (host) => {
    expect(await ask(`http://${host}:11434/`)).toEqual(REFUSED);
  });

  it('refuses every spelling of every private address', async () => {
    const octet = fc.nat(255);
    const inner = fc.oneof(
      fc.tuple(fc.constant(10), octet, octet, octet),
      fc.tuple(fc.constant(127), octet, octet, octet),
      fc.tuple(fc.constant(192), fc.constant(168), octet, octet),
      fc.tuple(fc.constant(169), fc.constant(254), octet, octet),
      fc.tuple(fc.constant(172), fc.integer({ min: 16, max: 31 }), octet, octet),
      fc.tuple(fc.constant(100), fc.integer({ min: 64, max: 127 }), octet, octet),
    );
    const spell = ([a, b, c, d]: readonly number[], how: number): string => {
      const [w = 0, x = 0, y = 0, z = 0] = [a, b, c, d];
      const number = ((w * 256 + x) * 256 + y) * 256 + z;
      const hex = (n: number) => n.toString(16);
      const spellings = [
        `${w}.${x}.${y}.${z}`,
        `${number}`,
        `0x${hex(number)}`,
        `0${w.toString(8)}.${x}.${y}.0x${hex(z)}`,
        `${w}.${x}.${y * 256 + z}`,
        `[::ffff:${w}.${x}.${y}.${z}]`,
        `[::ffff:${hex(w * 256 + x)}:${hex(y * 256 + z)}]`,
        `[64:ff9b::${hex(w * 256 + x)}:${hex(y * 256 + z)}]`,
        `[2002:${hex(w * 256 + x)}:${hex(y * 256 + z)}::]`,
      ];
      return spellings[how % spellings.length] ?? '';
    };
    await fc.assert(
      fc.asyncProperty(inner, fc.nat(8), async (octets, how) => {
        expect(await ask(`http://${spell(octets, how)}:11434/`)).toEqual(REFUSED);
      }),
      { numRuns: 150 },
    );
  });

  it('reaches an address of this machine that was set up, and no other port of it', async () => {
    await using server = await hello();
    await using other = await hello();
    expect(await ask(server.url, { configured: [`${server.url}/v1`] })).toBe('hello');
    expect(await ask(other.url, { configured: [`${server.url}/v1`] })).toEqual(REFUSED);
    expect(other.connections()).toBe(0);
  });

  it('reaches localhost when it was set up', async () => {
    await using server = await hello();
    const url = `http://localhost:${server.port}`;
    // Nothing listens at the first of them.
    const lookup = names({ localhost: [['::1', '127.0.0.1']] });
    expect(await ask(url, { configured: [url], lookup })).toBe('hello');
    expect(await ask(url, { lookup })).toEqual(REFUSED);
  });

  it('never reaches the address of cloud metadata, not even when it was set up', async () => {
    const url = 'http://169.254.169.254/latest';
    expect(await ask(url, { configured: [url] })).toEqual(REFUSED);
  });

  it('refuses a public name that leads to a private address, also when one of many does', async () => {
    await using server = await hello();
    const lookup = names({ 'a.example': [['127.0.0.1']], 'b.example': [['93.184.215.14', '127.0.0.1']] });
    for (const name of ['a.example', 'b.example']) {
      const url = `http://${name}:${server.port}/`;
      expect(await ask(url, { configured: [url], lookup })).toEqual(REFUSED);
    }
    expect(server.connections()).toBe(0);
  });

  it('reaches a name in the own network that was named, with or without its port', async () => {
    await using server = await hello();
    const lookup = names({ ollama: [['127.0.0.1']] });
    const url = `http://ollama:${server.port}/`;
    expect(await ask(url, { privateHosts: ['Ollama'], lookup })).toBe('hello');
    expect(await ask(url, { privateHosts: [`ollama:${server.port}`], lookup })).toBe('hello');
    expect(await ask(url, { privateHosts: ['ollama:1'], lookup })).toEqual(REFUSED);
  });

  it('connects to the address it checked: a name that changes its mind is asked once for a connection', async () => {
    await using server = await hello();
    const lookup = names({ 'a.example': [['93.184.215.14'], ['127.0.0.1']] });
    let asked = 0;
    const counting: Lookup = (name, options, done) => {
      asked++;
      lookup(name, options, done);
    };
    await ask(`http://a.example:${server.port}/`, { lookup: counting, connectMs: 50 });
    expect(asked).toBe(1);
    expect(server.connections()).toBe(0);
  });

  it.each(['file:///etc/passwd', 'data:text/plain,x', 'ftp://example.com/', 'blob:nodedata:1'])(
    'takes nothing but http: %s',
    async (url) => {
      expect(await ask(url)).toMatchObject({ code: 'invalid-input' });
    },
  );

  it.each(['', 'example.com', 'http://', '//example.com'])(
    'takes nothing but whole addresses: %s',
    async (url) => {
      expect(await ask(url)).toMatchObject({ code: 'invalid-input' });
    },
  );

  it('takes no password in an address, and does not repeat it', async () => {
    const error = await ask('https://user:hunter2@example.com/');
    expect(error).toMatchObject({ code: 'invalid-input' });
    expect(String(error)).not.toContain('hunter2');
  });
});

describe('outbound redirects', () => {
  it('follows none unless told', async () => {
    await using server = await local((_, response) =>
      response.writeHead(302, { location: '/there' }).end('moved'),
    );
    expect(await ask(server.url, { configured: [server.url] })).toBe('moved');
  });

  it('checks each hop as the first address', async () => {
    await using inner = await hello();
    await using server = await local((_, response) => response.writeHead(302, { location: inner.url }).end());
    expect(await ask(server.url, { configured: [server.url], redirects: 3 })).toEqual(REFUSED);
    expect(inner.connections()).toBe(0);
  });

  it('takes no secret to another server', async () => {
    const seen: unknown[] = [];
    await using cdn = await local((request, response) => {
      seen.push(request.headers.authorization, request.headers.range);
      response.end('the file');
    });
    await using server = await local((_, response) => response.writeHead(302, { location: cdn.url }).end());
    const policy = { configured: [server.url, cdn.url], redirects: 1 };
    const headers = { authorization: 'Bearer secret', range: 'bytes=1-' };
    expect(await ask(server.url, policy, { headers })).toBe('the file');
    expect(seen).toEqual([undefined, 'bytes=1-']);
  });

  it('gives up a ring', async () => {
    await using server = await local((_, response) =>
      response.writeHead(302, { location: '/' }).end('round'),
    );
    expect(await ask(server.url, { configured: [server.url], redirects: 3 })).toBe('round');
  });
});

describe('outbound limits', () => {
  const within = async (handle: RequestListener, limits: Partial<OutboundPolicy>) => {
    await using server = await local(handle);
    return await ask(server.url, { configured: [server.url], ...limits });
  };

  it('counts the bytes of an answer unpacked', async () => {
    const packed = gzipSync(Buffer.alloc(1_000_000));
    const answer = await within(
      (_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(packed),
      { responseBytes: 100_000 },
    );
    expect(answer).toMatchObject({ code: 'too-large' });
  });

  it('gives an answer time to begin, and no more', async () => {
    expect(await within(() => {}, { headersMs: 50 })).toMatchObject({ code: 'timeout' });
  });

  it('gives an answer time to go on, and no more', async () => {
    expect(await within((_, response) => response.write('begun'), { idleMs: 50 })).toMatchObject({
      code: 'timeout',
    });
  });

  it('says that a server broke off, or is not there', async () => {
    const cut: RequestListener = (_, response) => response.write('begun', () => response.destroy());
    expect(await within(cut, {})).toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('UND_ERR_SOCKET'),
    });
    expect(await ask('http://127.0.0.1:11111/', { configured: ['http://127.0.0.1:11111'] })).toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('ECONNREFUSED'),
    });
  });

  it('stops with the reason of the signal, before and during an answer', async () => {
    await using server = await local((_, response) => response.write('begun'));
    const outbound = openOutbound({ ...CLOSED, configured: [server.url] });
    const stop = new AbortController();
    const response = await outbound.fetch(server.url, { signal: stop.signal });
    stop.abort(new Error('enough'));
    await expect(response.text()).rejects.toThrow('enough');
    await expect(outbound.fetch(server.url, { signal: stop.signal })).rejects.toThrow('enough');
    await outbound.close();
  });

  it('ends what is running when it is closed, and begins nothing more', async () => {
    await using server = await local(() => {});
    const outbound = openOutbound({ ...CLOSED, configured: [server.url] });
    const running = outbound.fetch(server.url);
    await expect.poll(server.connections).toBe(1);
    await Promise.all([expect(running).rejects.toMatchObject({ code: 'unavailable' }), outbound.close()]);
    await expect(outbound.fetch(server.url)).rejects.toMatchObject({ code: 'unavailable' });
  });
});
