import { forgetAnswers } from '../chat/forget-answers-job.ts';
import { unreachable } from '../core/errors.ts';
import { fillVectorsJobOf } from '../memory/fill-vectors.ts';
import type { DomainEvent, NewJob } from '../ports/ledger.ts';

/** The answer to a person is on its way and needs the processor more than the vector of what they said. */
const AFTER_A_PERSON_MS = 1_000;

/** Which jobs follow what happened at `now`; they are queued in the transaction that announces it. */
export function followers(event: DomainEvent, now: number): readonly NewJob[] {
  switch (event.kind) {
    case 'turn-finished':
      return [{ ...fillVectorsJobOf(), runAt: event.role === 'user' ? now + AFTER_A_PERSON_MS : now }];
    case 'document-indexed':
    case 'history-imported':
      return [fillVectorsJobOf()];
    case 'source-forgotten':
      return [forgetAnswers];
    default:
      return unreachable(event);
  }
}
