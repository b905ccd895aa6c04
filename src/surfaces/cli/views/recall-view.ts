import type { Hit, QuestionReading, RecallResult } from '../../../wire/recall.ts';
import { count, day, duration } from '../format.ts';
import type { Look } from '../look.ts';
import { indented, oneLine, plain, truncate } from '../plain-text.ts';
import { placeLine, speaker } from './place-view.ts';

export interface RecallLook {
  /** Show what made each hit rank where it does, and how the question was read. */
  readonly explain: boolean;
}

const READABLE = 100;

function signalLine(hit: Hit): string {
  const parts = Object.entries(hit.signals)
    .filter(([, value]) => value !== 0)
    .map(([name, value]) => `${name} ${value > 0 ? '+' : ''}${value.toFixed(2)}`);
  const matched = hit.matched.length === 0 ? '' : ` · matched: ${hit.matched.map(oneLine).join(', ')}`;
  return `${parts.join('  ')}${matched}`;
}

function neighbourLines(hit: Hit, look: Look, before: boolean): string[] {
  return hit.neighbours
    .filter(({ distance }) => distance < 0 === before)
    .map((near) =>
      look.style(
        'dim',
        `      ${truncate(`${speaker(near)}: ${oneLine(near.text)}`, Math.min(look.width, READABLE) - 6)}`,
      ),
    );
}

function hitLines(hit: Hit, number: number, look: Look, { explain }: RecallLook): string[] {
  return [
    `${look.style('cyan', `[${number}]`.padEnd(4))} ${look.style('bold', placeLine(hit.place))}  ${look.style('dim', hit.score.toFixed(2))}`,
    ...neighbourLines(hit, look, true),
    ...indented(plain(hit.text).trim(), 5, Math.min(look.width, READABLE)),
    ...neighbourLines(hit, look, false),
    ...(explain ? [`     ${look.style('yellow', signalLine(hit))}`] : []),
    `     ${look.style('dim', hit.id)}`,
    '',
  ];
}

/** How a question was understood. */
export function readingLine(reading: QuestionReading): string {
  const time =
    reading.from === undefined || reading.to === undefined
      ? undefined
      : `${reading.timeText ?? 'time'}: ${day(reading.from)} to ${day(reading.to - 1)}`;
  const parts = [
    reading.language === undefined ? undefined : `language ${reading.language}`,
    time,
    reading.speaker === undefined ? undefined : `said by ${reading.speaker}`,
    reading.asksAssistant ? 'about what the assistant said' : undefined,
    `words: ${reading.terms.join(' ')}`,
  ];
  return oneLine(`Read as ${parts.filter((part) => part !== undefined).join(' · ')}`);
}

/** Hits of a recall, best first, numbered so that `jiwa open <n>` opens them. */
export function recallLines(result: RecallResult, look: Look, options: RecallLook): string[] {
  const reading = options.explain ? [look.style('dim', readingLine(result.reading)), ''] : [];
  if (result.hits.length === 0) return [...reading, 'Nothing about this in memory.'];
  const leftOut = result.leftOut === 0 ? '' : `, ${result.leftOut} left out by the token budget`;
  const words = result.meaning ? '' : ', by words alone';
  const foot = `${count(result.hits.length, 'hit')} of ${count(result.considered, 'candidate')}${leftOut}${words}, ${duration(result.tookMs)}`;
  return [
    ...reading,
    ...result.hits.flatMap((hit, i) => hitLines(hit, i + 1, look, options)),
    look.style('dim', foot),
  ];
}
