import type { AnswerMessageDeps } from '../chat/answer-message.ts';
import type { FollowDeps } from '../chat/follow-answer.ts';
import { modelAnswerer } from '../chat/generate/model-answerer.ts';
import type { Personas } from '../chat/generate/personas.ts';
import { liveAnswers } from '../chat/live-answers.ts';
import { keepTrace } from '../chat/trace.ts';
import { structured } from '../operations/models/structured.ts';
import type { ModelOf } from '../ports/language-model.ts';
import type { Closing } from './closing.ts';
import type { Embedders } from './embedders.ts';
import { filePersonas } from './personas.ts';
import { bindRecall } from './recall.ts';
import type { Services } from './services.ts';

/** How answers are made, kept and followed. */
export interface Answering extends AnswerMessageDeps, FollowDeps {
  readonly modelOf: ModelOf;
  readonly personas: Personas;
}

/** Binds what answers; the answers that run come to their end before the stores close. */
export function openAnswering(services: Services, embedders: Embedders, closing: Closing): Answering {
  const recall = bindRecall(services, embedders);
  const modelOf = services.models.of;
  const personas = filePersonas(services.folder.path);
  return {
    ...services,
    live: closing.add(liveAnswers(services)),
    answerer(input, ctx) {
      const embedder = () => embedders.active(ctx.ownerId);
      return modelAnswerer({ ...services, recall, embedder, modelOf, structured, personas })(input, ctx);
    },
    keepTrace: (trace, answered, ctx) => keepTrace(trace, answered, services, ctx),
    modelOf,
    personas,
  };
}
