import { byId, el } from './dom.ts';

/** Empties the panel beside the conversation; one goes on writing. */
function closePanel(): void {
  byId('panel', HTMLElement).replaceChildren();
  byId('text', HTMLTextAreaElement).focus();
}

/** Shows something beside the conversation, in the place of what was there. Escape closes it. */
export function showPanel(title: string, ...children: readonly (Node | string)[]): void {
  const heading = el('h2', { tabindex: -1 }, title);
  const close = el('button', { class: 'quiet', onclick: closePanel }, 'Close');
  const whole = el('div', {}, el('header', {}, heading, close), ...children);
  whole.addEventListener('keydown', ({ key }) => {
    if (key === 'Escape') closePanel();
  });
  byId('panel', HTMLElement).replaceChildren(whole);
  heading.focus();
}
