import { derivedId } from '../../src/core/ids.ts';
import { chunkId, chunkItem } from '../../src/ingest/chunk-items.ts';
import { analyse } from '../../src/memory/analyser.ts';
import { messageItems } from '../../src/memory/message-items.ts';
import type { DocumentRow } from '../../src/ports/ledger-rows.ts';
import type { MemoryItem } from '../../src/ports/memory-store.ts';
import type { SyntheticTexts } from '../speed/synthetic-text.ts';

/** A made-up item and its text; every owner has the same texts under ids of their own. */
export interface ScaleItem {
  readonly item: MemoryItem;
  readonly text: string;
}

/** Items in a conversation or a document. */
const IN_GROUP = 40;
/** Of four groups three are conversations, the fourth is a document. */
const GROUPS = 4;

const placeOf = (number: number) => ({ group: Math.floor(number / IN_GROUP), position: number % IN_GROUP });
const isChunk = (group: number) => group % GROUPS === GROUPS - 1;
const sourceOf = (ownerId: string, group: number) => derivedId(ownerId, 'scale-source', group);
const messageOf = (ownerId: string, number: number) => derivedId(ownerId, 'scale-message', number);

/** Id of an owner's item by its number. */
export function scaleItemId(ownerId: string, number: number): string {
  const { group, position } = placeOf(number);
  return isChunk(group) ? chunkId(ownerId, sourceOf(ownerId, group), position) : messageOf(ownerId, number);
}

function chunk(texts: SyntheticTexts, ownerId: string, number: number): ScaleItem {
  const { group, position } = placeOf(number);
  const text = texts.paragraph(number);
  // What a chunk takes from its document; the rest of the row is for the ledger.
  const row = {
    ownerId,
    id: sourceOf(ownerId, group),
    filename: `document ${group}.txt`,
    contentType: 'text/plain',
    uploadedAt: Date.parse(texts.message(group * IN_GROUP).time),
    contentTime: null,
    tags: '[]',
  } as unknown as DocumentRow;
  const start = position * text.length;
  const found = { start, end: start + text.length, terms: analyse(text, 'en'), language: 'en', asks: false };
  return { item: chunkItem(row, found, position), text };
}

/** The item of a message as an import makes it; paragraphs of long ones are neither ranked nor compared, so left out. */
function message(texts: SyntheticTexts, ownerId: string, number: number): ScaleItem[] {
  const { group, position } = placeOf(number);
  const { text, role, time } = texts.message(number);
  const sessionId = sourceOf(ownerId, group);
  const said = {
    id: messageOf(ownerId, number),
    sessionId,
    seq: position,
    role,
    text,
    time: Date.parse(time),
    createdAt: Date.parse(time),
    importId: derivedId(ownerId, 'scale-import'),
    citations: [],
  };
  return messageItems(said, ownerId)
    .slice(0, 1)
    .map((item) => ({ item, text }));
}

/** Items of an owner by number, `to` exclusive, made by the rules that the product's own import and ingestion follow. */
export function scaleItems(texts: SyntheticTexts, ownerId: string, from: number, to: number): ScaleItem[] {
  return Array.from({ length: to - from }, (_, index) => from + index).flatMap((number) =>
    isChunk(placeOf(number).group) ? chunk(texts, ownerId, number) : message(texts, ownerId, number),
  );
}
