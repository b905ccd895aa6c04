import readExcelFile from 'read-excel-file/node';
import { documentBuilder } from '../document-builder.ts';
import type { FormatReader } from '../format-reader.ts';
import { checkOfficeFile } from '../office-file.ts';
import { coreTitle, openPackage } from './office-package.ts';
import { rowLines } from './row-lines.ts';

/** Rows of one sheet that are read; more is a database, not a document. */
const MAX_ROWS = 200_000;

/** What the package gives; its own type names the constructor of dates instead of dates. */
type SheetCell = string | number | boolean | Date | null;

/** Each sheet a page named as the sheet is, each row a line of `header: value`; dates as ISO 8601. */
export const readXlsx: FormatReader = async (bytes, { limits }) => {
  await checkOfficeFile(bytes, limits);
  const sheets = await readExcelFile(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  const builder = documentBuilder(limits.maxCharacters);
  for (const [index, { sheet, data }] of sheets.entries()) {
    if (data.length > MAX_ROWS) {
      builder.warn(`Of sheet ${index + 1} the first ${MAX_ROWS} of ${data.length} rows were read.`);
    }
    const { before, lines } = rowLines(
      (data.slice(0, MAX_ROWS) as SheetCell[][]).map((row) => row.map(cellText)),
    );
    builder.page(index + 1, sheet);
    if (sheets.length > 1 && lines.length > 0) builder.add('heading', sheet, 1);
    builder.add('paragraph', before.join('\n'));
    builder.add('table', lines.join('\n'));
  }
  return builder.build(await coreTitle(await openPackage(bytes, limits)));
};

function cellText(cell: SheetCell): string {
  if (cell === null) return '';
  if (cell instanceof Date) return dateText(cell);
  return typeof cell === 'number' ? numberText(cell) : String(cell);
}

/** `2026-03-01`, with the time where there is one. */
function dateText(date: Date): string {
  if (Number.isNaN(date.getTime())) return '';
  const [day = '', time = ''] = date.toISOString().split('T');
  const minutes = time.slice(0, 5);
  return minutes === '00:00' ? day : `${day} ${minutes}`;
}

/** Without the last digits that only the binary form has: 0.1 + 0.2 is 0.3. */
function numberText(value: number): string {
  return String(Number(value.toPrecision(15)));
}
