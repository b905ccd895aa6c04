import type { Element } from 'domhandler';
import { AppError } from '../../../core/errors.ts';
import { documentBuilder, type DocumentBuilder } from '../document-builder.ts';
import type { FormatReader } from '../format-reader.ts';
import { oneLine } from '../normalise-text.ts';
import { checkOfficeFile } from '../office-file.ts';
import {
  coreTitle,
  descendants,
  openPackage,
  textOf,
  type OfficePackage,
  type XmlNode,
} from './office-package.ts';

const PRESENTATION = 'ppt/presentation.xml';

/** Slides in their order, each a page: its title as heading, texts, tables, then the speaker's notes. */
export const readPptx: FormatReader = async (bytes, { limits }) => {
  await checkOfficeFile(bytes, limits);
  const office = await openPackage(bytes, limits);
  const builder = documentBuilder(limits.maxCharacters);
  let firstTitle = '';
  for (const [index, path] of (await slidePaths(office)).entries()) {
    const slide = await office.part(path);
    if (slide === undefined) {
      builder.warn(`Slide ${index + 1} is missing in the file.`);
      continue;
    }
    const title = slideTitle(slide);
    if (firstTitle === '') firstTitle = title;
    // Only what has a name is never joined with its neighbour in one chunk.
    builder.page(index + 1, title === '' ? `Slide ${index + 1}` : title);
    addShapes(builder, slide);
    await addNotes(builder, office, path);
  }
  const title = await coreTitle(office);
  return builder.build(title === '' ? firstTitle : title);
};

async function slidePaths(office: OfficePackage): Promise<string[]> {
  const presentation = await office.part(PRESENTATION);
  if (presentation === undefined)
    throw new AppError('unreadable', 'The presentation is damaged: it has no slide list.');
  const relations = await office.relations(PRESENTATION);
  const paths = descendants(presentation, 'p:sldId').map(
    (slide) => relations.get(slide.attribs['r:id'] ?? '')?.path,
  );
  return paths.filter((path) => path !== undefined);
}

/** What a shape is for: `title`, `body`, `sldNum`, …; empty for a free text box. */
function placeholder(shape: Element): string {
  const [mark] = descendants(shape, 'p:ph');
  return mark === undefined ? '' : (mark.attribs['type'] ?? 'body');
}

function isTitle(shape: Element): boolean {
  return /^(?:title|ctrTitle)$/u.test(placeholder(shape));
}

function slideTitle(slide: XmlNode): string {
  const shape = descendants(slide, 'p:sp').find(isTitle);
  return shape === undefined ? '' : oneLine(paragraphs(shape).join(' '));
}

function addShapes(builder: DocumentBuilder, slide: XmlNode): void {
  builder.add('heading', slideTitle(slide), 1);
  for (const shape of descendants(slide, 'p:sp', 'p:graphicFrame')) {
    if (shape.name === 'p:graphicFrame') builder.add('table', tableText(shape));
    else if (!isTitle(shape) && !/^(?:dt|ftr|hdr|sldNum)$/u.test(placeholder(shape))) addText(builder, shape);
  }
}

/** Several paragraphs of a placeholder are its bullet points. */
function addText(builder: DocumentBuilder, shape: Element): void {
  const lines = paragraphs(shape);
  const levels = descendants(shape, 'a:p').map((paragraph) =>
    Number(descendants(paragraph, 'a:pPr')[0]?.attribs['lvl'] ?? 0),
  );
  if (placeholder(shape) === '' || lines.filter((line) => line !== '').length < 2) {
    builder.add('paragraph', lines.filter((line) => line !== '').join('\n'));
    return;
  }
  const items = lines.map((line, index) =>
    line === '' ? '' : `${'  '.repeat(levels[index] ?? 0)}- ${line}`,
  );
  builder.add('list', items.filter((item) => item !== '').join('\n'));
}

function paragraphs(shape: XmlNode): string[] {
  return descendants(shape, 'a:p').map((paragraph) => oneLine(runs(paragraph)));
}

/** Text of the runs of a paragraph; a line break or tab is a space. */
function runs(paragraph: Element): string {
  return descendants(paragraph, 'a:t', 'a:br', 'a:tab')
    .map((run) => (run.name === 'a:t' ? textOf(run) : ' '))
    .join('');
}

function tableText(frame: Element): string {
  return descendants(frame, 'a:tr')
    .map((row) => descendants(row, 'a:tc').map((cell) => oneLine(paragraphs(cell).join(' '))))
    .filter((cells) => cells.some((cell) => cell !== ''))
    .map((cells) => cells.join(' | '))
    .join('\n');
}

async function addNotes(builder: DocumentBuilder, office: OfficePackage, path: string): Promise<void> {
  const relations = await office.relations(path);
  const notes = relations.values().find((relation) => relation.type === 'notesSlide');
  if (notes === undefined) return;
  const shapes = descendants(await office.part(notes.path), 'p:sp').filter((shape) =>
    /^(?:body)?$/u.test(placeholder(shape)),
  );
  for (const shape of shapes)
    builder.add(
      'paragraph',
      paragraphs(shape)
        .filter((line) => line !== '')
        .join('\n'),
    );
}
