import type { Root, RootContent } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmFromMarkdown } from 'mdast-util-gfm';
import { gfm } from 'micromark-extension-gfm';
import type { Block, BlockKind } from '../../../ports/document-reader.ts';
import { checkLength, extracted } from '../document-builder.ts';
import type { FormatReader } from '../format-reader.ts';
import { plainDocument } from './plain-text.ts';
import { normalisedSource } from './source-text.ts';

/** The parser's tree takes a hundred times the memory of the text; a longer file is data, and paragraphs serve it. */
const MAX_PARSED_CHARACTERS = 2_000_000;

const KINDS: Partial<Record<RootContent['type'], BlockKind>> = {
  heading: 'heading',
  paragraph: 'paragraph',
  list: 'list',
  table: 'table',
  code: 'code',
  blockquote: 'quote',
  footnoteDefinition: 'paragraph',
};

/** The source is the text, marks included, so offsets are those of the file; blocks are its top-level elements. */
export const readMarkdown: FormatReader = (bytes, { limits }) => {
  const { text, warnings } = normalisedSource(bytes);
  checkLength(text.length, limits.maxCharacters);
  if (text.length > MAX_PARSED_CHARACTERS) {
    const note = 'The file is too long to be read as Markdown; it was read as plain text.';
    return plainDocument(text, [...warnings, note], limits.maxCharacters);
  }
  const frontMatter = frontMatterOf(text);
  const tree = fromMarkdown(text.slice(frontMatter.length), {
    extensions: [gfm()],
    mdastExtensions: [gfmFromMarkdown()],
  });
  const blocks = [...frontMatterBlock(frontMatter), ...treeBlocks(tree, text, frontMatter.length)];
  return extracted({ text, blocks, pages: [], warnings }, titleOf(text, blocks, frontMatter));
};

/** What stands between `---` on the first line and the next `---` or `...`, with both. */
function frontMatterOf(text: string): string {
  const end = text.startsWith('---\n') ? /\n(?:---|\.\.\.)(?:\n|$)/u.exec(text) : null;
  return end === null ? '' : text.slice(0, end.index + end[0].length);
}

function frontMatterBlock(frontMatter: string): Block[] {
  const end = frontMatter.trimEnd().length;
  return end === 0 ? [] : [{ kind: 'code', start: 0, end }];
}

function treeBlocks(tree: Root, text: string, shift: number): Block[] {
  const blocks: Block[] = [];
  for (const node of tree.children) {
    const kind = node.type === 'html' ? htmlKind(node.value) : KINDS[node.type];
    const start = node.position?.start.offset;
    const end = node.position?.end.offset;
    if (kind === undefined || start === undefined || end === undefined) continue;
    if (text.slice(start + shift, end + shift).trim() === '') continue;
    const level = node.type === 'heading' ? { level: node.depth } : {};
    blocks.push({ kind, start: start + shift, end: end + shift, ...level });
  }
  return blocks;
}

/** A comment is not for readers. */
function htmlKind(source: string): BlockKind | undefined {
  return /^<!--[^]*-->\s*$/u.test(source) ? undefined : 'paragraph';
}

function titleOf(text: string, blocks: readonly Block[], frontMatter: string): string {
  const named = /^title:\s*(?:"(.+)"|'(.+)'|(.+))$/mu.exec(frontMatter);
  if (named !== null) return named[1] ?? named[2] ?? named[3] ?? '';
  const heading = blocks.find((block) => block.kind === 'heading' && block.level === 1);
  if (heading === undefined) return '';
  const [line = ''] = text.slice(heading.start, heading.end).split('\n', 1);
  return line.replace(/^#+\s*|\s*#+\s*$/gu, '').replace(/[*`]|\[([^\]]*)\]\([^)]*\)/gu, '$1');
}
