import { call } from './api.ts';
import { Chat, openNamed } from './chat.ts';
import { chooseSpace } from './chosen-space.ts';
import { act, byId } from './dom.ts';
import { showJobs } from './jobs-panel.ts';
import { showModels } from './models-panel.ts';
import { type Lock, lockOn } from './rights.ts';
import { listSessions } from './sessions.ts';
import { signedIn } from './sign-in.ts';
import { openSpaces } from './spaces.ts';
import { openUpload } from './upload.ts';

const SEARCH_AFTER_MS = 250;

function clicked(id: string, work: () => Promise<void>): void {
  byId(id, HTMLButtonElement).addEventListener('click', act(work));
}

/** On a narrow screen the conversations lie under a button, until one of them or something else there is chosen. */
function openNav(): void {
  const button = byId('show-nav', HTMLButtonElement);
  const nav = byId('nav', HTMLElement);
  const show = (is: boolean) => {
    nav.classList.toggle('shown', is);
    button.ariaExpanded = String(is);
  };
  button.addEventListener('click', () => show(button.ariaExpanded !== 'true'));
  nav.addEventListener('click', ({ target }) => {
    if (target instanceof Element && target.closest('button') !== null) show(false);
  });
  nav.addEventListener('keydown', ({ key }) => {
    if (key === 'Escape') show(false);
  });
}

function openSearch(chat: Chat): void {
  let timer: ReturnType<typeof setTimeout>;
  byId('search', HTMLInputElement).addEventListener('input', () => {
    clearTimeout(timer);
    timer = setTimeout(
      act(() => listSessions(chat)),
      SEARCH_AFTER_MS,
    );
  });
}

/** What the viewer may not do, by kind. */
interface Locks {
  readonly writing: Lock;
  readonly managing: Lock;
}

function openButtons(chat: Chat, { writing, managing }: Locks): void {
  clicked('new', async () => {
    chat.begin();
    await listSessions(chat);
  });
  clicked('show-jobs', () => showJobs(writing));
  clicked('show-models', () => showModels(managing));
  clicked('sign-out', async () => {
    await call('POST', '/api/logout');
    chooseSpace();
    location.assign('/');
  });
}

/** Whoever may only read is not asked to write, and told why. */
function showAllowed({ title: refusal }: Lock): void {
  if (refusal === undefined) return;
  for (const id of ['composer', 'add-files', 'new']) byId(id, HTMLElement).hidden = true;
  const note = byId('read-only', HTMLElement);
  note.textContent = refusal;
  note.hidden = false;
}

async function start(): Promise<void> {
  const me = await signedIn();
  const writing = lockOn('memory:write', 'write', me);
  const managing = lockOn('space:manage', 'choose models', me);
  showAllowed(writing);
  byId('who', HTMLElement).textContent = `${me.name} · ${me.space.name}`;
  const chat: Chat = new Chat(() => listSessions(chat), writing);
  openNav();
  openButtons(chat, { writing, managing });
  openSearch(chat);
  openUpload(writing);
  openNamed(chat);
  await openSpaces(me);
  await listSessions(chat);
}

act(start)();
