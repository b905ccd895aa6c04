import { groupBy } from '../recall/conversation-sets.ts';
import type { BenchGroup, BenchQuery } from '../recall/bench-set.ts';
import { loadSet } from '../recall/load-set.ts';
import { ADVERSARIAL, facqa, xquad, type QualityGroup } from './quality-samples.ts';

/** One memory and what is asked of it. */
export interface AbstentionSample {
  readonly memory: BenchGroup;
  /** Questions whose answer is in memory. */
  readonly answerable: readonly string[];
  /** Questions about something that is in memory, which does not tell what is asked. */
  readonly untold: readonly string[];
  /** Questions about something that memory has nothing on. */
  readonly foreign: readonly string[];
}

/** Questions of one kind that a set is asked at most. */
const MOST_QUESTIONS = 100;

/** At most so many of a list, in equal steps through it: every run takes the same ones. */
function evenly<T>(all: readonly T[], most: number): T[] {
  const step = Math.max(1, all.length / most);
  return all.filter((_one, at) => Math.floor((at + 1) / step) > Math.floor(at / step)).slice(0, most);
}

const asked = (queries: readonly BenchQuery[], most = MOST_QUESTIONS) =>
  evenly(queries, most).map(({ question }) => question);

/** Leaves documents out of memory, and asks about them, too. */
function withoutSome(
  { group, queries }: QualityGroup,
  untold: ReadonlySet<string>,
  foreign: ReadonlySet<string>,
): AbstentionSample {
  const about = (wanted: (id: string) => boolean) => asked(queries.filter(({ gold }) => gold.every(wanted)));
  const told = (id: string) => !untold.has(id) && !foreign.has(id);
  return {
    memory: { ...group, documents: group.documents.filter(({ id }) => told(id)) },
    answerable: about(told),
    untold: about((id) => untold.has(id)),
    foreign: about((id) => foreign.has(id)),
  };
}

/** Of every sixth article nothing is in memory, of the others all but the last paragraph. */
const FOREIGN_ARTICLE = 6;

/** XQuAD: a paragraph's id is that of its article and its number there (`a0p3`). */
export async function xquadAbstention(data: string, language: 'en' | 'ru'): Promise<AbstentionSample[]> {
  const set = await xquad(data, language);
  const ids = set.group.documents.map(({ id }) => id);
  const articles = [...groupBy(ids, (id) => id.replace(/p\d+$/u, '')).values()];
  const foreign = articles.filter((_article, at) => at % FOREIGN_ARTICLE === FOREIGN_ARTICLE - 1);
  const untold = articles.filter((article) => !foreign.includes(article)).flatMap((one) => one.slice(-1));
  return [withoutSome(set, new Set(untold), new Set(foreign.flat()))];
}

/** Passages are about different things: one of three is left out. */
const FOREIGN_PASSAGE = 3;

/** FacQA: no two passages are about the same, so nothing asked is untold. */
export async function facqaAbstention(data: string): Promise<AbstentionSample[]> {
  const set = await facqa(data);
  const foreign = set.group.documents.filter((_one, at) => at % FOREIGN_PASSAGE === FOREIGN_PASSAGE - 1);
  return [withoutSome(set, new Set(), new Set(foreign.map(({ id }) => id)))];
}

/** Conversations that are remembered, each alone; questions about all others are foreign to them. */
const CONVERSATIONS = 3;

/** LoCoMo: untold are the adversarial questions. */
export async function locomoAbstention(data: string): Promise<AbstentionSample[]> {
  const { groups } = await loadSet(data, 'locomo');
  const most = Math.floor(MOST_QUESTIONS / CONVERSATIONS);
  const others = groups.slice(CONVERSATIONS).flatMap(({ queries }) => queries);
  return groups.slice(0, CONVERSATIONS).map((memory, at) => {
    const told = memory.queries.filter(({ category, gold }) => category !== ADVERSARIAL && gold.length > 0);
    const untold = memory.queries.filter(({ category }) => category === ADVERSARIAL);
    const foreign = others.filter((_query, number) => number % CONVERSATIONS === at);
    return {
      memory,
      answerable: asked(told, most),
      untold: asked(untold, most),
      foreign: asked(foreign, most),
    };
  });
}
