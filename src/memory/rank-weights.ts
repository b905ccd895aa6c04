/**
 * How much each signal counts, in standard deviations. One set for everything, tuned on LoCoMo and BEAM together;
 * XQuAD, FacQA, HotpotQA, MADial and PrefEval were watched (docs/benchmarks.md has each part's worth).
 */
export interface RankWeights {
  readonly words: number;
  /** Where the embedder knows the languages of question and item. */
  readonly meaning: number;
  /** Where it does not know one of them; a little still helps (XQuAD ru, FacQA). */
  readonly foreignMeaning: number;
  /** Share of its score a turn lends to its neighbours in the session (only what is above average). */
  readonly before: number;
  readonly after: number;
  readonly twoAway: number;
  /** The same for the chunks before and after one in its document: an answer may stand across a cut (XQuAD ru). */
  readonly chunkNeighbour: number;
  /** Between the person's own messages and the assistant's (BEAM). */
  readonly role: number;
  /** For turns of the author a question names (LoCoMo). */
  readonly speaker: number;
  /** Share of a question's score lent on top to the next turn, by another person (LoCoMo; never in assistant chats). */
  readonly answering: number;
  /** Against a turn that asks, for the same reason. */
  readonly asking: number;
  /** For what was said in the time the question names. */
  readonly time: number;
  /** The same, when the question asks what was said then. */
  readonly saidTime: number;
}

export const RANK_WEIGHTS: RankWeights = {
  words: 1,
  meaning: 1,
  foreignMeaning: 0.3,
  before: 0.2,
  after: 0.3,
  twoAway: 0.1,
  chunkNeighbour: 0.1,
  role: 2.5,
  speaker: 1,
  answering: 0.6,
  asking: 0.6,
  time: 0.5,
  saidTime: 4,
};
