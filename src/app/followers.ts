import { forgetAnswers } from '../chat/forget-answers-job.ts';
import { unreachable } from '../core/errors.ts';
import { fillVectorsJobOf } from '../memory/fill-vectors.ts';
import type { DomainEvent, NewJob } from '../ports/ledger.ts';

/** Which jobs follow what happened; they are queued in the transaction that announces it. */
export function followers(event: DomainEvent): readonly NewJob[] {
  switch (event.kind) {
    case 'document-indexed':
    case 'turn-finished':
    case 'history-imported':
      return [fillVectorsJobOf()];
    case 'source-forgotten':
      return [forgetAnswers];
    default:
      return unreachable(event);
  }
}
