import type { Ctx } from '../core/context.ts';
import type { ExtractedDocument } from '../ports/document-reader.ts';
import type { IngestDeps } from './deps.ts';
import { portions } from './portions.ts';
import { type AnalysedChunk, type SplitInput, splitTask } from './split-task.ts';

/** Chunks of one part of a document, with the offset in its text up to which they go. */
export interface AnalysedPortion {
  readonly chunks: readonly AnalysedChunk[];
  readonly end: number;
}

/**
 * Cuts and analyses a document part by part off the event loop; while the caller stores one part the next is already
 * being worked on.
 */
export async function* analysedPortions(
  document: ExtractedDocument,
  about: Omit<SplitInput, 'portion'>,
  deps: Pick<IngestDeps, 'compute'>,
  ctx: Ctx,
): AsyncGenerator<AnalysedPortion> {
  const parts = portions(document);
  const begin = (): Promise<AnalysedPortion> | undefined => {
    const { value: portion } = parts.next();
    if (portion === undefined) return undefined;
    const work = deps.compute.run(splitTask, { ...about, portion }, ctx.signal);
    const part = work.then((chunks) => ({ chunks, end: portion.offset + portion.document.text.length }));
    // It fails where it is awaited below; should the caller leave before, nobody misses it.
    part.catch(() => undefined);
    return part;
  };
  for (let next = begin(); next !== undefined;) {
    const current = await next;
    next = begin();
    yield current;
  }
}
