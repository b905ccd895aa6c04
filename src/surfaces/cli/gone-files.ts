import { stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { PlaceView } from '../../wire/documents.ts';
import type { Cli } from './cli.ts';
import type { Connection } from './connect.ts';
import { type KnownFolders, pathBelow } from './known-folders.ts';
import { everyItem } from './pages.ts';
import { type FoundFile, type Skipped, sourceOf } from './walk-folder.ts';

/** A document whose file was taken in earlier and is no longer there. */
export interface GoneFile {
  readonly path: string;
  readonly documentId: string;
}

/** What was looked at, and what was there. */
export interface LookedAt {
  readonly paths: readonly string[];
  readonly known: KnownFolders;
  readonly files: readonly FoundFile[];
  readonly skipped: readonly Skipped[];
  /** Documents that were there. */
  readonly taken: ReadonlySet<string>;
}

/** A folder that was taken in before, or the part of it below `under`. */
interface Scope {
  readonly folder: string;
  readonly under: string;
}

/** The parts of known folders that were looked at: the given folders, and known ones inside them. */
async function scopesOf({ paths, known, files }: LookedAt): Promise<Scope[]> {
  const scopes = new Map<string, Scope>();
  const add = (looked: string) => {
    const folder = known(looked);
    if (folder !== undefined) scopes.set(looked, { folder, under: pathBelow(folder, looked) });
  };
  const given: string[] = [];
  for (const path of paths.map((one) => resolve(one)))
    if ((await stat(path).catch(() => undefined))?.isDirectory()) given.push(path);
  for (const folder of given) add(folder);
  for (const parent of new Set(files.map(({ absolute }) => dirname(absolute)))) {
    const folder = known(parent);
    const inside = folder !== undefined && given.some((one) => pathBelow(one, folder).match(/^(?!\.\.)./u));
    if (inside) add(folder);
  }
  return [...scopes.values()];
}

/** Tells whether something is at a place, or nobody could look: names on some systems differ in their form only. */
function presence({ files, skipped }: LookedAt): (absolute: string) => boolean {
  const there = new Set(files.map(({ absolute }) => absolute.normalize('NFC')));
  const passedOver = new Set(skipped.map(({ absolute }) => absolute.normalize('NFC')));
  const unseen = (path: string): boolean =>
    passedOver.has(path) || (dirname(path) !== path && unseen(dirname(path)));
  return (absolute) => {
    const path = absolute.normalize('NFC');
    return there.has(path) || unseen(path);
  };
}

/**
 * Documents taken in from these folders earlier whose files are no longer there, by path. A file that was moved, or lies
 * in another folder too, is not gone.
 */
export async function goneFiles(cli: Cli, { client }: Connection, looked: LookedAt): Promise<GoneFile[]> {
  const isThere = presence(looked);
  const missing = new Map<string, PlaceView>();
  for (const { folder, under } of await scopesOf(looked)) {
    const query = { source: sourceOf(folder), ...(under === '' ? {} : { under }) };
    const places = everyItem((ask) => client.call('listPlaces', { query: { ...ask, ...query } }, cli.signal));
    for await (const place of places) {
      const absolute = join(folder, place.path);
      const there = looked.taken.has(place.documentId) || isThere(absolute);
      if (!there) missing.set(`${folder}\0${place.path}`, place);
    }
  }
  const byDocument = Map.groupBy(missing.values(), ({ documentId }) => documentId);
  return [...byDocument.values()]
    .flatMap(([place, ...others]) =>
      place === undefined || place.documentPlaces > 1 + others.length
        ? []
        : { path: place.path, documentId: place.documentId },
    )
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}
