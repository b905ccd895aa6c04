/** The text formats; what a text is must show in its content, the name only decides between what is left. */
export type TextFormat = 'html' | 'json' | 'jsonl' | 'csv' | 'markdown' | 'plain';

const MARKDOWN_NAME = /\.(?:md|markdown|mdown|mkd)$/i;
const HTML_NAME = /\.(?:html?|xhtml)$/i;
const TABLE_NAME = /\.(?:csv|tsv|tab)$/i;

/** Tells the format of a text by its beginning; `whole` says that `text` is all of it. */
export function textFormat(text: string, filename: string, whole: boolean): TextFormat {
  const body = text.replace(/^\ufeff/, '');
  if (isHtml(body, filename)) return 'html';
  const json = jsonFormat(body, whole);
  if (json !== undefined) return json;
  if (MARKDOWN_NAME.test(filename)) return 'markdown';
  if (isTable(body, filename, whole)) return 'csv';
  const named = /\.[a-z0-9]{1,5}$/i.test(filename);
  return !named && isMarkdown(body) ? 'markdown' : 'plain';
}

function isHtml(text: string, filename: string): boolean {
  const start = text.slice(0, 20_000).replace(/^(?:\s|<!--.*?-->|<\?xml[^>]*>)+/su, '');
  if (/^<(?:!doctype html|html|head|body)\b/i.test(start)) return true;
  const tags = start.match(
    /<\/?(?:p|div|span|br|table|tr|td|ul|ol|li|h[1-6]|a|b|i|em|strong|article|section)\b[^>]{0,500}>/gi,
  );
  if (HTML_NAME.test(filename)) return (tags?.length ?? 0) > 0;
  return !MARKDOWN_NAME.test(filename) && start.startsWith('<') && (tags?.length ?? 0) >= 4;
}

/** How a JSON object or array must begin when its end is out of sight. */
const JSON_OBJECT_START = /^\{\s*"(?:[^"\\\n]|\\.)*"\s*:/u;
const JSON_ARRAY_START = /^\[[\s[]*(?:\{\s*["}]|(?:"(?:[^"\\\n]|\\.)*"|-?\d[\d.eE+-]*|true|false|null)\s*,)/u;

function jsonFormat(text: string, whole: boolean): 'json' | 'jsonl' | undefined {
  const start = text.trimStart();
  if (!/^[[{]/.test(start)) return undefined;
  const lines = start.split('\n').filter((line) => line.trim() !== '');
  const complete = whole ? lines : lines.slice(0, -1);
  if (complete.length >= 2 && complete.slice(0, 20).every(isJsonContainer)) return 'jsonl';
  if (whole) return isJsonContainer(start) ? 'json' : undefined;
  return JSON_OBJECT_START.test(start) || JSON_ARRAY_START.test(start) ? 'json' : undefined;
}

function isJsonContainer(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null;
  } catch {
    return false;
  }
}

export const DELIMITERS = [',', ';', '\t', '|'] as const;

/** How many columns each of the first records has with this delimiter; quoted cells may hold delimiters and line ends. */
function columnCounts(text: string, delimiter: string, whole: boolean): number[] {
  const sample = text.slice(0, 50_000).replace(/"(?:[^"]|"")*"/gu, 'q');
  const lines = sample.split(/\r?\n/u).filter((line) => line.trim() !== '');
  if (!whole || text.length > 50_000) lines.pop();
  return lines.slice(0, 50).map((line) => line.split(delimiter).length);
}

/** The delimiter that cuts the first records into the same number of columns, the most of them; `undefined`: none. */
export function tableDelimiter(
  text: string,
  whole = true,
): { delimiter: string; columns: number; rows: number } | undefined {
  let best: { delimiter: string; columns: number; rows: number } | undefined;
  for (const delimiter of DELIMITERS) {
    const counts = columnCounts(text, delimiter, whole);
    const columns = counts[0] ?? 1;
    if (columns < 2 || counts.some((count) => count !== columns)) continue;
    if (best === undefined || columns > best.columns) best = { delimiter, columns, rows: counts.length };
  }
  return best;
}

function isTable(text: string, filename: string, whole: boolean): boolean {
  // A table by name may be ragged; without the name only a regular one is taken for a table.
  if (TABLE_NAME.test(filename))
    return DELIMITERS.some((delimiter) => text.split('\n', 1)[0]?.includes(delimiter));
  const found = tableDelimiter(text, whole);
  if (found === undefined || /^[ \t]*\|?[ \t]*:?-{2,}[ \t:|-]*$/mu.test(text.slice(0, 2_000))) return false;
  return found.rows >= 3 && (found.columns >= 3 || found.delimiter === '\t');
}

/** Bounded, since they look at strangers' files on the event loop. */
const MARKDOWN_SIGNS = [
  /^#{1,6} \S/mu,
  /^```/mu,
  /^[ \t]*[-*] \[[ x]\] /mu,
  /\[[^\]\n]{1,200}\]\([^)\s]{1,500}\)/u,
  /\*\*[^*\n]+\*\*/u,
  /^\|.+\|\n\|[ :|-]+\|$/mu,
  /^> \S/mu,
  /^[-*+] \S/mu,
];

function isMarkdown(text: string): boolean {
  const start = text.slice(0, 20_000);
  return MARKDOWN_SIGNS.filter((sign) => sign.test(start)).length >= 2;
}
