import type { DoctorReport, StatusView } from '../../../wire/system.ts';
import { count, duration, outOf } from '../format.ts';
import type { Look } from '../look.ts';
import type { Parts } from '../parts-now.ts';
import { oneLine } from '../plain-text.ts';
import { pairs } from '../table.ts';

function countsOf(counts: Readonly<Record<string, number>>): string {
  const parts = Object.entries(counts)
    .filter(([, n]) => n > 0)
    .map(([status, n]) => `${n.toLocaleString('en')} ${status}`);
  return parts.length === 0 ? 'none' : parts.join(', ');
}

/** Where the server runs, if one does; what memory holds and how far its vectors are. */
export function statusLines(status: StatusView, look: Look, url: string | undefined): string[] {
  const { vectors } = status;
  const percent = vectors.of === 0 ? '' : ` (${Math.floor((vectors.done / vectors.of) * 100)} %)`;
  return pairs(
    [
      ['Jiwa', status.version],
      ['server', url === undefined ? 'none runs; opened for this command' : url],
      ['up for', url === undefined ? undefined : duration(Math.max(0, look.nowMs - status.startedAt))],
      ['data', status.dataFolder],
      ['documents', countsOf(status.documents)],
      ['passages', status.chunks.toLocaleString('en')],
      ['conversations', `${status.sessions.toLocaleString('en')} with ${count(status.messages, 'message')}`],
      ['vectors', `${outOf(vectors.done, vectors.of)}${percent} by ${vectors.model}`],
      ['jobs', countsOf(status.jobs)],
      ['memory', `${Math.round(status.memoryMb)} MB`],
    ],
    look,
  );
}

/** Each part that is not as it should be: how it is, and what that means. */
export function partLines(parts: Parts, look: Look): string[] {
  return Object.entries(parts).flatMap(([name, { state, note = '' }]) => {
    if (state === 'ok') return [];
    const shown = state === 'down' ? look.style('red', 'DOWN') : look.style('yellow', 'degraded');
    return `${shown}  ${oneLine(name)}: ${oneLine(note)}`;
  });
}

/** Each check with what was found, and what to do where it is not as it should be. */
export function doctorLines(report: DoctorReport, look: Look): string[] {
  const lines = report.checks.flatMap((check) => [
    `${check.ok ? look.style('green', 'ok  ') : look.style('red', 'FAIL')}  ${oneLine(check.name)}: ${oneLine(check.found)}`,
    ...(check.advice === undefined ? [] : [`      ${oneLine(check.advice)}`]),
  ]);
  return [...lines, '', report.ok ? 'All is well.' : 'Something is not as it should be.'];
}
