import { parentPort, workerData } from 'node:worker_threads';
import type { EmbedRequest } from './embed-messages.ts';
import type { EncoderFolder } from './encoder-folder.ts';
import { serveEncoder } from './serve-encoder.ts';

/** Entry of the thread for questions: answers one request after the other. */
const answer = serveEncoder(workerData as EncoderFolder);

parentPort?.on('message', (request: EmbedRequest) => {
  void answer(request).then((reply) => parentPort?.postMessage(reply, []));
});
