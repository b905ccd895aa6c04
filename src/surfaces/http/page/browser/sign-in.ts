import type { Me } from '../../../../wire/people.ts';
import { ApiError, call } from './api.ts';
import { chooseSpace, chosenSpace } from './chosen-space.ts';
import { filled } from './dialog.ts';
import { announce, byId, wordsOf } from './dom.ts';
import { enterBy, heedLinks, takeSecret } from './entry.ts';

/** Who is signed in; `undefined` for nobody. */
async function whoIsIn(): Promise<Me | undefined> {
  try {
    return await call<Me>('GET', '/api/me');
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.status === 401) return undefined;
    // They were taken out of the space that this tab showed, and may belong to others.
    if (error.status !== 404 || chosenSpace() === undefined) throw error;
    chooseSpace();
    return whoIsIn();
  }
}

async function byPassword(said: string): Promise<void> {
  byId('sign-in-error', HTMLElement).textContent = said;
  const [login, password] = [byId('login', HTMLInputElement), byId('password', HTMLInputElement)];
  await filled(byId('sign-in', HTMLDialogElement), async () => {
    await call('POST', '/api/login', { login: login.value, password: password.value });
    password.value = '';
    chooseSpace();
  });
}

/** Resolves when somebody is signed in; until then the page asks who it is. */
export async function signedIn(): Promise<Me> {
  heedLinks();
  const secret = takeSecret();
  let me = await whoIsIn();
  let refusal = '';
  try {
    if (secret !== undefined && (await enterBy(secret, me))) me = await whoIsIn();
  } catch (error) {
    refusal = wordsOf(error);
    if (me !== undefined) announce(refusal, 'error');
  }
  if (me === undefined) {
    await byPassword(refusal);
    me = await whoIsIn();
  }
  if (me === undefined) throw new Error('The browser did not keep the session: are cookies allowed?');
  return me;
}
