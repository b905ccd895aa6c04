import type { ModelOf } from '../../ports/language-model.ts';
import type { Structured } from '../../ports/structured-output.ts';
import type { AnswerDeps } from '../chat-deps.ts';
import type { Personas } from './personas.ts';

/** What answering by a model needs beside what the floor needs. */
export interface GenerateDeps extends AnswerDeps {
  readonly modelOf: ModelOf;
  readonly structured: Structured;
  readonly personas: Personas;
}
