import type { z } from 'zod';
import { ChatCompletionRequest } from './openai-chat.ts';
import { EmbeddingRequest } from './openai-embeddings.ts';
import { ResponseRequest } from './openai-responses.ts';
import type { Route } from './route.ts';

/** A path of the OpenAI protocol. What it answers is that protocol's, streamed or not as the body says. */
export type OpenAiRoute = Pick<Route, 'method' | 'path' | 'summary' | 'action' | 'limit' | 'body'>;

/** The second route table: Jiwa as other programs know such servers. Admission is that of the first one. */
export const openAiRoutes = {
  models: {
    method: 'GET',
    path: '/v1/models',
    summary: 'Personas, models of the providers and the embedder in use.',
    action: 'memory:read',
  },
  model: {
    method: 'GET',
    path: '/v1/models/*',
    summary: 'One of them.',
    action: 'memory:read',
  },
  chatCompletions: {
    method: 'POST',
    path: '/v1/chat/completions',
    summary: 'Continues a conversation with what memory has for it.',
    action: 'memory:read',
    limit: 'chat',
    body: ChatCompletionRequest,
  },
  responses: {
    method: 'POST',
    path: '/v1/responses',
    summary: 'The same by the newer protocol, with typed events.',
    action: 'memory:read',
    limit: 'chat',
    body: ResponseRequest,
  },
  embeddings: {
    method: 'POST',
    path: '/v1/embeddings',
    summary: 'Vectors of texts by the embedder in use.',
    action: 'memory:read',
    body: EmbeddingRequest,
  },
} as const satisfies Record<string, OpenAiRoute>;

export type OpenAiRouteName = keyof typeof openAiRoutes;

type Body<R> = R extends { readonly body: infer S extends z.ZodType } ? z.output<S> : undefined;
export type OpenAiBody<N extends OpenAiRouteName> = Body<(typeof openAiRoutes)[N]>;
