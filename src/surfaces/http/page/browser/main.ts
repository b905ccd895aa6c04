import type { Me } from '../../../../wire/people.ts';
import { call } from './api.ts';
import { Chat, openNamed } from './chat.ts';
import { act, announce, byId } from './dom.ts';
import { showJobs } from './jobs-panel.ts';
import { showModels } from './models-panel.ts';
import { listSessions } from './sessions.ts';
import { signedIn } from './sign-in.ts';
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

function openButtons(chat: Chat, { actions }: Me): void {
  clicked('new', async () => {
    chat.begin();
    await listSessions(chat);
  });
  clicked('show-jobs', showJobs);
  clicked('show-models', () => showModels(actions.includes('space:manage')));
  clicked('sign-out', async () => {
    await call('POST', '/api/logout');
    location.assign('/');
  });
}

/** Whoever may only read is not asked to write. */
function showAllowed({ actions }: Me): void {
  const writes = actions.includes('memory:write');
  byId('composer', HTMLFormElement).hidden = !writes;
  byId('add-files', HTMLLabelElement).hidden = !writes;
}

async function start(): Promise<void> {
  const me = await signedIn();
  showAllowed(me);
  byId('who', HTMLElement).textContent = `${me.name} · ${me.space.name}`;
  const chat: Chat = new Chat(() => listSessions(chat));
  openNav();
  openButtons(chat, me);
  openSearch(chat);
  openUpload();
  openNamed(chat);
  await listSessions(chat);
  announce('');
}

act(start)();
