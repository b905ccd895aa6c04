import type { Ctx } from '../../core/context.ts';
import { type AppError, toAppError } from '../../core/errors.ts';
import type { ModelEvent, ModelRequest, ReadyModel } from '../../ports/language-model.ts';
import type { Citing } from './citing.ts';

/** What came of asking a model, filled in as it speaks. */
export interface Speech {
  text: string;
  /** When the first word came; `undefined` while none has. */
  firstAt?: number;
  end?: Extract<ModelEvent, { kind: 'end' }>;
  /** Why it broke off. */
  failure?: AppError;
}

/** What an end leaves of a marker that did not come whole, and blanks. */
const HALF_MARKER = /\s*(?:\[[\d, ]*)?$/u;

/**
 * Lets a model speak: gives its text at once, without unsupported markers, and notes the rest in `speech`. Never throws: a
 * failure, or an abort, ends it and is noted.
 */
export async function* spoken(
  asking: { readonly model: ReadyModel; readonly request: ModelRequest; readonly cites: Citing },
  speech: Speech,
  ctx: Ctx,
): AsyncIterable<string> {
  const { model, request, cites } = asking;
  const say = (piece: string) => {
    const said = speech.text === '' ? piece.trimStart() : piece;
    speech.text += said;
    return said;
  };
  try {
    for await (const event of model.stream(request, ctx.signal)) {
      if (event.kind === 'end') speech.end = event;
      if (event.kind !== 'text' || event.text === '') continue;
      speech.firstAt ??= ctx.now();
      const said = say(cites.read(event.text));
      if (said !== '') yield said;
    }
  } catch (thrown) {
    speech.failure = toAppError(thrown);
  }
  const rest = say(cites.end().replace(HALF_MARKER, ''));
  if (rest !== '') yield rest;
}
