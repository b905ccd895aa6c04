import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import type { LanguageModel, ModelFacts } from '../../ports/language-model.ts';
import { eventStreamFetch } from './ai-sdk-fetch.ts';
import { aiSdkModel } from './ai-sdk-model.ts';
import { bodyFor, isStrict } from './openai-compatible-body.ts';
import { openModelOutbound, type RemoteModelOptions } from './remote-model.ts';

export interface OpenAiCompatibleModelOptions extends RemoteModelOptions {
  /** Whether the server holds the model to a JSON schema. Default true; without it only JSON is asked for. */
  readonly structuredOutput?: boolean | undefined;
}

/** Name of the options of ours in the SDK. */
const OURS = 'jiwa';

/** A model behind `/chat/completions`: OpenAI, Ollama, vLLM, llama-server, RunPod, Hugging Face's router and many others. */
export function openAiCompatibleModel(options: OpenAiCompatibleModelOptions): LanguageModel {
  const { name, baseUrl, apiKey, contextTokens, images = true, structuredOutput = true } = options;
  const facts: ModelFacts = { name, contextTokens, structuredOutput, images };
  const outbound = openModelOutbound(options);
  const provider = createOpenAICompatible({
    name: OURS,
    baseURL: baseUrl,
    includeUsage: true,
    supportsStructuredOutputs: structuredOutput,
    fetch: eventStreamFetch(outbound.fetch, name.provider),
    ...(apiKey !== undefined && { apiKey }),
    transformRequestBody: bodyFor(baseUrl),
  });
  return aiSdkModel({
    facts,
    sdk: provider.chatModel(name.model),
    apiKey,
    limits: options,
    outbound,
    adapt(call) {
      const schema = call.responseFormat?.type === 'json' ? call.responseFormat.schema : undefined;
      if (schema === undefined) return call;
      return { ...call, providerOptions: { [OURS]: { strictJsonSchema: isStrict(schema) } } };
    },
  });
}
