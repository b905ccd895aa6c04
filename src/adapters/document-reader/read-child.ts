import { toAppError } from '../../core/errors.ts';
import type { FromChild, ToChild } from './child-messages.ts';
import { readDocument } from './read-document.ts';

// Entry of the child process that reads documents: bytes come in, text goes out, nothing else is touched.
serveReads();

function serveReads(): void {
  let received: Uint8Array[] = [];
  process.on('disconnect', () => process.exit());
  process.on('message', (message: ToChild) => {
    if (message.kind === 'bytes') {
      received.push(message.bytes);
      return;
    }
    const bytes = Buffer.concat(received);
    received = [];
    readDocument(bytes, message.request).then((document) => answer({ kind: 'done', document }), fail);
  });
}

function fail(error: unknown): void {
  const { code, message, cause } = toAppError(error);
  answer({ kind: 'failed', code, message, cause: cause instanceof Error ? cause.message : '' });
}

function answer(reply: FromChild): void {
  // The parent may have been killed before it could hear the answer.
  process.send?.(reply, (error) => error !== null && process.exit());
}
