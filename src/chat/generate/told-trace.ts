import type { ModelName, ModelUsage } from '../../ports/language-model.ts';
import type { RecallResult } from '../../wire/recall.ts';
import type { AnswerTrace, ChatMode } from '../../wire/trace.ts';
import type { Planned } from './plan.ts';
import type { Prompt } from './prompt.ts';
import type { Speech } from './spoken.ts';

/** An answer in a model's words and how it came about. */
export interface Told {
  readonly mode: ChatMode;
  readonly name: ModelName;
  readonly version: string;
  readonly planned: Planned;
  readonly recalled: Pick<RecallResult, 'hits' | 'reading' | 'meaning'>;
  readonly recallMs: number;
  readonly prompt: Prompt;
  readonly speech: Speech;
  readonly startedAt: number;
  /** When the model was called. */
  readonly askedAt: number;
}

type Trace = Omit<AnswerTrace, 'messageId'>;

/** Of the calls together, as far as providers told; `undefined` when none did. */
function summed(usages: readonly (ModelUsage | undefined)[]): ModelUsage | undefined {
  const known = usages.filter((usage) => usage !== undefined);
  if (known.length === 0) return undefined;
  const sum = (part: keyof ModelUsage) => known.reduce((total, usage) => total + usage[part], 0);
  return { input: sum('input'), output: sum('output'), cached: sum('cached') };
}

function hitsOf({ recalled, prompt }: Told): Trace['recalled'] {
  const tokens = new Map(prompt.entries.map(({ hit, tokens: size }) => [hit.id, size]));
  return recalled.hits.map(({ id, score, signals }) => ({
    itemId: id,
    score,
    signals,
    tokens: tokens.get(id) ?? 0,
    inPrompt: tokens.has(id),
  }));
}

function spentOn({ planned, speech }: Told): Pick<Trace, 'tokens' | 'costMicros'> {
  const tokens = summed([planned.usage, speech.end?.usage]);
  const costs = [planned.costMicros, speech.end?.costMicros].filter((cost) => cost !== undefined);
  return {
    ...(tokens === undefined ? {} : { tokens }),
    ...(costs.length === 0 ? {} : { costMicros: costs.reduce((total, cost) => total + cost, 0) }),
  };
}

/** The trace of an answer that a model gave. */
export function toldTrace(told: Told, citations: Trace['citations'], now: number): Trace {
  const { mode, name, version, recalled, prompt, speech, startedAt, askedAt } = told;
  const { failure, end, firstAt } = speech;
  const by = end?.by;
  return {
    at: startedAt,
    mode,
    reading: recalled.reading,
    meaning: recalled.meaning,
    recalled: hitsOf(told),
    sections: [...prompt.sections],
    model: { role: by ? 'fallback' : 'chat', ...(by ?? name), promptVersion: version },
    ended: failure?.code ?? end?.reason ?? 'unavailable',
    ...spentOn(told),
    ms: {
      recall: told.recallMs,
      beforeModel: askedAt - startedAt,
      ...(firstAt === undefined ? {} : { firstToken: firstAt - startedAt }),
      whole: now - startedAt,
    },
    citations,
  };
}
