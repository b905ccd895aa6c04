import type { CitationView, Place } from '../../../../wire/recall.ts';
import type { Citation } from '../../../../wire/sessions.ts';
import { call } from './api.ts';
import { byId, el } from './dom.ts';
import { showPanel } from './panel.ts';

function whereOf(place: Place): string {
  const page = place.page === undefined ? '' : `, page ${place.page}`;
  const who = place.author ?? place.role ?? '';
  return place.kind === 'document'
    ? `${place.name}${page}`
    : [place.name, who, new Date(place.time).toLocaleString()].filter((part) => part !== '').join(' · ');
}

/** The passage with the quote marked, as far as the quote stands in it word for word. */
function marked(text: string, quote: string): (Node | string)[] {
  const at = text.indexOf(quote);
  if (at < 0) return [el('mark', {}, text)];
  return [text.slice(0, at), el('mark', {}, quote), text.slice(at + quote.length)];
}

/** Opens a passage at its place, beside the conversation; all of it is marked, or what is quoted of it. */
export async function openPassage(itemId: string, citation?: Citation): Promise<void> {
  const { place, before, text, after } = await call<CitationView>('GET', `/api/citations/${itemId}`);
  const marker = citation === undefined ? '' : `[${citation.marker}] `;
  showPanel(
    `${marker}${whereOf(place)}`,
    el(
      'p',
      { class: 'passage' },
      el('span', { class: 'around' }, before),
      ...marked(text, citation?.quote ?? text),
      el('span', { class: 'around' }, after),
    ),
  );
  byId('panel', HTMLElement).querySelector('mark')?.scrollIntoView({ block: 'center' });
}
