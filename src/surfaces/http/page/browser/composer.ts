import { act, byId } from './dom.ts';

/** Wires the field for messages: Enter sends, Shift+Enter begins a line. What could not be kept stays in the field. */
export function openComposer(send: (text: string, stored: () => void) => Promise<void>): void {
  const field = byId('text', HTMLTextAreaElement);
  const submit = act(async () => {
    const text = field.value.trim();
    if (text === '') return;
    await send(text, () => {
      if (field.value.trim() === text) field.value = '';
    });
  });
  byId('composer', HTMLFormElement).addEventListener('submit', (event) => {
    event.preventDefault();
    submit();
  });
  field.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    submit();
  });
}
