import type { Me } from '../../../../wire/people.ts';
import { ApiError, call } from './api.ts';
import { announce, byId, wordsOf } from './dom.ts';

/** Who is signed in; `undefined` for nobody. */
async function whoIsIn(): Promise<Me | undefined> {
  try {
    return await call<Me>('GET', '/api/me');
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) return undefined;
    throw error;
  }
}

/** A link that the command line gave carries a secret for one use; the address bar forgets it at once. */
async function byLink(): Promise<void> {
  const secret = /^#in=(.+)$/u.exec(location.hash)?.[1];
  if (secret === undefined) return;
  history.replaceState(null, '', '/');
  await call('POST', '/api/login', { link: secret });
}

/** Resolves when somebody is signed in; until then the page shows the form. */
export async function signedIn(): Promise<Me> {
  const said = byId('sign-in-error', HTMLElement);
  try {
    await byLink();
  } catch (error) {
    said.textContent = wordsOf(error);
  }
  const known = await whoIsIn();
  if (known !== undefined) return known;
  const dialog = byId('sign-in', HTMLDialogElement);
  const { promise, resolve } = Promise.withResolvers<Me>();
  const enter = async () => {
    const [login, password] = [byId('login', HTMLInputElement), byId('password', HTMLInputElement)];
    await call('POST', '/api/login', { login: login.value, password: password.value });
    password.value = '';
    const me = await whoIsIn();
    if (me === undefined) throw new Error('The browser did not keep the session: are cookies allowed?');
    dialog.close();
    announce('Signed in.');
    resolve(me);
  };
  byId('sign-in-form', HTMLFormElement).addEventListener('submit', (event) => {
    event.preventDefault();
    said.textContent = '';
    enter().catch((error: unknown) => (said.textContent = wordsOf(error)));
  });
  dialog.addEventListener('cancel', (event) => event.preventDefault());
  dialog.showModal();
  return promise;
}
