/** What a model wants before a question and before a stored text; empty when nothing. */
export interface Prefixes {
  readonly query: string;
  readonly text: string;
}

export const NO_PREFIXES: Prefixes = { query: '', text: '' };

/** Families whose cards demand prefixes that their files do not name. */
const FAMILIES: readonly { readonly name: RegExp; readonly prefixes: Prefixes }[] = [
  { name: /(^|[-_/])e5-[\w-]*instruct/i, prefixes: NO_PREFIXES },
  { name: /(^|[-_/])e5-/i, prefixes: { query: 'query: ', text: 'passage: ' } },
  {
    name: /(^|[-_/])bge-(small|base|large)-en/i,
    prefixes: { query: 'Represent this sentence for searching relevant passages: ', text: '' },
  },
  {
    name: /(^|[-_/])nomic-embed-text/i,
    prefixes: { query: 'search_query: ', text: 'search_document: ' },
  },
];

/** The prefixes of a model by its name, for folders that do not state them. */
export function knownPrefixes(name: string): Prefixes {
  return FAMILIES.find((family) => family.name.test(name))?.prefixes ?? NO_PREFIXES;
}
