import { act, el } from './dom.ts';

/** A button before the messages that puts earlier ones in its place, by itself when it comes into view. */
export function olderButton(list: HTMLElement, load: () => Promise<readonly HTMLElement[]>): HTMLElement {
  let loading = false;
  const show = act(async () => {
    if (loading) return;
    loading = true;
    try {
      const earlier = await load();
      const fromEnd = list.scrollHeight - list.scrollTop;
      button.replaceWith(...earlier);
      // What was read stays where it was.
      list.scrollTop = list.scrollHeight - fromEnd;
    } finally {
      loading = false;
    }
  });
  const button = el('button', { class: 'older quiet', onclick: show }, 'Earlier messages');
  const seen = new IntersectionObserver(
    (entries) => {
      if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
      seen.disconnect();
      show();
    },
    { root: list },
  );
  seen.observe(button);
  return button;
}
