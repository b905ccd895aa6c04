import { mapBounded } from '../../core/bounded.ts';
import type { DocumentView } from '../../wire/documents.ts';
import type { Cli } from './cli.ts';
import type { Connection } from './connect.ts';
import { outOf } from './format.ts';
import { withProgress } from './progress.ts';

const LOOK_EVERY_MS = 300;
const AT_ONCE = 4;
/** Documents looked at in one round: they are read in the order they came, so the first ones end first. */
const ROUND = 40;

/** True once nothing more happens to a document by itself, vectors aside. */
function isRead(document: DocumentView): boolean {
  return document.status === 'ready' || document.status === 'failed' || document.status === 'superseded';
}

/** The documents as they are now, in the order of the ids. */
export async function lookAgain(
  cli: Cli,
  { client }: Connection,
  ids: readonly string[],
): Promise<DocumentView[]> {
  return await mapBounded(ids, AT_ONCE, (id) => client.call('getDocument', { params: { id } }, cli.signal));
}

/** Waits until every document is ready or has failed, with progress. */
export async function waitForReading(
  cli: Cli,
  connection: Connection,
  documents: readonly DocumentView[],
): Promise<void> {
  const total = documents.length;
  let waiting = documents.filter((document) => !isRead(document)).map(({ id }) => id);
  if (waiting.length === 0) return;
  await withProgress(cli, 'Reading', async (progress) => {
    for (;;) {
      const seen = await lookAgain(cli, connection, waiting.slice(0, ROUND));
      const unread = seen.filter((document) => !isRead(document));
      waiting = [...unread.map(({ id }) => id), ...waiting.slice(ROUND)];
      progress.set(
        total - waiting.length,
        total,
        `${outOf(total - waiting.length, total)} files ${unread[0]?.filename ?? ''}`,
      );
      if (waiting.length === 0) return;
      if (unread.length > 0) await cli.pause(LOOK_EVERY_MS);
    }
  });
}
