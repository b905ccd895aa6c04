import type { Me } from '../../../../wire/people.ts';
import type { RouteOutput } from '../../../../wire/routes.ts';
import { call } from './api.ts';
import { chooseSpace } from './chosen-space.ts';
import { byId, el } from './dom.ts';

/** Lets somebody who belongs to several spaces choose the one that is shown. */
export async function openSpaces(me: Me): Promise<void> {
  const { spaces } = await call<RouteOutput<'listSpaces'>>('GET', '/api/spaces');
  if (spaces.length < 2) return;
  const field = byId('space', HTMLSelectElement);
  field.replaceChildren(
    ...spaces.map(({ id, name }) => el('option', { value: name, selected: id === me.space.id }, name)),
  );
  field.addEventListener('change', () => {
    chooseSpace(field.value);
    location.assign('/');
  });
  field.hidden = false;
}
