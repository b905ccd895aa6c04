import { wordsOf } from './dom.ts';

function part<E extends Element>(dialog: HTMLDialogElement, selector: string, type: new () => E): E {
  const found = dialog.querySelector(selector);
  if (!(found instanceof type)) throw new Error(`The dialog ${dialog.id} has no ${selector}.`);
  return found;
}

/**
 * Shows a dialog with a form until what it asks for is done (true), or it is put away (false), which only a dialog with a
 * button `.later` can be. What `send` throws is shown in the form, which stays.
 */
export function filled(dialog: HTMLDialogElement, send: () => Promise<void>): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const form = part(dialog, 'form', HTMLFormElement);
  const said = part(dialog, '[role=alert]', HTMLElement);
  const button = part(dialog, 'button.strong', HTMLButtonElement);
  const later = dialog.querySelector('button.later');
  let done = false;
  const submit = async () => {
    said.textContent = '';
    button.disabled = true;
    try {
      await send();
      done = true;
      dialog.close();
    } catch (error) {
      said.textContent = wordsOf(error);
    } finally {
      button.disabled = false;
    }
  };
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void submit();
  });
  later?.addEventListener('click', () => dialog.close());
  dialog.addEventListener('close', () => {
    if (done || later !== null) resolve(done);
    else dialog.showModal();
  });
  dialog.showModal();
  return promise;
}
