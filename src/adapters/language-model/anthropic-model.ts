import { createAnthropic } from '@ai-sdk/anthropic';
import type { LanguageModelV4CallOptions } from '@ai-sdk/provider';
import type { LanguageModel, ModelFacts } from '../../ports/language-model.ts';
import { eventStreamFetch } from './ai-sdk-fetch.ts';
import { aiSdkModel } from './ai-sdk-model.ts';
import { openModelOutbound, type RemoteModelOptions } from './remote-model.ts';

/** A model behind Anthropic's `/messages`. Does not know `seed`: it is left out. */
export function anthropicModel(options: RemoteModelOptions): LanguageModel {
  const { name, baseUrl, apiKey = '', contextTokens, images = true } = options;
  const facts: ModelFacts = { name, contextTokens, structuredOutput: true, images };
  const outbound = openModelOutbound(options);
  const provider = createAnthropic({
    baseURL: baseUrl,
    // Always given, also empty: without it the SDK would take one from the environment.
    apiKey,
    fetch: eventStreamFetch(outbound.fetch, name.provider),
  });
  return aiSdkModel({
    facts,
    sdk: provider(name.model),
    apiKey,
    limits: options,
    outbound,
    adapt: instructionsFirst,
  });
}

/** Only new models take instructions in the middle of a conversation; all take them before it. */
function instructionsFirst(call: LanguageModelV4CallOptions): LanguageModelV4CallOptions {
  const instructions = call.prompt.filter(({ role }) => role === 'system');
  const others = call.prompt.filter(({ role }) => role !== 'system');
  return { ...call, prompt: [...instructions, ...others] };
}
