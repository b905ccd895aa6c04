import type { ImportReport } from '../../../wire/sessions.ts';
import { count } from '../format.ts';
import { oneLine, truncate } from '../plain-text.ts';

const FORMATS = {
  'json-lines': 'JSON lines',
  chatgpt: 'ChatGPT export',
  claude: 'Claude export',
  postgres: 'Rows of an old deployment',
} as const;

function unreadTimeLines({ unreadTimes }: ImportReport): string[] {
  if (unreadTimes === undefined) return [];
  const examples = unreadTimes.examples.map((example) => truncate(oneLine(example), 120)).join('; ');
  return [
    `Time not read of ${count(unreadTimes.count, 'message')}, for example ${examples}.`,
    'They stand at the time of the message before them, or else of their conversation or of the import.',
  ];
}

/** What an import brought, and what it passed over with why. */
export function importLines(report: ImportReport): string[] {
  const known = report.known === 0 ? '' : `, ${count(report.known, 'message')} known before`;
  return [
    `${FORMATS[report.format]}: ${count(report.imported, 'new message')} in ${count(report.sessions, 'conversation')}${known}.`,
    ...report.skipped.map(
      ({ reason, count: n, example }) =>
        `Skipped ${n.toLocaleString('en')}: ${oneLine(reason)}, for example ${truncate(oneLine(example), 120)}`,
    ),
    ...unreadTimeLines(report),
  ];
}
