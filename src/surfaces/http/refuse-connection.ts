import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { ErrorBody } from '../../wire/common.ts';

/** Answers bytes that are no request (bad request line or lengths, endless headers, too slow) as every other error is answered. */
export function refuseConnection(error: Error & { readonly code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  const [status, body] = refusal(error.code);
  const text = JSON.stringify(body);
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(text)}`,
    'Connection: close',
  ];
  if (socket.writable) socket.write(`${head.join('\r\n')}\r\n\r\n${text}`);
  socket.destroySoon();
}

function refusal(code: string | undefined): [number, ErrorBody] {
  if (code === 'HPE_HEADER_OVERFLOW')
    return [431, { error: { code: 'too-large', message: 'The address or the headers are too long.' } }];
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT')
    return [408, { error: { code: 'timeout', message: 'The request did not arrive in time.' } }];
  return [
    400,
    { error: { code: 'invalid-input', message: 'Expected an HTTP/1.1 request that can be read.' } },
  ];
}
