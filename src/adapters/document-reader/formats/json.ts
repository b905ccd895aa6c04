import { AppError } from '../../../core/errors.ts';
import type { ExtractedDocument } from '../../../ports/document-reader.ts';
import { documentBuilder } from '../document-builder.ts';
import type { FormatReader } from '../format-reader.ts';
import { addJson } from './json-records.ts';
import { plainDocument } from './plain-text.ts';
import { sourceText } from './source-text.ts';

/** Records and `path: value` lines, or turns; see `addJson`. What is no valid JSON after all is read as plain text. */
export const readJson: FormatReader = (bytes, { limits }) => {
  const { text, warnings } = sourceText(bytes);
  const value = parsed(text);
  if (value === undefined) {
    const note = 'The file is not valid JSON; it was read as plain text.';
    return plainDocument(text, [...warnings, note], limits.maxCharacters);
  }
  return jsonDocument(value.json, warnings, limits.maxCharacters);
};

/** One value a line, read as the members of one array; lines that are no JSON are named in a warning. */
export const readJsonLines: FormatReader = (bytes, { limits }) => {
  const { text, warnings } = sourceText(bytes);
  const values: unknown[] = [];
  const broken: number[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const value = parsed(line);
    if (value === undefined) broken.push(index + 1);
    else values.push(value.json);
  }
  if (values.length === 0) throw new AppError('unreadable', 'None of the lines of this file is valid JSON.');
  return jsonDocument(values, [...warnings, ...brokenLines(broken)], limits.maxCharacters);
};

function brokenLines(broken: readonly number[]): string[] {
  if (broken.length === 0) return [];
  const some = broken.slice(0, 5).join(', ');
  return [
    `${broken.length} lines are not valid JSON and were left out (line ${some}${broken.length > 5 ? ', …' : ''}).`,
  ];
}

function jsonDocument(value: unknown, warnings: readonly string[], maxCharacters: number): ExtractedDocument {
  const builder = documentBuilder(maxCharacters);
  for (const warning of warnings) builder.warn(warning);
  addJson(builder, value);
  return builder.build(titleOf(value));
}

function titleOf(value: unknown): string {
  if (typeof value !== 'object' || value === null) return '';
  const { title, name } = value as { title?: unknown; name?: unknown };
  if (typeof title === 'string') return title;
  return typeof name === 'string' ? name : '';
}

function parsed(text: string): { json: unknown } | undefined {
  try {
    return { json: JSON.parse(text.replace(/^\ufeff/u, '')) as unknown };
  } catch {
    return undefined;
  }
}
