import { bindRecall } from '../../src/app/recall.ts';
import { answerExtractively } from '../../src/chat/answer/answer-extractively.ts';
import { openBenchOwner } from '../product/bench-product.ts';
import { remember } from '../product/remember.ts';
import type { AbstentionSample } from './abstention-samples.ts';

/** Whether what memory knows is answered and what it cannot know is not. */
export interface AbstentionQuality {
  readonly questions: { readonly answerable: number; readonly untold: number; readonly foreign: number };
  /** Share of the answerable questions that were answered. */
  readonly answered: number;
  /** Share of the questions on something in memory that does not tell the fact, that were not answered. */
  readonly abstainedUntold?: number;
  /** Share of the questions on something memory has nothing on, that were not answered. */
  readonly abstainedForeign: number;
  /** Mean of `answered` and the share abstained of all that cannot be answered, both kinds weighing the same. */
  readonly balancedAccuracy: number;
}

interface Counts {
  asked: number;
  answered: number;
}

const shareAnswered = ({ asked, answered }: Counts) => (asked === 0 ? 0 : answered / asked);

/** Asks each memory its questions, without a language model. */
export async function abstentionQuality(samples: readonly AbstentionSample[]): Promise<AbstentionQuality> {
  const counts = {
    answerable: { asked: 0, answered: 0 },
    untold: { asked: 0, answered: 0 },
    foreign: { asked: 0, answered: 0 },
  };
  for (const sample of samples) await askAll(sample, counts);
  const { answerable, untold, foreign } = counts;
  const answered = shareAnswered(answerable);
  const wrong = [untold, foreign].filter(({ asked }) => asked > 0).map(shareAnswered);
  const abstained = 1 - wrong.reduce((sum, share) => sum + share, 0) / Math.max(1, wrong.length);
  return {
    questions: { answerable: answerable.asked, untold: untold.asked, foreign: foreign.asked },
    answered,
    ...(untold.asked === 0 ? {} : { abstainedUntold: 1 - shareAnswered(untold) }),
    abstainedForeign: 1 - shareAnswered(foreign),
    balancedAccuracy: (answered + abstained) / 2,
  };
}

async function askAll(
  sample: AbstentionSample,
  counts: Readonly<Record<'answerable' | 'untold' | 'foreign', Counts>>,
): Promise<void> {
  const owner = await openBenchOwner();
  try {
    await remember(sample.memory, owner);
    const { services, embedders } = owner;
    const ctx = owner.ctx();
    const deps = {
      memory: services.memory,
      recall: bindRecall(services, embedders),
      embedder: () => embedders.active(ctx.ownerId),
    };
    for (const kind of ['answerable', 'untold', 'foreign'] as const)
      for (const text of sample[kind]) {
        const answer = await answerExtractively({ text, filter: {} }, deps, ctx);
        counts[kind].asked++;
        if (answer.kind === 'extractive') counts[kind].answered++;
      }
  } finally {
    await owner.close();
  }
}
