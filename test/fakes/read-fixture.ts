import { readFileSync } from 'node:fs';

/** The text of a file in `test/fixtures`. */
export function readFixture(path: string): string {
  return readFileSync(new URL(`../fixtures/${path}`, import.meta.url), 'utf8');
}
