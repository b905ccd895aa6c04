import type { RouteOutput } from '../../../../wire/routes.ts';
import { call } from './api.ts';
import type { Chat } from './chat.ts';
import { act, ago, byId, el } from './dom.ts';

/** Lists conversations, last used first, those that fit the search only. */
export async function listSessions(chat: Chat): Promise<void> {
  const search = byId('search', HTMLInputElement).value.trim();
  const query = new URLSearchParams({ limit: '30', ...(search === '' ? {} : { query: search }) });
  const { items } = await call<RouteOutput<'listSessions'>>('GET', `/api/sessions?${query.toString()}`);
  byId('sessions', HTMLElement).replaceChildren(
    ...items.map(({ id, title, updatedAt, match }) =>
      el(
        'li',
        {},
        el(
          'button',
          {
            class: 'session',
            'aria-current': id === chat.sessionId ? 'true' : undefined,
            onclick: act(async () => {
              await chat.open(id);
              await listSessions(chat);
            }),
          },
          el('span', {}, title || 'New conversation'),
          el('small', {}, match?.snippet ?? ago(updatedAt)),
        ),
      ),
    ),
  );
}
