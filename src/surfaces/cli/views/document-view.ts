import type { ForgetReport } from '../../../wire/common.ts';
import type { DocumentView } from '../../../wire/documents.ts';
import { ago, bytes, day, moment } from '../format.ts';
import type { Look, Style } from '../look.ts';
import { oneLine } from '../plain-text.ts';
import { pairs, table } from '../table.ts';

const COLOURS: Readonly<Record<DocumentView['status'], Style | undefined>> = {
  queued: 'yellow',
  reading: 'yellow',
  indexing: 'yellow',
  ready: 'green',
  failed: 'red',
  superseded: 'dim',
};

/** A table of documents; the reason stands under those that failed. */
export function documentTable(documents: readonly DocumentView[], look: Look): string[] {
  if (documents.length === 0) return ['No documents. Take some in: jiwa ingest <folder>'];
  return table(
    documents,
    [
      { head: 'ID', cell: ({ id }) => look.id(id), style: () => 'dim' },
      { head: 'NAME', cell: (d) => d.places[0]?.path ?? d.filename, flexible: true },
      { head: 'STATUS', cell: ({ status }) => status, style: ({ status }) => COLOURS[status] },
      { head: 'VECTORS', cell: (d) => `${d.vectors} of ${d.chunks}`, align: 'right' },
      { head: 'SIZE', cell: (d) => bytes(d.sizeBytes), align: 'right' },
      { head: 'ADDED', cell: (d) => ago(d.uploadedAt, look.nowMs), align: 'right' },
    ],
    look,
  );
}

/** Everything about one document. */
export function documentLines(document: DocumentView, look: Look): string[] {
  return pairs(
    [
      ['id', document.id],
      ['name', document.filename],
      ['title', document.title],
      ['status', document.status],
      ['reason', document.reason],
      ['advice', document.canRetry ? `try again: jiwa documents retry ${document.id}` : undefined],
      ['type', document.contentType],
      ['size', bytes(document.sizeBytes)],
      ['pages', document.pages?.toString()],
      ['language', document.language],
      ['tags', document.tags.length === 0 ? undefined : document.tags.join(', ')],
      ['passages', `${document.chunks}, ${document.vectors} with a vector`],
      ...document.places.map(({ source, path }) => ['place', `${path} (${source})`] as const),
      ['written', document.contentTime === undefined ? undefined : day(document.contentTime)],
      ['added', moment(document.uploadedAt)],
      ['replaces', document.supersedes],
      ['replaced by', document.supersededBy],
      ['sha256', document.sha256],
    ],
    look,
  );
}

/** What a deletion removed, by kind. */
export function forgetLines(report: ForgetReport): string[] {
  const parts = Object.entries(report.removed)
    .filter(([, n]) => n > 0)
    .map(([kind, n]) => `${n.toLocaleString('en')} ${oneLine(kind)}`);
  return [`Forgotten: ${parts.length === 0 ? 'nothing was left of it' : parts.join(', ')}.`];
}
