import type { Candidate } from '../../src/ports/memory-store.ts';

/** A found message with nothing that speaks for it, changed by what the test gives. */
export function candidate(id: string, changes: Partial<Candidate> = {}): Candidate {
  return {
    id,
    kind: 'message',
    position: 0,
    createdAt: 0,
    asks: false,
    trust: 4,
    words: 0,
    cosines: [0],
    ...changes,
  };
}
