import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A way to a server on which connections are cut. */
export interface CuttingProxy extends AsyncDisposable {
  readonly url: string;
  /** Bytes of the bodies that came through, by connection. */
  connections(): number;
  /** Cuts every connection that is open now. */
  cutNow(): void;
}

const HEAD_END = '\r\n\r\n';

/** Passes on the answer up to so many bytes of its body, then cuts the connection. */
function passUntil(from: Socket, to: Socket, bodyBytes: number): void {
  let head = '';
  let left = bodyBytes;
  from.on('data', (piece: Buffer) => {
    let body = piece;
    if (!head.includes(HEAD_END)) {
      head += piece.toString('latin1');
      const end = head.indexOf(HEAD_END);
      if (end < 0) return;
      body = Buffer.from(head.slice(end + HEAD_END.length), 'latin1');
      to.write(head.slice(0, end + HEAD_END.length));
      head = head.slice(0, end + HEAD_END.length);
    }
    if (body.length < left) to.write(body);
    else to.write(body.subarray(0, left), () => to.resetAndDestroy());
    left -= body.length;
    if (left <= 0) from.destroy();
  });
}

/** Cuts the first connections each after so many bytes of what the server answers; later ones pass whole. */
export async function cuttingProxy(serverUrl: string, cuts: readonly number[]): Promise<CuttingProxy> {
  let count = 0;
  const target = Number(new URL(serverUrl).port);
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(target, '127.0.0.1');
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => socket.destroy());
    }
    near.on('close', () => far.destroy());
    far.on('close', () => near.end());
    near.pipe(far);
    const cut = cuts[count++];
    if (cut === undefined) far.pipe(near);
    else passUntil(far, near, cut);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    connections: () => count,
    cutNow() {
      for (const socket of sockets) socket.destroy();
      sockets.clear();
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
