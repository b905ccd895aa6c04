import { setPriority } from 'node:os';
import type { EmbedRequest } from './embed-messages.ts';
import type { EncoderFolder } from './encoder-folder.ts';
import { serveEncoder } from './serve-encoder.ts';

/** Behind what answers people, before what is idle (scale -20 … 19). */
const LOW_PRIORITY = 10;

/** Entry of a process with a model: answers one request after the other, ends with its parent. */
const [, , encoder = '{}', priority] = process.argv;
if (priority === 'low') setPriority(LOW_PRIORITY);
const answer = serveEncoder(JSON.parse(encoder) as EncoderFolder);

process.on('disconnect', () => process.exit());

/** The parent was killed before it could hear the answer. */
function endIfAlone(error: Error | null): void {
  if (error !== null) process.exit();
}

process.on('message', (request: EmbedRequest) => {
  void answer(request).then((reply) => process.send?.(reply, endIfAlone));
});
