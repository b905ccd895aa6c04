import { count, outOf } from '../format.ts';
import type { Look, Style } from '../look.ts';
import { oneLine } from '../plain-text.ts';
import type { FileReport, TakeInReport } from '../take-in.ts';

const MARKS: Readonly<Record<FileReport['outcome'], readonly [string, Style]>> = {
  accepted: ['new', 'green'],
  replaced: ['replaced', 'green'],
  known: ['known', 'dim'],
  skipped: ['skipped', 'dim'],
  unsupported: ['not read', 'yellow'],
  failed: ['FAILED', 'red'],
};

/** Above this the files that went well are only counted. */
const NAMED = 40;

function named(report: TakeInReport): readonly FileReport[] {
  if (report.files.length <= NAMED) return report.files;
  return report.files.filter(({ reason }) => reason !== undefined);
}

function fileLine(file: FileReport, look: Look): string {
  const [mark, style] = MARKS[file.outcome];
  const reason = file.reason === undefined ? '' : `: ${oneLine(file.reason)}`;
  return `${look.style(style, mark.padEnd(9))} ${oneLine(file.path)}${reason}`;
}

function sums({ counts, waited }: TakeInReport): string {
  const parts = [
    [counts.accepted, 'new'],
    [counts.replaced, 'replaced'],
    [counts.known, 'known before'],
    [counts.skipped, 'skipped'],
    [counts.unsupported, 'of a kind that is not read'],
    [counts.failed, 'failed'],
  ] as const;
  const taken = counts.accepted + counts.replaced + counts.known;
  const present = parts.filter(([n]) => n > 0).map(([n, what]) => `${n.toLocaleString('en')} ${what}`);
  return `${count(taken, 'file')} ${waited ? 'in memory' : 'stored'}${present.length === 0 ? '' : ` (${present.join(', ')})`}.`;
}

function vectorLine({ done, of }: TakeInReport['vectors']): string {
  const rest = done < of ? '; the others get theirs in the background' : '';
  return `${outOf(done, of)} passages have a vector${rest}.`;
}

function goneLines({ gone }: TakeInReport, look: Look): string[] {
  if (gone.length === 0) return [];
  const [were, are, each] = gone.length === 1 ? ['was', 'is', 'it'] : ['were', 'are', 'each'];
  return [
    ...gone.slice(0, NAMED).map(({ path, documentId }) => {
      const mark = look.style('yellow', 'gone'.padEnd(9));
      return `${mark} ${oneLine(path)}  ${look.style('dim', look.id(documentId))}`;
    }),
    ...(gone.length > NAMED
      ? [look.style('dim', `… and ${(gone.length - NAMED).toLocaleString('en')} more, see --json`)]
      : []),
    `${count(gone.length, 'file')} that ${were} taken in earlier ${are} no longer there; jiwa documents delete <id> removes ${each} from memory.`,
  ];
}

/** What became of each file, then the sums. */
export function takeInLines(report: TakeInReport, look: Look): string[] {
  const gone = goneLines(report, look);
  if (report.files.length === 0) return ['There is no file in it.', ...gone];
  const { vectors } = report;
  return [
    ...named(report).map((file) => fileLine(file, look)),
    '',
    look.style('bold', sums(report)),
    ...(report.waited && vectors.of > 0 ? [vectorLine(vectors)] : []),
    ...gone,
  ];
}
