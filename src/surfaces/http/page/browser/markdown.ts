import DOMPurify, { type Config } from 'dompurify';
import { Marked } from 'marked';

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escaped = (text: string) => text.replaceAll(/[&<>"]/gu, (letter) => ESCAPES[letter] ?? letter);

/** HTML is shown as the text it is; a picture is not loaded, its link says where it would come from. */
const marked = new Marked({
  gfm: true,
  breaks: true,
  async: false,
  renderer: {
    html: ({ text }) => escaped(text),
    image: ({ href, text }) => `<a href="${escaped(href)}">${escaped(text || 'picture')}</a>`,
  },
});

const TAGS =
  'p br em strong del code pre blockquote hr ul ol li a h1 h2 h3 h4 h5 h6 table thead tbody tr th td';

/** Nothing that loads, runs or is styled: what a model says is text somebody else may have put into its mouth. */
const SAFE: Config & { RETURN_DOM_FRAGMENT: true } = {
  ALLOWED_TAGS: TAGS.split(' '),
  ALLOWED_ATTR: ['href', 'title', 'start'],
  ALLOWED_URI_REGEXP: /^(?:https?|mailto):/iu,
  RETURN_DOM_FRAGMENT: true,
};

/** A link says where it leads, whatever its text says, and takes nothing of us along. */
function outward(link: HTMLAnchorElement): void {
  link.title = link.href;
  link.target = '_blank';
  link.rel = 'noopener noreferrer nofollow';
  if (link.textContent === link.href && link.username === '') return;
  const target = document.createElement('small');
  target.className = 'target';
  // The host as the browser reads it: letters that only look like others show as what they are.
  target.textContent = ` (${link.host || link.pathname})`;
  link.append(target);
}

const MARKER = /\[(\d{1,3})\]/u;

/** Turns `[1]` in texts into buttons. */
function withCitations(root: DocumentFragment, open: (marker: number) => void): void {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  const texts: Text[] = [];
  while (walker.nextNode() !== null) texts.push(walker.currentNode as Text);
  for (const text of texts) {
    const parts = text.data.split(MARKER);
    if (parts.length === 1 || text.parentElement?.closest('code, a')) continue;
    text.replaceWith(
      ...parts.map((part, place) => {
        if (place % 2 === 0) return part;
        const chip = document.createElement('button');
        chip.className = 'citation';
        chip.textContent = part;
        chip.ariaLabel = `Source ${part}`;
        chip.addEventListener('click', () => open(Number(part)));
        return chip;
      }),
    );
  }
}

/** Markdown as safe elements, its citation markers as buttons. */
export function rendered(markdown: string, open: (marker: number) => void): DocumentFragment {
  const fragment = DOMPurify.sanitize(marked.parse(markdown) as string, SAFE);
  for (const link of fragment.querySelectorAll('a')) if (link.hasAttribute('href')) outward(link);
  withCitations(fragment, open);
  return fragment;
}
