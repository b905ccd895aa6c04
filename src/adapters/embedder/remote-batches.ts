/** What a server takes in one request. */
export interface BatchLimits {
  readonly maxTexts: number;
  readonly maxChars: number;
}

/** Cuts texts, in order, into requests within the limits; a text longer than `maxChars` travels alone. */
export function requestBatches(texts: readonly string[], { maxTexts, maxChars }: BatchLimits): string[][] {
  const batches: string[][] = [];
  let batch: string[] = [];
  let chars = 0;
  for (const text of texts) {
    if (batch.length === maxTexts || (batch.length > 0 && chars + text.length > maxChars)) {
      batches.push(batch);
      batch = [];
      chars = 0;
    }
    batch.push(text);
    chars += text.length;
  }
  if (batch.length > 0) batches.push(batch);
  return batches;
}
