import { type Route, ok } from './route.ts';
import { JobStarted, ModelList, PullModel, UseEmbedder } from './system.ts';

export const modelRoutes = {
  listModels: {
    method: 'GET',
    path: '/api/models',
    tag: 'Models',
    summary: 'Embedders: active, filling, installed.',
    action: 'system:read',
    response: ModelList,
    ...ok,
  },
  pullModel: {
    method: 'POST',
    path: '/api/models/pull',
    tag: 'Models',
    summary: 'Downloads an ONNX sentence encoder.',
    action: 'system:manage',
    body: PullModel,
    response: JobStarted,
    answers: 'json',
    status: 202,
  },
  useEmbedder: {
    method: 'POST',
    path: '/api/models/embedder',
    tag: 'Models',
    summary: 'Changes the embedder: re-embeds in the background, then switches at once.',
    action: 'system:manage',
    body: UseEmbedder,
    response: JobStarted,
    answers: 'json',
    status: 202,
  },
} as const satisfies Record<string, Route>;
