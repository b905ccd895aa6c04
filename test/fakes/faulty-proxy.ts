import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** `gone`: every connection is cut and none is taken; `silent`: nothing passes either way. */
export type ProxyState = 'passing' | 'silent' | 'gone';

/** A way to a server that can be made to fail while it is used. */
export interface FaultyProxy extends AsyncDisposable {
  readonly url: string;
  become(state: ProxyState): void;
  /** Called with what passes; what it gives back goes on in its place. */
  onRequestBytes: (piece: Buffer) => Buffer;
  onAnswerBytes: (piece: Buffer) => Buffer;
}

export async function faultyProxy(serverUrl: string): Promise<FaultyProxy> {
  const { port, hostname } = new URL(serverUrl);
  const sockets = new Set<Socket>();
  let state: ProxyState = 'passing';
  const pass = (from: Socket, to: Socket, change: (piece: Buffer) => Buffer) => {
    from.on('data', (piece: Buffer) => {
      const changed = change(piece);
      if (state === 'passing' && !to.write(changed)) from.pause();
    });
    to.on('drain', () => from.resume());
    from.on('end', () => {
      if (state === 'passing') to.end();
    });
  };
  const server = createServer({ allowHalfOpen: true }, (near) => {
    if (state === 'gone') return near.resetAndDestroy();
    const far = connect({ port: Number(port), host: hostname, allowHalfOpen: true });
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => sockets.delete(socket));
    }
    near.on('close', () => far.destroy());
    far.on('close', () => {
      if (state !== 'silent') near.destroy();
    });
    pass(near, far, (piece) => proxy.onRequestBytes(piece));
    return pass(far, near, (piece) => proxy.onAnswerBytes(piece));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const cut = () => {
    for (const socket of sockets) socket.resetAndDestroy();
  };
  const proxy: FaultyProxy = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    become(next) {
      state = next;
      if (state === 'gone') cut();
    },
    onRequestBytes: (piece) => piece,
    onAnswerBytes: (piece) => piece,
    async [Symbol.asyncDispose]() {
      cut();
      server.close();
      await once(server, 'close');
    },
  };
  return proxy;
}
