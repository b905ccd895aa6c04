/** How far from its end a list may be and still count as read to the end. */
const NEAR_PX = 80;

/** Keeps the end of a list in view while it grows, as long as whoever reads has not scrolled away from it. */
export function keepAtEnd(list: HTMLElement): void {
  let atEnd = true;
  list.addEventListener('scroll', () => {
    atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < NEAR_PX;
  });
  const keep = () => {
    if (atEnd) list.scrollTop = list.scrollHeight;
  };
  new MutationObserver(keep).observe(list, { childList: true, subtree: true, characterData: true });
  new ResizeObserver(keep).observe(list);
}
