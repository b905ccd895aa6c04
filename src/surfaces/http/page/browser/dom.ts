type Child = Node | string | undefined;

/** What an element gets beside its children; `on…` are listeners, the rest properties or `aria-`/`data-` attributes. */
type Attributes = Readonly<Record<string, string | boolean | number | ((event: Event) => void) | undefined>>;

/** Makes an element. Texts become text nodes, so nothing that is shown can become markup. */
export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    if (typeof value === 'function') made.addEventListener(name.slice(2), value);
    else made.setAttribute(name, value === true ? '' : String(value));
  }
  made.append(...children.filter((child) => child !== undefined));
  return made;
}

/** The element of the page that has this id. */
export function byId<E extends HTMLElement>(id: string, type: new () => E): E {
  const found = document.getElementById(id);
  if (!(found instanceof type)) throw new Error(`The page has no ${id}.`);
  return found;
}

/** The sentence of what was thrown. */
export function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Says something where a screen reader tells it, and for people who look. */
export function announce(text: string, kind: 'note' | 'error' = 'note'): void {
  const status = byId('status', HTMLElement);
  status.className = kind;
  status.textContent = text;
}

/** Runs an action of a person; what fails is announced, never lost in the console. */
export function act(work: () => Promise<void>): () => void {
  return () => {
    work().catch((error: unknown) => announce(wordsOf(error), 'error'));
  };
}

/** `3 min ago`, or the day. */
export function ago(time: number): string {
  const minutes = Math.round((Date.now() - time) / 60_000);
  if (minutes < 1) return 'just now';
  if (minutes < 60) return `${minutes} min ago`;
  if (minutes < 24 * 60) return `${Math.round(minutes / 60)} h ago`;
  return new Date(time).toLocaleDateString();
}
