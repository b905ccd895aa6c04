import type { EntryView, Me } from '../../../../wire/people.ts';
import { call } from './api.ts';
import { chooseSpace } from './chosen-space.ts';
import { filled } from './dialog.ts';
import { byId } from './dom.ts';

/** What an address may carry: the secret of a sign-in link or of an invitation. */
const ENTRY = /^#(?:in|invitation)=(.+)$/u;

/** Takes the secret out of the address, which forgets it at once. */
export function takeSecret(): string | undefined {
  const secret = ENTRY.exec(location.hash)?.[1];
  if (secret !== undefined) history.replaceState(null, '', '/');
  return secret;
}

/** A link that is opened where the page is open already changes only what stands behind `#`; the page then begins anew. */
export function heedLinks(): void {
  addEventListener('hashchange', () => {
    if (ENTRY.test(location.hash)) location.reload();
  });
}

function tell(id: string, text: string): void {
  byId(id, HTMLElement).textContent = text;
}

function confirmLink(secret: string, { name, space }: EntryView, me: Me | undefined): Promise<boolean> {
  tell('enter-title', `Sign in as ${name} in ${space}?`);
  if (me !== undefined) tell('enter-now', `You are signed in as ${me.name} in ${me.space.name} now.`);
  return filled(byId('enter', HTMLDialogElement), async () => {
    await call('POST', '/api/login', { link: secret });
    chooseSpace();
  });
}

type Invitation = Extract<EntryView, { readonly kind: 'invitation' }>;

function joinSpace(secret: string, invitation: Invitation, me: Me | undefined): Promise<boolean> {
  const [login, password, name] = ['join-login', 'join-password', 'join-name'].map((id) =>
    byId(id, HTMLInputElement),
  );
  if (!login || !password || !name) throw new Error('The form of the invitation is not whole.');
  tell('join-title', `Join ${invitation.space}`);
  tell('join-by', `${invitation.by} invites you as ${invitation.role}.`);
  if (me !== undefined)
    tell('join-now', `You are signed in as ${me.name}; join by your own login and password.`);
  login.value = me?.login ?? '';
  name.value = me?.name ?? invitation.name;
  return filled(byId('join', HTMLDialogElement), async () => {
    const given = { login: login.value, password: password.value, name: name.value };
    await call('POST', '/api/invitations/take', { secret, ...given });
    password.value = '';
    chooseSpace(invitation.space);
  });
}

/**
 * Asks whether to go in by what an address carried, and goes in. Nothing begins without a click: a link of somebody else
 * would else bring a person unawares into a space that is not theirs. Throws `ApiError` for a secret that opens nothing.
 */
export async function enterBy(secret: string, me: Me | undefined): Promise<boolean> {
  const entry = await call<EntryView>('POST', '/api/login/entry', { secret });
  return entry.kind === 'link' ? confirmLink(secret, entry, me) : joinSpace(secret, entry, me);
}
