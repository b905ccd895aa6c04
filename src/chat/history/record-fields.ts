/** An object read from JSON: anything may be in it. */
export type JsonRecord = Readonly<Record<string, unknown>>;

/** The value as an object, or `undefined` if it is something else. */
export function asRecord(value: unknown): JsonRecord | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as JsonRecord)
    : undefined;
}

/** The value as a list; anything else is an empty one. */
export function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** A text or a number as text without blanks around it; `undefined` for anything else and for nothing. */
export function asText(value: unknown): string | undefined {
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  if (typeof value !== 'string') return undefined;
  const text = value.trim();
  return text === '' ? undefined : text;
}

/** The first of these fields that holds a text or a number. */
export function firstText(record: JsonRecord, names: readonly string[]): string | undefined {
  for (const name of names) {
    const text = asText(record[name]);
    if (text !== undefined) return text;
  }
  return undefined;
}

/** The first of these fields that is there at all. */
export function firstField(record: JsonRecord, names: readonly string[]): unknown {
  const name = names.find((candidate) => record[candidate] !== undefined && record[candidate] !== null);
  return name === undefined ? undefined : record[name];
}

/** `{ [name]: value }`, or nothing when there is no value: for fields that may be absent. */
export function optional<K extends string, V>(name: K, value: V | undefined): { readonly [P in K]?: V } {
  return value === undefined ? {} : ({ [name]: value } as { readonly [P in K]: V });
}
