import { parse } from 'csv-parse/sync';
import { documentBuilder } from '../document-builder.ts';
import type { FormatReader } from '../format-reader.ts';
import { DELIMITERS, tableDelimiter } from '../text-format.ts';
import { rowLines } from './row-lines.ts';
import { sourceText } from './source-text.ts';

/** Records as lines of `header: value`; the delimiter is told from the first ones. */
export const readCsv: FormatReader = (bytes, { limits }) => {
  const { text, warnings } = sourceText(bytes);
  const rows = parse(text, {
    delimiter: tableDelimiter(text)?.delimiter ?? commonDelimiter(text),
    bom: true,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
  });
  const builder = documentBuilder(limits.maxCharacters);
  for (const warning of warnings) builder.warn(warning);
  const { before, lines } = rowLines(rows);
  builder.add('paragraph', before.join('\n'));
  builder.add('table', lines.join('\n'));
  return builder.build();
};

/** Of a ragged table: what its first line has most of. */
function commonDelimiter(text: string): string {
  const [line = ''] = text.split('\n', 1);
  const count = (delimiter: string) => line.split(delimiter).length;
  return DELIMITERS.reduce((best, delimiter) => (count(delimiter) > count(best) ? delimiter : best));
}
