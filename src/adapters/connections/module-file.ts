import { extname } from 'node:path';

/**
 * The module of this name as a thread or process is started on it; `name` is relative to the folder of `importer`
 * (`import.meta.url`) and without extension, since source and build differ only there.
 */
export function moduleFile(name: string, importer: string): URL {
  return new URL(`${name}${extname(importer)}`, importer);
}
