import { packFailure, type EmbedReply, type EmbedRequest } from './embed-messages.ts';
import type { EncoderFolder } from './encoder-folder.ts';
import { openOnnxEncoder } from './onnx-encoder.ts';

/** Opens the model at once and answers requests with it; every failure, also that of opening, becomes a reply. */
export function serveEncoder(encoder: EncoderFolder): (request: EmbedRequest) => Promise<EmbedReply> {
  const opening = openOnnxEncoder(encoder);
  opening.catch(() => {
    // Reported by the first request.
  });
  return async ({ texts }) => {
    try {
      const model = await opening;
      const start = performance.now();
      const vectors: Float32Array[] = [];
      for (const text of texts) vectors.push(await model.encode(text));
      return { kind: 'vectors', vectors, tookMs: performance.now() - start };
    } catch (error) {
      return packFailure(error);
    }
  };
}
