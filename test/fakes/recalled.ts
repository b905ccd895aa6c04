import { derivedId } from '../../src/core/ids.ts';
import { detectLanguage } from '../../src/memory/language.ts';
import type { Hit, Place } from '../../src/wire/recall.ts';

/** A time at which all that is recalled here was said or written: a Monday. */
const MAY_8 = Date.UTC(2023, 4, 8, 13, 56);

const SIGNALS = { words: 1, meaning: 0, neighbours: 0, role: 0, speaker: 0, answering: 0, time: 0 };
const SESSION = '5e550000-0000-4000-8000-000000000000';
const DOCUMENT = 'd0c00000-0000-4000-8000-000000000000';

function recalled(text: string, place: Place, changes: Partial<Hit>): Hit {
  const language = detectLanguage(text);
  return {
    id: derivedId('recalled', text, place.name),
    kind: place.kind === 'document' ? 'chunk' : 'message',
    text,
    score: 1,
    signals: SIGNALS,
    matched: [],
    place,
    tags: [],
    trust: 3,
    neighbours: [],
    ...(language === undefined ? {} : { language }),
    ...changes,
  };
}

/** A hit that the person said on 8 May 2023. */
export function said(text: string, place: Partial<Place> = {}, changes: Partial<Hit> = {}): Hit {
  const where = { kind: 'conversation', sessionId: SESSION, name: 'Boat trip', position: 3 } as const;
  return recalled(text, { ...where, role: 'user', time: MAY_8, ...place }, changes);
}

/** A hit of a document of 8 May 2023. */
export function written(text: string, place: Partial<Place> = {}, changes: Partial<Hit> = {}): Hit {
  const where = { kind: 'document', documentId: DOCUMENT, name: 'lease.pdf', position: 0 } as const;
  return recalled(text, { ...where, page: 2, start: 0, time: MAY_8, ...place }, changes);
}
