import type { Answer, AnswerEvent } from '../../../../wire/sessions.ts';
import { call } from './api.ts';
import { act, announce, byId, el } from './dom.ts';
import { growingAnswer, messageElement } from './message-view.ts';

/** Where an answer is shown. */
export interface Stage {
  show(element: HTMLElement): void;
  /** The message it answers is kept: it need not be said again. */
  stored(): void;
}

function stopButton(answerId: string): HTMLElement {
  const stop = async () => {
    announce('Stopping …');
    await call('POST', `/api/answers/${answerId}/stop`, {});
  };
  return el('button', { id: 'stop', type: 'button', class: 'strong', onclick: act(stop) }, 'Stop');
}

function endStop(): void {
  document.getElementById('stop')?.remove();
}

/** Why a model did not answer, by the code of its failure. */
const FAILURES: Readonly<Record<string, string>> = {
  'provider-refused': 'its provider refuses the key or the request',
  unavailable: 'it failed or cannot be reached',
  timeout: 'it took too long',
  'rate-limited': 'its provider asks to slow down',
  'budget-exceeded': 'the budget is used up',
  empty: 'it said nothing',
};

function endedWords({ interrupted, cutBy, fellBack }: Answer): string {
  if (cutBy === 'aborted') return 'Stopped.';
  if (cutBy === 'length') return 'The answer has the greatest length its model may write.';
  if (interrupted) return 'The answer broke off before its end; what was said is kept.';
  if (fellBack !== undefined)
    return `The model did not answer: ${FAILURES[fellBack] ?? fellBack}; these are quotes from memory.`;
  return 'Answered.';
}

/** Shows an answer while it comes, with a way to stop it; resolves when it has ended. */
export async function showAnswer(events: AsyncIterable<AnswerEvent>, stage: Stage): Promise<void> {
  const shown: HTMLElement[] = [];
  const show = (element: HTMLElement) => {
    shown.push(element);
    stage.show(element);
  };
  let answer = growingAnswer();
  try {
    for await (const event of events) {
      switch (event.kind) {
        case 'message-stored':
          stage.stored();
          show(messageElement(event.message));
          break;
        case 'answer-start':
          answer = growingAnswer();
          show(answer.element);
          endStop();
          byId('composer-tools', HTMLElement).append(stopButton(event.messageId));
          announce('Answering …');
          break;
        case 'answer-delta':
          answer.add(event.text);
          break;
        case 'reset':
          for (const element of shown.splice(0)) element.remove();
          break;
        case 'error':
          throw new Error(event.message);
        case 'answer-end':
          announce(endedWords(event.answer));
      }
    }
  } finally {
    endStop();
  }
}
