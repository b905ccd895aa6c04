import { isTag, isText, type ChildNode, type Element } from 'domhandler';
import { parseDocument } from 'htmlparser2';
import type { BlockKind, ExtractedDocument } from '../../../ports/document-reader.ts';
import { documentBuilder, type DocumentBuilder } from '../document-builder.ts';
import { oneLine } from '../normalise-text.ts';
import { inlineText, isHidden, MAX_DEPTH, preformattedText } from './html-inline.ts';
import { isDataTable, listText, tableText } from './html-structures.ts';

interface Walk {
  readonly builder: DocumentBuilder;
  /** Inline text of the block that is being collected. */
  pending: string;
  title: string;
  firstHeading: string;
}

/** Elements that end the paragraph before them and begin one. */
const BLOCKS = new Set(
  'address article aside blockquote body button center dd details dialog div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 head header hgroup hr html legend li main ol option p pre section summary table tbody td tfoot th thead tr ul'.split(
    ' ',
  ),
);

/**
 * Readable text of an HTML page: headings, paragraphs, lists (`- item`, nested ones indented), tables of data (a row
 * a line, cells apart by ` | `), preformatted text as code, quotes. Tables that only lay out a page are walked through.
 * The title is the page's, else its first heading.
 */
export function htmlDocument(
  html: string,
  options: { readonly maxCharacters: number; readonly warnings?: readonly string[]; readonly title?: string },
): ExtractedDocument {
  const builder = documentBuilder(options.maxCharacters);
  for (const warning of options.warnings ?? []) builder.warn(warning);
  const walk: Walk = { builder, pending: '', title: options.title ?? '', firstHeading: '' };
  walkAll(parseDocument(html).children, walk, 0);
  flush(walk);
  return builder.build(walk.title === '' ? walk.firstHeading : walk.title);
}

function walkAll(nodes: readonly ChildNode[], walk: Walk, depth: number): void {
  for (const node of nodes) {
    if (isText(node)) walk.pending += inlineText(node);
    else if (isTag(node)) walkElement(node, walk, depth);
  }
}

function walkElement(element: Element, walk: Walk, depth: number): void {
  if (element.name === 'title') {
    if (walk.title === '') walk.title = oneLine(inlineText(element));
    return;
  }
  if (isHidden(element)) return;
  if (depth > MAX_DEPTH)
    return walk.builder.warn('Parts of the page are nested too deeply and were left out.');
  if (!BLOCKS.has(element.name) && !hasBlocks(element, 0)) {
    walk.pending += inlineText(element);
    return;
  }
  flush(walk);
  const structure = structureOf(element);
  if (structure === undefined) walkAll(element.children, walk, depth + 1);
  else walk.builder.add(structure.kind, structure.text, structure.level);
  if (structure?.kind === 'heading' && walk.firstHeading === '') walk.firstHeading = structure.text;
  flush(walk);
}

/** The block an element is as a whole; `undefined` when it only holds others. */
function structureOf(element: Element): { kind: BlockKind; text: string; level?: number } | undefined {
  const heading = /^h([1-6])$/u.exec(element.name)?.[1];
  if (heading !== undefined)
    return { kind: 'heading', text: oneLine(inlineText(element)), level: Number(heading) };
  if (element.name === 'pre') return { kind: 'code', text: preformattedText(element) };
  if (element.name === 'blockquote') return { kind: 'quote', text: inlineText(element) };
  if (element.name === 'ul' || element.name === 'ol') return { kind: 'list', text: listText(element) };
  if (element.name === 'table' && isDataTable(element)) return { kind: 'table', text: tableText(element) };
  return undefined;
}

function flush(walk: Walk): void {
  walk.builder.add('paragraph', tidy(walk.pending));
  walk.pending = '';
}

function tidy(text: string): string {
  return text
    .replace(/ {2,}/gu, ' ')
    .replace(/ ?\n ?/gu, '\n')
    .trim();
}

/** True for an inline element that wraps blocks, as links around cards do. */
function hasBlocks(element: Element, depth: number): boolean {
  if (depth > MAX_DEPTH) return false;
  return element.children.some(
    (child) => isTag(child) && (BLOCKS.has(child.name) || hasBlocks(child, depth + 1)),
  );
}
