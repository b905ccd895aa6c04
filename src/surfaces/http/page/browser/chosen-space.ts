const KEY = 'space';

/** Name of the space that this tab shows; `undefined` for the first one of who is signed in. A reload keeps it. */
export function chosenSpace(): string | undefined {
  return sessionStorage.getItem(KEY) ?? undefined;
}

/** Shows a space from the next call on; the first one when none is named. */
export function chooseSpace(name?: string): void {
  if (name === undefined) sessionStorage.removeItem(KEY);
  else sessionStorage.setItem(KEY, name);
}
