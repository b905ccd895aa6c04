/** What is known of an encoder; stored with every vector it makes, by its slot name. */
export interface EmbedderModel {
  /** Names weights and rules, for example `all-MiniLM-L6-v2-int8`; another id means another vector space. */
  readonly id: string;
  readonly dimensions: number;
  /** Longer texts are cut by the model. */
  readonly maxTokens: number;
  /** ISO 639-1 codes the model was trained for; `many` for a multilingual model. */
  readonly languages: readonly string[] | 'many';
}

/** Turns text into unit-length vectors. Questions have a path of their own, so bulk work never makes one wait. */
export interface Embedder {
  readonly model: EmbedderModel;
  /** Vector of a question; cached. Throws `unavailable` or `timeout` when the model cannot answer in time. */
  embedQuery(text: string, signal: AbortSignal): Promise<Float32Array>;
  /** Vectors of stored texts, in order, at low priority; any number of texts, the driver cuts batches. */
  embedTexts(texts: readonly string[], signal: AbortSignal): Promise<Float32Array[]>;
  close(): Promise<void>;
}

/** The slot of a model's text vectors. */
export function textSlot(model: Pick<EmbedderModel, 'id'>): string {
  return `text@${model.id}`;
}
