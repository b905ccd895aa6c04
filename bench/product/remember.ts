import { acceptHistory } from '../../src/chat/history/accept-history.ts';
import { importedMessageId, importedSessionId } from '../../src/chat/history/import-ids.ts';
import { lineSession } from '../../src/chat/history/json-lines.ts';
import { AppError } from '../../src/core/errors.ts';
import { newId } from '../../src/core/ids.ts';
import { acceptDocument } from '../../src/ingest/accept-document.ts';
import { UploadFields } from '../../src/wire/documents.ts';
import type { BenchDocument, BenchGroup, BenchTurn } from '../recall/bench-set.ts';
import type { BenchOwner } from './bench-product.ts';

/** Larger than any set. */
const MAX_BYTES = 1_000_000_000;
const CONVERSATION = 'bench';

/** Gives the set's own id of what a hit belongs to: of a message, or of a chunk's document. */
export type NameOf = (hit: {
  readonly id: string;
  readonly documentId?: string | undefined;
}) => string | undefined;

async function* once(text: string): AsyncGenerator<Uint8Array> {
  yield new TextEncoder().encode(text);
}

function line(turn: BenchTurn): string {
  const { id, session, role, author, text, caption, time } = turn;
  return JSON.stringify({
    conversation: CONVERSATION,
    session,
    id,
    role,
    speaker: author,
    text,
    caption,
    time: new Date(time).toISOString(),
  });
}

/** Turns come in as a person's history does: a file of JSON lines, imported. */
async function rememberTurns(turns: readonly BenchTurn[], owner: BenchOwner, names: Map<string, string>) {
  if (turns.length === 0) return;
  const { ownerId } = owner.ctx();
  const file = {
    userId: newId(),
    filename: 'bench.jsonl',
    bytes: once(turns.map(line).join('\n')),
    maxBytes: MAX_BYTES,
  };
  const { importId } = await acceptHistory(file, owner.services, owner.ctx());
  await owner.run('import-history', { importId, userId: file.userId });
  for (const { id, session } of turns) {
    const sessionId = importedSessionId(ownerId, 'json-lines', lineSession(CONVERSATION, session));
    names.set(importedMessageId(ownerId, sessionId, id), id);
  }
}

/** Documents come in as uploads of Markdown files, the title as heading. */
async function rememberDocument(
  { id, title, text }: BenchDocument,
  owner: BenchOwner,
  names: Map<string, string>,
) {
  const deps = { ...owner.services, maxUploadBytes: MAX_BYTES };
  const content = title === '' ? text : `# ${title}\n\n${text}`;
  const file = { filename: `${id.replaceAll(/[/\\]/gu, ' ')}.md`, bytes: once(content) };
  const input = { userId: newId(), file, fields: UploadFields.parse({ source: 'bench' }) };
  const { document } = await acceptDocument(input, deps, owner.ctx());
  await owner.run('read-document', { documentId: document.id });
  names.set(document.id, id);
}

/** Takes a group in through the product's own doors and waits until words and vectors are there. */
export async function remember(group: BenchGroup, owner: BenchOwner): Promise<NameOf> {
  const names = new Map<string, string>();
  await rememberTurns(group.turns, owner, names);
  for (const document of group.documents) await rememberDocument(document, owner, names);
  await owner.run('fill-vectors', {});
  const { slot } = owner.embedders.active(owner.ctx().ownerId);
  const filter = { kinds: ['chunk', 'message'] } as const;
  const { items, vectors } = await owner.services.memory.vectorCoverage(
    owner.ctx().ownerId,
    slot,
    filter,
    owner.ctx().signal,
  );
  const expected = group.turns.length + group.documents.length;
  if (items < expected || vectors < items)
    throw new AppError(
      'internal',
      `Expected ${expected} items with vectors, got ${items} items with ${vectors} vectors.`,
    );
  return ({ id, documentId }) => names.get(documentId ?? id);
}
