import { setPriority } from 'node:os';
import type { EmbedRequest } from './embed-messages.ts';
import type { EncoderFolder } from './encoder-folder.ts';
import { serveEncoder } from './serve-encoder.ts';

/** Behind the threads that answer people, before what is idle (scale -20 … 19). */
const LOW_PRIORITY = 10;

/** Entry of the process for stored texts: answers one request after the other, ends with its parent. */
setPriority(LOW_PRIORITY);
const answer = serveEncoder(JSON.parse(process.argv[2] ?? '{}') as EncoderFolder);

process.on('disconnect', () => process.exit());
process.on('message', (request: EmbedRequest) => {
  void answer(request).then((reply) => process.send?.(reply));
});
