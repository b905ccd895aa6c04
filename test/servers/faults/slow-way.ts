import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { Transform } from 'node:stream';

/** A way to a port of this machine on which everything can take its time. */
export interface SlowWay extends AsyncDisposable {
  readonly port: number;
  /** From now on each piece of at most 64 KiB takes so long, either way, one after another; 0 is no delay. */
  delay(ms: number): void;
}

export async function slowWay(to: number): Promise<SlowWay> {
  let delayMs = 0;
  const sockets = new Set<Socket>();
  const delayed = () =>
    new Transform({
      transform(piece: Buffer, _, done) {
        if (delayMs === 0) done(null, piece);
        else setTimeout(() => done(null, piece), delayMs);
      },
    });
  const server = createServer({ allowHalfOpen: true }, (near) => {
    const far = connect({ port: to, host: '127.0.0.1', allowHalfOpen: true });
    for (const [from, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.on('error', () => other.resetAndDestroy());
      from.on('close', () => {
        sockets.delete(from);
        if (from.errored) other.destroy();
      });
      from.pipe(delayed()).pipe(other);
    }
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    delay: (ms) => void (delayMs = ms),
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
