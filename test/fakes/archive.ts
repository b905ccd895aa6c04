import { sha256 } from '../../src/core/ids.ts';
import { jsonLines, MANIFEST_PATH } from '../../src/operations/backup/archive-format.ts';
import { readTar } from '../../src/operations/backup/read-tar.ts';
import { tarEnd, tarHeader, tarPadding } from '../../src/operations/backup/write-tar.ts';

/** A file of an archive, whole. */
export interface FakeArchiveFile {
  readonly path: string;
  readonly text: string;
}

async function* once(bytes: Uint8Array) {
  yield bytes;
}

const tarFile = ({ path, text }: FakeArchiveFile) => {
  const bytes = Buffer.from(text);
  return [tarHeader(path, bytes.length, 0), bytes, tarPadding(bytes.length)];
};

/** An archive of these files, with the manifest that fits them. */
export function archiveOf(files: readonly FakeArchiveFile[]): Uint8Array {
  const lines = files.map(({ path, text }) => {
    const bytes = Buffer.from(text);
    return { path, sizeBytes: bytes.length, sha256: sha256(bytes) };
  });
  const manifest = Buffer.from(jsonLines([{ files: files.length }, ...lines])).toString();
  const all = [...files, { path: MANIFEST_PATH, text: manifest }];
  return Buffer.concat([...all.flatMap(tarFile), tarEnd()]);
}

/** An archive whose files somebody changed who knows how archives are made: hashes and manifest fit. */
export async function forgedArchive(
  archive: Uint8Array,
  change: (files: readonly FakeArchiveFile[]) => readonly FakeArchiveFile[],
): Promise<Uint8Array> {
  const files: FakeArchiveFile[] = [];
  for await (const { path, content } of readTar(once(archive)))
    if (path !== MANIFEST_PATH)
      files.push({ path, text: Buffer.concat(await Array.fromAsync(content)).toString() });
  return archiveOf(change(files));
}

/** Another text for the file at a path; a file more, before the first object or item, where there was none. */
export function withFile(
  files: readonly FakeArchiveFile[],
  path: string,
  text: (before: string) => string,
): readonly FakeArchiveFile[] {
  if (files.some((file) => file.path === path))
    return files.map((file) => (file.path === path ? { path, text: text(file.text) } : file));
  const at = files.findIndex((file) => !file.path.startsWith('ledger/') && file.path !== 'archive.json');
  return files.toSpliced(at < 0 ? files.length : at, 0, { path, text: text('') });
}
