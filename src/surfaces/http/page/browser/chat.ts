import type { RouteOutput } from '../../../../wire/routes.ts';
import type { AnswerEvent, MessageView } from '../../../../wire/sessions.ts';
import { answerEvents, call, followedAnswer } from './api.ts';
import { openComposer } from './composer.ts';
import { act, byId } from './dom.ts';
import { keepAtEnd } from './keep-at-end.ts';
import { type MessageActions, messageElement } from './message-view.ts';
import { olderButton } from './older-messages.ts';
import type { Lock } from './rights.ts';
import { showAnswer } from './show-answer.ts';
import { showTrace } from './trace-panel.ts';

const PAGE = 50;

/** What is said, and what of the list it takes the place of. */
interface Saying {
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>>;
  /** The message at whose place it is said; it and what follows make room. */
  readonly inPlaceOf?: string;
  readonly stored?: () => void;
}

/** The conversation that is open, none at first. */
export class Chat {
  sessionId: string | undefined;
  #shownId: string | undefined;
  #busy = false;
  readonly #list = byId('messages', HTMLElement);
  readonly #mode = byId('mode', HTMLSelectElement);
  readonly #changed: () => Promise<void>;
  readonly #actions: MessageActions;

  /** `changed` is called when titles may have changed; `writing` is the lock on all that changes a conversation. */
  constructor(changed: () => Promise<void>, writing: Lock) {
    this.#changed = changed;
    this.#actions = this.#actionsOf(writing);
    keepAtEnd(this.#list);
    openComposer((text, stored) => this.#send(text, stored));
  }

  async open(sessionId: string): Promise<void> {
    const another = this.#shownId !== sessionId;
    this.#name(sessionId);
    const { items, next } = await this.#page(sessionId);
    if (sessionId !== this.sessionId) return;
    this.#list.replaceChildren(...this.#older(next), ...this.#shown(items));
    if (another) this.#list.scrollTop = this.#list.scrollHeight;
    this.#shownId = sessionId;
    if (another) act(() => this.#rejoin(sessionId))();
  }

  /** Goes on showing an answer that was on its way when the page was left. */
  async #rejoin(sessionId: string): Promise<void> {
    if (this.#busy) return;
    const { answering } = await call<RouteOutput<'getSession'>>('GET', `/api/sessions/${sessionId}`);
    if (answering !== undefined && sessionId === this.sessionId) await this.#show(followedAnswer(answering));
  }

  begin(): void {
    this.sessionId = undefined;
    this.#shownId = undefined;
    history.replaceState(null, '', '/');
    this.#list.replaceChildren();
    byId('text', HTMLTextAreaElement).focus();
  }

  /** Names the conversation in the address, so that a reload comes back to it. */
  #name(sessionId: string): void {
    this.sessionId = sessionId;
    history.replaceState(null, '', `#session=${sessionId}`);
  }

  async #page(sessionId: string, cursor?: string): Promise<RouteOutput<'listMessages'>> {
    const query = new URLSearchParams({
      latest: 'true',
      limit: String(PAGE),
      ...(cursor === undefined ? {} : { cursor }),
    });
    return call('GET', `/api/sessions/${sessionId}/messages?${query.toString()}`);
  }

  #shown(items: readonly MessageView[]): HTMLElement[] {
    return items.map((message) => messageElement(message, this.#actions));
  }

  #older(cursor: string | undefined): HTMLElement[] {
    const { sessionId } = this;
    if (cursor === undefined || sessionId === undefined) return [];
    const load = async () => {
      const { items, next } = await this.#page(sessionId, cursor);
      return [...this.#older(next), ...this.#shown(items)];
    };
    return [olderButton(this.#list, load)];
  }

  async #send(text: string, stored: () => void): Promise<void> {
    const { id } =
      this.sessionId === undefined
        ? await call<RouteOutput<'createSession'>>('POST', '/api/sessions', {})
        : { id: this.sessionId };
    this.#name(id);
    const path = `/api/sessions/${id}/messages`;
    await this.#say({ path, body: { text, clientId: crypto.randomUUID() }, stored });
  }

  async #say({ path, body, inPlaceOf, stored }: Saying): Promise<void> {
    if (this.#busy) throw new Error('An answer is on its way; stop it first.');
    if (inPlaceOf !== undefined) this.#makeRoom(inPlaceOf);
    await this.#show(answerEvents(path, { ...body, mode: this.#mode.value }), stored);
  }

  /** Shows an answer at the end of the conversation that is open, unless another one is opened meanwhile. */
  async #show(events: AsyncIterable<AnswerEvent>, stored?: () => void): Promise<void> {
    this.#busy = true;
    const { sessionId } = this;
    const stage = {
      stored: () => {
        stored?.();
        act(this.#changed)();
      },
      show: (element: HTMLElement) => {
        if (this.sessionId !== sessionId) return;
        this.#remove(element.dataset['id']);
        this.#list.append(element);
      },
    };
    try {
      await showAnswer(events, stage);
    } finally {
      this.#busy = false;
      if (this.sessionId !== undefined) await this.open(this.sessionId);
      await this.#changed();
    }
  }

  /** Takes a message off the list that is shown anew. */
  #remove(id: string | undefined): void {
    const shown = [...this.#list.children].find(
      (element) => element instanceof HTMLElement && element.dataset['id'] === id,
    );
    if (id !== undefined) shown?.remove();
  }

  #makeRoom(messageId: string): void {
    const shown = [...this.#list.children];
    const from = shown.findIndex(
      (element) => element instanceof HTMLElement && element.dataset['id'] === messageId,
    );
    if (from >= 0) for (const element of shown.slice(from)) element.remove();
  }

  #actionsOf(writing: Lock): MessageActions {
    return {
      writing,
      regenerate: ({ id }) => this.#say({ path: `/api/messages/${id}/regenerate`, body: {}, inPlaceOf: id }),
      edit: ({ id }, text) => this.#say({ path: `/api/messages/${id}/edit`, body: { text }, inPlaceOf: id }),
      choose: async (messageId) => {
        if (this.sessionId === undefined) return;
        await call('POST', `/api/sessions/${this.sessionId}/leaf`, { messageId });
        await this.open(this.sessionId);
        const arrow = `[data-id="${messageId}"] footer button:enabled`;
        this.#list.querySelector<HTMLElement>(arrow)?.focus();
      },
      why: ({ id }) => showTrace(id),
    };
  }
}

/** Opens the conversation that the address names, if it names one. */
export function openNamed(chat: Chat): void {
  const id = /^#session=([0-9a-f-]{36})$/u.exec(location.hash)?.[1];
  chat.begin();
  if (id !== undefined) act(() => chat.open(id))();
}
