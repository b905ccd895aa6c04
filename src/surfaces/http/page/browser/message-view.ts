import type { Citation, MessageView } from '../../../../wire/sessions.ts';
import { openPassage } from './citation-panel.ts';
import { act, el } from './dom.ts';
import { rendered } from './markdown.ts';
import type { Lock } from './rights.ts';

/** What can be done with a message. */
export interface MessageActions {
  readonly regenerate: (message: MessageView) => Promise<void>;
  readonly edit: (message: MessageView, text: string) => Promise<void>;
  readonly choose: (messageId: string) => Promise<void>;
  readonly why: (message: MessageView) => Promise<void>;
  /** On all of these but `why`. */
  readonly writing: Lock;
}

function body(text: string, citations: readonly Citation[]): HTMLElement {
  const open = (marker: number) => {
    const citation = citations.find((one) => one.marker === marker);
    if (citation !== undefined) act(() => openPassage(citation.itemId, citation))();
  };
  return el('div', { class: 'text' }, rendered(text, open));
}

const tool = (label: string, run: () => void, lock: Lock = {}) =>
  el('button', { class: 'quiet', onclick: run, ...lock }, label);

/** Arrows to what else stands at the place of a message. */
function branches({ id, siblings = [] }: MessageView, { choose, writing }: MessageActions): HTMLElement[] {
  const at = siblings.indexOf(id);
  if (siblings.length < 2 || at < 0) return [];
  const arrow = (label: string, name: string, other: string | undefined) =>
    el(
      'button',
      {
        class: 'quiet',
        'aria-label': name,
        disabled: other === undefined,
        onclick: act(async () => {
          if (other !== undefined) await choose(other);
        }),
        ...writing,
      },
      label,
    );
  return [
    arrow('‹', 'The version before', siblings[at - 1]),
    el('span', { class: 'which' }, `${at + 1}/${siblings.length}`),
    arrow('›', 'The next version', siblings[at + 1]),
  ];
}

/** Turns a message into a field in which it is said differently. */
function openEditor(shown: HTMLElement, message: MessageView, edit: MessageActions['edit']): void {
  const before = [...shown.childNodes];
  const cancel = () => shown.replaceChildren(...before);
  const field = el('textarea', { 'aria-label': 'Say instead', rows: 3 });
  field.value = message.text;
  const save = act(async () => {
    const text = field.value.trim();
    if (text === '' || text === message.text) cancel();
    else await edit(message, text);
  });
  field.addEventListener('keydown', ({ key }) => {
    if (key === 'Escape') cancel();
  });
  shown.replaceChildren(field, el('footer', {}, tool('Save and answer', save), tool('Cancel', cancel)));
  field.focus();
}

/** A message that is whole; without actions it is only shown. */
export function messageElement(message: MessageView, actions?: MessageActions): HTMLElement {
  const { id, role, text, citations, interrupted } = message;
  const shown = el(
    'article',
    { class: `message ${role}`, 'data-id': id, 'aria-label': role },
    body(text, citations),
  );
  if (interrupted === true) shown.append(el('p', { class: 'note' }, 'Stopped here.'));
  if (actions === undefined) return shown;
  const own =
    role === 'assistant'
      ? [
          tool(
            'Again',
            act(() => actions.regenerate(message)),
            actions.writing,
          ),
          tool(
            'Why?',
            act(() => actions.why(message)),
          ),
        ]
      : [tool('Edit', () => openEditor(shown, message, actions.edit), actions.writing)];
  shown.append(el('footer', {}, ...branches(message, actions), ...own));
  return shown;
}

/** An answer on its way: pieces are shown as they come, each frame once. */
export function growingAnswer(): { readonly element: HTMLElement; add(text: string): void } {
  const text = el('div', { class: 'text' });
  const element = el(
    'article',
    { class: 'message assistant', 'aria-busy': 'true', 'aria-label': 'assistant' },
    text,
  );
  let whole = '';
  let drawing = false;
  return {
    element,
    add(piece) {
      whole += piece;
      if (drawing) return;
      drawing = true;
      requestAnimationFrame(() => {
        drawing = false;
        text.replaceChildren(rendered(whole, () => undefined));
      });
    },
  };
}
