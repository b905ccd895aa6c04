import type { ModelRequest } from '../../ports/language-model.ts';
import type { ModelParameters } from '../../wire/models.ts';
import type { Wrap } from './answering.ts';

function fewer(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? (a ?? b) : Math.min(a, b);
}

function filled(request: ModelRequest, parameters: ModelParameters): ModelRequest {
  const { temperature, topP } = parameters;
  const maxOutputTokens = fewer(request.maxOutputTokens, parameters.maxOutputTokens);
  return {
    ...(temperature === undefined ? {} : { temperature }),
    ...(topP === undefined ? {} : { topP }),
    ...request,
    ...(maxOutputTokens === undefined ? {} : { maxOutputTokens }),
  };
}

/** The parameters of a role: what the request says wins, only never more tokens than the role allows. */
export function withParameters(parameters: ModelParameters): Wrap {
  return (model) => ({
    facts: model.facts,
    stream: (request, signal) => model.stream(filled(request, parameters), signal),
  });
}
