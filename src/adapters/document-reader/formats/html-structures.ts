import { isTag, type ChildNode, type Element } from 'domhandler';
import { oneLine } from '../normalise-text.ts';
import { inlineText, isHidden, MAX_DEPTH } from './html-inline.ts';

/** Items on lines of their own: `- item` or `1. item`, inner lists indented by two spaces. */
export function listText(list: Element, depth = 0): string {
  if (depth > MAX_DEPTH) return '';
  const lines: string[] = [];
  const first = Number(list.attribs['start'] ?? 1);
  let number = Number.isInteger(first) ? first : 1;
  for (const child of list.children) {
    if (!isTag(child) || isHidden(child)) continue;
    if (LISTS.has(child.name)) {
      lines.push(listText(child, depth + 1));
      continue;
    }
    const inner = child.children.filter((node) => isList(node));
    const own = child.children.filter((node) => !isList(node));
    const text = oneLine(own.map(inlineText).join(''));
    if (text !== '') lines.push(`${'  '.repeat(depth)}${list.name === 'ol' ? `${number++}.` : '-'} ${text}`);
    lines.push(...inner.map((nested) => listText(nested, depth + 1)));
  }
  return lines.filter((line) => line !== '').join('\n');
}

const LISTS = new Set(['ul', 'ol']);

function isList(node: ChildNode): node is Element {
  return isTag(node) && LISTS.has(node.name);
}

/** False for a table that only places things on a page: one inside another, with headings, or of a single column. */
export function isDataTable(table: Element): boolean {
  const rows = tableRows(table);
  return rows.some((row) => cells(row).length > 1) && !contains(table, LAYOUT_SIGNS, 0);
}

const LAYOUT_SIGNS = new Set(['table', 'h1', 'h2', 'h3', 'form']);

function contains(element: Element, names: ReadonlySet<string>, depth: number): boolean {
  if (depth > MAX_DEPTH) return false;
  return element.children.some(
    (child) => isTag(child) && (names.has(child.name) || contains(child, names, depth + 1)),
  );
}

/** A row a line, cells apart by ` | `; a caption first. */
export function tableText(table: Element): string {
  const caption = table.children.find((child) => isTag(child) && child.name === 'caption');
  const lines = tableRows(table).map((row) => {
    const texts = cells(row).map((cell) => oneLine(inlineText(cell)));
    return texts.some((text) => text !== '') ? texts.join(' | ') : '';
  });
  return [caption === undefined ? '' : oneLine(inlineText(caption)), ...lines]
    .filter((line) => line !== '')
    .join('\n');
}

function tableRows(table: Element): Element[] {
  return table.children.filter(isTag).flatMap((child) => {
    if (child.name === 'tr') return isHidden(child) ? [] : [child];
    return /^t(?:head|body|foot)$/u.test(child.name) ? tableRows(child) : [];
  });
}

function cells(row: Element): Element[] {
  return row.children
    .filter(isTag)
    .filter((cell) => (cell.name === 'td' || cell.name === 'th') && !isHidden(cell));
}
