import { once } from 'node:events';
import { connect } from 'node:http2';

/** A message of no bytes: not compressed, length 0. */
const EMPTY_MESSAGE = Buffer.alloc(5);

/** Resolves when the health service of a gRPC server (`host:port`, without TLS) answers, else throws what came. */
export async function reachGrpc(address: string, signal: AbortSignal): Promise<void> {
  const session = connect(`http://${address}`);
  const failed = once(session, 'error', { signal }).then(([error]) => Promise.reject(error as Error));
  try {
    await Promise.race([failed, healthOf(session, signal)]);
  } finally {
    failed.catch(() => undefined); // it lost the race
    session.destroy();
  }
}

async function healthOf(session: ReturnType<typeof connect>, signal: AbortSignal): Promise<void> {
  const request = session.request(
    {
      ':method': 'POST',
      ':path': '/grpc.health.v1.Health/Check',
      'content-type': 'application/grpc',
      te: 'trailers',
    },
    { signal },
  );
  request.end(EMPTY_MESSAGE);
  request.resume();
  const [trailers] = (await once(request, 'trailers', { signal })) as [Readonly<Record<string, unknown>>];
  const code = String(trailers['grpc-status']);
  if (code !== '0') throw new Error(`the gRPC health service answered status ${code}`);
}
