import type { Ctx } from '../core/context.ts';
import type { Embedder } from '../ports/embedder.ts';
import type { ItemFilter, ItemKind, MemoryItem, MemoryStore } from '../ports/memory-store.ts';
import type { Hit, QuestionReading, RecallFilter, RecallRequest, RecallResult } from '../wire/recall.ts';
import { matchedWords } from './analyser.ts';
import { placeOf } from './place.ts';
import { namedSpeaker } from './query-speaker.ts';
import { readQuestion, type ReadQuestion } from './query.ts';
import { rank, type Ranked } from './rank.ts';
import { neighboursOf } from './recall-neighbours.ts';
import { isGram } from './stem.ts';
import type { TextReader } from './texts.ts';
import { estimateTokens, packWithin } from './token-budget.ts';

export interface RecallInput extends Omit<RecallRequest, 'filter'> {
  /** A folder is resolved to its documents by the caller. */
  readonly filter: Omit<RecallFilter, 'folder'>;
  /** Roots whose items must not be found, such as the message that asks. */
  readonly excludeSources?: readonly string[];
}

export interface RecallDeps {
  readonly memory: MemoryStore;
  /** The embedder that serves now, with the slot its vectors are in. */
  readonly embedder: () => { readonly embedder: Embedder; readonly slot: string };
  readonly texts: TextReader;
  /** Roots that are being forgotten: their items are not found either. */
  readonly hidden: () => Promise<readonly string[]>;
  /** Titles of sessions by id. */
  readonly titles: (sessionIds: readonly string[]) => Promise<ReadonlyMap<string, string>>;
}

/** Best by words and best by meaning; all scores instead of 400 bring under 0.01 on LoCoMo. */
const CANDIDATES = 400;

/** Ranked by default. A paragraph is found with its message, an exchange through its messages. */
const RANKED_KINDS: readonly ItemKind[] = ['chunk', 'message', 'summary', 'insight', 'golden-answer'];

/** Vector of the question; `undefined` when the embedder cannot answer in time, then words serve alone. */
async function questionVector(
  text: string,
  { embedder, slot }: ReturnType<RecallDeps['embedder']>,
  ctx: Ctx,
): Promise<{ readonly slot: string; readonly vector: Float32Array } | undefined> {
  try {
    return { slot, vector: await embedder.embedQuery(text, ctx.signal) };
  } catch (error) {
    ctx.signal.throwIfAborted();
    ctx.log.warn('recall-without-meaning', { model: embedder.model.id, reason: String(error) });
    return undefined;
  }
}

function itemFilter({ filter }: RecallInput): ItemFilter {
  const given = Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined));
  return { kinds: RANKED_KINDS, ...(given as ItemFilter) };
}

/** A place of the ranking with what is shown of it beside its text. */
interface Best {
  readonly ranked: Ranked;
  readonly item: MemoryItem;
  readonly title: string;
  readonly neighbours: Hit['neighbours'];
}

interface Showing {
  readonly limit: number;
  readonly neighbours: number;
  readonly excluded: ReadonlySet<string>;
}

/** Some places of the ranking; what is read of them is asked for at once, as each way to a store and back takes time. */
async function readPlaces(
  places: readonly Ranked[],
  showing: Showing,
  deps: RecallDeps,
  ctx: Ctx,
): Promise<Best[]> {
  const candidates = places.map(({ candidate }) => candidate);
  const ids = candidates.map(({ id }) => id);
  const [items, titles, neighbours] = await Promise.all([
    deps.memory.get(ctx.ownerId, ids, ctx.signal),
    deps.titles([...new Set(candidates.flatMap(({ sessionId }) => sessionId ?? []))]),
    neighboursOf(candidates, showing, deps, ctx),
  ]);
  const byId = new Map(items.map((item) => [item.id, item]));
  return places.flatMap((ranked) => {
    const item = byId.get(ranked.candidate.id);
    if (item === undefined || item.sources.some((source) => showing.excluded.has(source))) return [];
    const title = titles.get(item.sessionId ?? '') ?? '';
    return { ranked, item, title, neighbours: neighbours.get(item.id) ?? [] };
  });
}

/** The best that may be shown, in order. Reads more only when excluded sources left room. */
async function bestPlaces(
  ranked: readonly Ranked[],
  showing: Showing,
  deps: RecallDeps,
  ctx: Ctx,
): Promise<Best[]> {
  const { limit } = showing;
  const best: Best[] = [];
  for (let from = 0; from < ranked.length && best.length < limit; from += limit)
    best.push(...(await readPlaces(ranked.slice(from, from + limit), showing, deps, ctx)));
  return best.slice(0, limit);
}

function readingOf(question: ReadQuestion, speaker: string | undefined): QuestionReading {
  const { language, time, terms } = question;
  return {
    asksAssistant: question.askedRole === 'assistant',
    terms: terms.filter(({ term, weight }) => weight === 1 && !isGram(term)).map(({ term }) => term),
    ...(language === undefined ? {} : { language }),
    ...(time === undefined ? {} : { from: time.from, to: time.to, timeText: time.text }),
    ...(speaker === undefined ? {} : { speaker }),
  };
}

function hitOf({ ranked, item, title, neighbours }: Best, text: string, { terms }: ReadQuestion): Hit {
  return {
    id: item.id,
    kind: item.kind,
    text,
    score: ranked.score,
    signals: ranked.signals,
    matched: matchedWords(text, item.language, terms),
    place: placeOf(item, title),
    neighbours,
    tags: [...item.tags],
    trust: item.trust,
    ...(item.language === undefined ? {} : { language: item.language }),
  };
}

function rankFor(
  question: ReadQuestion,
  candidates: Awaited<ReturnType<MemoryStore['search']>>,
  model: Embedder['model'],
) {
  const { language, time, askedRole } = question;
  const authors = [...new Set(candidates.flatMap(({ author }) => author ?? []))];
  const speaker = namedSpeaker(question.text, language, authors);
  const knows = (one: string | undefined) =>
    model.languages === 'many' || one === undefined || model.languages.includes(one);
  const asked = { speaker, askedRole, language, knows };
  const ranked = rank(
    candidates,
    time === undefined ? asked : { ...asked, time: { ...time, said: question.asksWhatWasSaid } },
  );
  return { ranked, speaker };
}

/**
 * What the owner's memory has for a question: the one function behind every door. Reads the question, searches words
 * and vectors at once, ranks by signals, then reads the texts of the best hits within the token budget. Never fails for
 * want of an embedder. The order is the same for the same memory.
 */
export async function recall(input: RecallInput, deps: RecallDeps, ctx: Ctx): Promise<RecallResult> {
  const startedAt = ctx.now();
  const serving = deps.embedder();
  // The encoder has the question already while its words are read here.
  const asked = Promise.all([questionVector(input.question, serving, ctx), deps.hidden()]);
  const question = readQuestion(input.question, startedAt);
  const [vector, hidden] = await asked;
  const excluded = new Set([...(input.excludeSources ?? []), ...hidden]);
  const request = {
    terms: question.terms,
    vectors: vector === undefined ? [] : [vector],
    filter: itemFilter(input),
    candidates: CANDIDATES,
  };
  const candidates = await deps.memory.search(ctx.ownerId, request, ctx.signal);
  const { ranked, speaker } = rankFor(question, candidates, serving.embedder.model);
  const { limit, neighbours } = input;
  const best = await bestPlaces(ranked, { limit, neighbours, excluded }, deps, ctx);

  const items = best.map(({ item }) => item);
  const texts = await deps.texts.read(ctx.ownerId, items, ctx.signal);
  const readable = best.flatMap((one) => {
    const text = texts.get(one.item.id);
    return text === undefined ? [] : [{ one, text }];
  });
  const { packed, leftOut } = packWithin(readable, ({ text }) => estimateTokens(text), input.tokenBudget);
  return {
    hits: packed.map(({ one, text }) => hitOf(one, text, question)),
    reading: readingOf(question, speaker),
    meaning: vector !== undefined,
    considered: candidates.length,
    leftOut,
    tookMs: ctx.now() - startedAt,
  };
}
