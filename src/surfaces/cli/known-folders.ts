import { dirname, relative, sep } from 'node:path';
import type { Cli } from './cli.ts';
import type { Connection } from './connect.ts';
import { everyItem } from './pages.ts';
import { FOLDER_SOURCE, type FoundFile, sourceOf } from './walk-folder.ts';

/** Tells of a folder the nearest one, itself or above it, that was taken in before; `undefined` when none was. */
export type KnownFolders = (folder: string) => string | undefined;

/** Asks the server which folders were taken in before. */
export async function knownFolders(cli: Cli, { client }: Connection): Promise<KnownFolders> {
  const sources = new Set<string>();
  const pages = everyItem((ask) =>
    client.call('listSources', { query: { ...ask, prefix: FOLDER_SOURCE } }, cli.signal),
  );
  for await (const { source } of pages) sources.add(source);
  const nearest = new Map<string, string | undefined>();
  const find: KnownFolders = (folder) => {
    if (nearest.has(folder)) return nearest.get(folder);
    const above = dirname(folder);
    const found = sources.has(sourceOf(folder)) ? folder : above === folder ? undefined : find(above);
    nearest.set(folder, found);
    return found;
  };
  return find;
}

/** A path below a folder, with `/` between its parts; empty for the folder itself. */
export function pathBelow(folder: string, absolute: string): string {
  return relative(folder, absolute).split(sep).join('/');
}

/**
 * The file at its place in the nearest folder that was taken in before, so that a folder inside another one does not
 * give the same file a second place, at which its old bytes would live on.
 */
export function atKnownPlace(file: FoundFile, known: KnownFolders): FoundFile {
  const folder = known(dirname(file.absolute));
  if (folder === undefined) return file;
  return { ...file, source: sourceOf(folder), path: pathBelow(folder, file.absolute) };
}
