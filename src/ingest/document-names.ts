import { AppError } from '../core/errors.ts';

const LONGEST_FILENAME = 255;
const LONGEST_PATH = 1000;
const LONGEST_TAG = 100;
const MOST_TAGS = 50;

/** Characters that names on screens and in logs must not have: controls, and marks that turn the writing direction. */
const UNPRINTABLE = /[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu;

function printable(name: string): string {
  return name.toWellFormed().normalize('NFC').replaceAll(UNPRINTABLE, '').trim();
}

/** The last part of a client's file name, fit to show; `file` when nothing is left. It never becomes part of a key. */
export function shownFilename(name: string): string {
  const last =
    printable(name)
      .split(/[/\\]/)
      .findLast((part) => part !== '') ?? '';
  const end = last.slice(-LONGEST_FILENAME);
  // The cut may have gone through a character.
  return (end.isWellFormed() ? end : end.slice(1)) || 'file';
}

/** A path inside a source with `/` between its parts and none at the start; only a label, never opened as a file. */
export function shownPath(path: string): string {
  const parts = printable(path)
    .split(/[/\\]+/)
    .filter((part) => part !== '' && part !== '.');
  const joined = parts.join('/');
  if (joined === '') throw new AppError('invalid-input', 'Expected a path with at least one name, got none.');
  if (joined.length > LONGEST_PATH)
    throw new AppError(
      'invalid-input',
      `Expected a path of at most ${LONGEST_PATH} characters, got ${joined.length}.`,
    );
  return joined;
}

/** Tags of a comma-separated list, each once, in order. Errors: `invalid-input` when too many or too long. */
export function tagList(text: string): string[] {
  const tags = [
    ...new Set(
      text
        .split(',')
        .map(printable)
        .filter((tag) => tag !== ''),
    ),
  ];
  if (tags.length > MOST_TAGS)
    throw new AppError('invalid-input', `Expected at most ${MOST_TAGS} tags, got ${tags.length}.`);
  const long = tags.find((tag) => tag.length > LONGEST_TAG);
  if (long !== undefined)
    throw new AppError(
      'invalid-input',
      `Expected tags of at most ${LONGEST_TAG} characters, got one of ${long.length}.`,
    );
  return tags;
}
