import type { AnswerPiece } from '../../src/chat/answerer.ts';

/** The last piece of an answer that a model is said to have given. */
export function toldAnswer(text: string): AnswerPiece {
  return {
    kind: 'whole',
    answer: { kind: 'generated', text, citations: [], nearest: [], tookMs: 1 },
    trace: {
      at: 1,
      mode: 'santai',
      reading: { asksAssistant: false, terms: [] },
      meaning: true,
      recalled: [],
      sections: [],
      ms: { recall: 1, beforeModel: 1, whole: 1 },
      citations: [],
    },
  };
}
