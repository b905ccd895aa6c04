import type { ServerResponse } from 'node:http';
import { AppError } from '../../core/errors.ts';

/** Aborted when the client closes its connection before the answer is over, also when it did so before this is asked. */
export function clientGone(response: ServerResponse): AbortSignal {
  const gone = new AbortController();
  const look = () => {
    if (!response.writableFinished) gone.abort(new AppError('aborted', 'The client closed the connection.'));
  };
  if (response.destroyed) look();
  else response.once('close', look);
  return gone.signal;
}
