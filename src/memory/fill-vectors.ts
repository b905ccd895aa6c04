import { z } from 'zod';
import type { Ctx } from '../core/context.ts';
import { AppError, toAppError } from '../core/errors.ts';
import type { Leases } from '../core/leases.ts';
import type { Embedder } from '../ports/embedder.ts';
import type { EventBus } from '../ports/event-bus.ts';
import type { JobDefinition, JobRun } from '../ports/job-queue.ts';
import type { VectorSlotRow } from '../ports/ledger-rows.ts';
import type { Ledger, NewJob } from '../ports/ledger.ts';
import type { ItemKind, MemoryItem, MemoryStore } from '../ports/memory-store.ts';
import { embedText } from './embed-text.ts';
import { fillStates } from './fill-states.ts';
import type { TextReader } from './texts.ts';
import { activateSlot, liveSlots } from './vector-slots.ts';
import { countVectors, incompleteDocuments } from './vector-counts.ts';

/** Kinds of items that are compared by meaning. */
export const EMBEDDED_KINDS = [
  'chunk',
  'message',
  'summary',
  'insight',
  'golden-answer',
] as const satisfies readonly ItemKind[];

export interface FillVectorsDeps {
  readonly ledger: Ledger;
  readonly memory: MemoryStore;
  readonly texts: TextReader;
  readonly bus: Pick<EventBus, 'publish'>;
  /** The encoder of a slot; `undefined` when its model is not here (removed, or no address set): the slot waits. */
  readonly embedder: (slot: string) => Embedder | undefined;
  /** Opens what was chosen for this space in another process. */
  readonly notice?: (ctx: Ctx) => Promise<void>;
  /** Where several processes share the ledger, one of them fills for an owner. */
  readonly leases: Pick<Leases, 'tryHold'>;
  /** Told once a filled slot has become the active one. */
  readonly switched: (ownerId: string, slot: string) => void;
}

const Payload = z.strictObject({ slot: z.string().max(300).optional() });

/** Texts in one call of the embedder: it sorts them by length, and between calls others get their turn. */
const BATCH = 64;
/** A text that every embedder takes. */
const HARMLESS = 'memory';
/** How soon is looked again while another process fills. */
const AGAIN_MS = 5_000;
/** Least time between two updates of a document's vector count. */
const COUNT_EVERY_MS = 2_000;

/** Items that got no vector: their text is gone from the objects, or the embedder refuses it. */
interface LeftOut {
  readonly textless: readonly string[];
  readonly refused: readonly string[];
}

/** What filling one slot did, in items. */
interface SlotReport {
  readonly slot: string;
  readonly embedded: number;
  readonly textless: number;
  readonly refused: number;
  readonly switched: boolean;
}

interface Filling {
  readonly slot: VectorSlotRow;
  readonly embedder: Embedder;
  /** Told with the number of vectors that one batch added. */
  readonly added: (count: number) => void;
}

/** The job that fills what lacks vectors, once while one is waiting. */
export function fillVectorsJobOf(slot?: string): NewJob {
  const payload = slot === undefined ? {} : { slot };
  return { kind: 'fill-vectors', queue: 'vectors', payload, dedupKey: 'fill-vectors', priority: 20 };
}

/** True for what another try will not mend: the text itself, or how the embedder is set up. */
function isRefusal(error: unknown): boolean {
  return error instanceof AppError && (error.code === 'invalid-input' || error.code === 'too-large');
}

/** Vectors of texts one by one, `undefined` for a refused one. Throws when a mere word is refused, too: a wrong setup. */
async function embedEach(
  inputs: readonly string[],
  embedder: Embedder,
  { signal }: Ctx,
): Promise<(Float32Array | undefined)[]> {
  const vectors: (Float32Array | undefined)[] = [];
  for (const input of inputs) {
    try {
      vectors.push(...(await embedder.embedTexts([input], signal)));
    } catch (error) {
      if (!isRefusal(error)) throw error;
      if (vectors.every((vector) => vector === undefined)) await embedder.embedTexts([HARMLESS], signal);
      vectors.push(undefined);
    }
  }
  return vectors;
}

async function embedAll(inputs: readonly string[], embedder: Embedder, ctx: Ctx) {
  try {
    return await embedder.embedTexts(inputs, ctx.signal);
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return embedEach(inputs, embedder, ctx);
  }
}

/** Adds the vectors of one batch; gives the ids of items that got none. */
async function embedBatch(
  items: readonly MemoryItem[],
  filling: Filling,
  deps: FillVectorsDeps,
  ctx: Ctx,
): Promise<LeftOut> {
  const texts = await deps.texts.read(ctx.ownerId, items, ctx.signal);
  const present = items.filter(({ id }) => texts.has(id));
  const inputs = present.map((item) => embedText(item, texts.get(item.id) ?? ''));
  const vectors = await embedAll(inputs, filling.embedder, ctx);
  const rows = present.flatMap(({ id }, index) => {
    const vector = vectors[index];
    return vector === undefined ? [] : [{ id, vector }];
  });
  await deps.memory.putVectors(ctx.ownerId, filling.slot.slot, rows, ctx.signal);
  filling.added(rows.length);
  const ids = (some: readonly MemoryItem[]) => some.map(({ id }) => id);
  return {
    textless: ids(items.filter(({ id }) => !texts.has(id))),
    refused: ids(present.filter((_, index) => vectors[index] === undefined)),
  };
}

/** Counts the vectors of documents now and then, and at the end, so that people see them grow. */
function documentCounter(slot: VectorSlotRow, deps: FillVectorsDeps, ctx: Ctx) {
  const touched = new Set<string>();
  let countedAt = ctx.now();
  const flush = async () => {
    const documentIds = [...touched];
    touched.clear();
    countedAt = ctx.now();
    if (slot.status === 'active') await countVectors(documentIds, slot.slot, deps, ctx);
  };
  return {
    async touch(items: readonly MemoryItem[]): Promise<void> {
      for (const { documentId } of items) if (documentId !== undefined) touched.add(documentId);
      if (ctx.now() - countedAt >= COUNT_EVERY_MS) await flush();
    },
    flush,
  };
}

/** Embeds what has no vector in the slot, oldest first, until nothing is left but what can have none. */
async function fill(
  filling: Filling,
  deps: FillVectorsDeps,
  ctx: Ctx,
): Promise<Pick<SlotReport, 'embedded' | 'textless' | 'refused'>> {
  const { slot } = filling;
  const counter = documentCounter(slot, deps, ctx);
  const leftOut = new Set<string>();
  const counts = { embedded: 0, textless: 0, refused: 0 };
  for (;;) {
    ctx.signal.throwIfAborted();
    const limit = BATCH + leftOut.size;
    const filter = { kinds: EMBEDDED_KINDS };
    const found = await deps.memory.withoutVector(ctx.ownerId, slot.slot, filter, limit, ctx.signal);
    const items = found.filter(({ id }) => !leftOut.has(id));
    if (items.length === 0) break;
    const { textless, refused } = await embedBatch(items, filling, deps, ctx);
    for (const id of [...textless, ...refused]) leftOut.add(id);
    counts.textless += textless.length;
    counts.refused += refused.length;
    counts.embedded += items.length - textless.length - refused.length;
    await counter.touch(items);
  }
  await counter.flush();
  return counts;
}

async function fillSlot(
  slot: VectorSlotRow,
  job: JobRun,
  deps: FillVectorsDeps,
  ctx: Ctx,
): Promise<SlotReport | undefined> {
  const embedder = deps.embedder(slot.slot);
  if (embedder === undefined) {
    job.note(`The model ${slot.modelId} is not available; its vectors wait.`);
    return undefined;
  }
  const before = await deps.memory.vectorCoverage(
    ctx.ownerId,
    slot.slot,
    { kinds: EMBEDDED_KINDS },
    ctx.signal,
  );
  let done = before.vectors;
  const added = (count: number) => {
    done += count;
    job.progress(done, Math.max(done, before.items), slot.modelId);
  };
  const filled = await fill({ slot, embedder, added }, deps, ctx).catch((error: unknown) => {
    // Another embedder was chosen while this one was at work: the job that choice queued goes on.
    const closed = ['aborted', 'unavailable'].includes(toAppError(error).code) && !ctx.signal.aborted;
    if (closed && deps.embedder(slot.slot) !== embedder) return undefined;
    throw error;
  });
  if (filled === undefined) {
    job.note(`${slot.modelId} was replaced while it was at work.`);
    return undefined;
  }
  if (filled.textless > 0)
    job.note(`${filled.textless} items have no text any more; a rebuild makes it anew.`);
  if (filled.refused > 0)
    job.note(`${slot.modelId} refuses the text of ${filled.refused} items; they are found by words alone.`);
  const switched =
    slot.status === 'filling' &&
    (await deps.ledger.forOwner(ctx.ownerId, (tx) => activateSlot(tx, slot.slot)));
  if (switched) {
    deps.switched(ctx.ownerId, slot.slot);
    job.note(`${slot.modelId} is the active model now.`);
  }
  // What a killed attempt embedded but did not count, or what was counted in the slot before.
  if (switched || (job.attempt > 1 && slot.status === 'active'))
    await countVectors(await incompleteDocuments(deps, ctx), slot.slot, deps, ctx);
  return { slot: slot.slot, ...filled, switched };
}

async function fillLive(
  only: string | undefined,
  job: JobRun,
  deps: FillVectorsDeps,
  ctx: Ctx,
): Promise<SlotReport[]> {
  const live = await liveSlots(deps.ledger.readsOf(ctx.ownerId));
  const reports: SlotReport[] = [];
  for (const slot of live) {
    if (only !== undefined && slot.slot !== only) continue;
    const report = await fillSlot(slot, job, deps, ctx);
    if (report !== undefined) reports.push(report);
  }
  return reports;
}

/** What the other process has passed already is looked at again. */
async function later({ ledger }: FillVectorsDeps, { ownerId }: Ctx) {
  await ledger.forOwner(ownerId, (tx) => tx.enqueue({ ...fillVectorsJobOf(), runAt: tx.now + AGAIN_MS }));
  return { joined: true };
}

/**
 * Job that gives vectors to all items that lack one: states theirs, then texts in the active slot and in the one being filled
 * (or only in `payload.slot`); a slot that was being filled becomes the active one when nothing is left to embed. Stops between
 * batches when cancelled; what was embedded stays, so it goes on where it was. While one runs for an owner, a second only
 * tells it to look once more, so nothing is embedded twice; while one runs in another process, a second comes again later.
 */
export function fillVectorsJob(deps: FillVectorsDeps): JobDefinition<z.infer<typeof Payload>> {
  const running = new Map<string, { again: boolean }>();
  return {
    kind: 'fill-vectors',
    queue: 'vectors',
    payload: Payload,
    timeLimitMs: 24 * 60 * 60_000,
    async run(payload, job, ctx) {
      const other = running.get(ctx.ownerId);
      if (other !== undefined) {
        other.again = true;
        return { joined: true };
      }
      const mine = { again: false };
      running.set(ctx.ownerId, mine);
      const fillAll = async () => {
        await deps.notice?.(ctx);
        await fillStates(deps, ctx);
        const slots = await fillLive(payload.slot, job, deps, ctx);
        while (mine.again) {
          mine.again = false;
          slots.push(...(await fillLive(undefined, job, deps, ctx)));
        }
        // From here on nobody would hear that it is to look again.
        running.delete(ctx.ownerId);
        return { slots };
      };
      try {
        return (await deps.leases.tryHold(`vectors:${ctx.ownerId}`, fillAll)) ?? (await later(deps, ctx));
      } finally {
        if (running.get(ctx.ownerId) === mine) running.delete(ctx.ownerId);
      }
    },
  };
}
