import { readLeniently } from './lenient-json.ts';

/** Longer answers are not searched further. */
const MOST_CHARS = 200_000;
/** Openings that are tried; an answer has few. */
const MOST_OPENINGS = 12;

/** What a model thinks aloud comes first. */
const THOUGHTS = /^(?:\s*<(think|thinking|reasoning)>[^]*?<\/\1>)+/i;
const FENCE = /```[\w-]*[^\S\n]*\n([^]*?)(?:```|$)/g;

function parsed(text: string): unknown[] {
  try {
    return [JSON.parse(text)];
  } catch {
    // Not JSON as it should be; read with more patience below.
    return [];
  }
}

function* openings(text: string): Iterable<number> {
  let count = 0;
  for (const { index } of text.matchAll(/[[{]/g)) {
    if (++count > MOST_OPENINGS) return;
    yield index;
  }
}

/**
 * What may be meant as JSON in a model's answer, the likeliest first: the whole, what stands in fences (the last one first,
 * as models correct themselves), then what begins with a bracket, read leniently.
 */
export function* jsonCandidates(answer: string): Iterable<unknown> {
  const text = answer.slice(0, MOST_CHARS).replace(THOUGHTS, '').trim();
  const fenced = [...text.matchAll(FENCE)].map(([, inside = '']) => inside.trim()).reverse();
  const parts = [text, ...fenced];
  for (const part of parts) yield* parsed(part);
  for (const part of [...fenced, text]) {
    for (const index of openings(part)) {
      const value = readLeniently(part, index);
      if (value !== undefined) yield value;
    }
  }
}
