import { CitationView, ItemPage, ItemQuery, ItemView, RecallRequest, RecallResult } from './recall.ts';
import { ById, type Route, ok } from './route.ts';
import { Answer, AskRequest } from './sessions.ts';

export const recallRoutes = {
  ask: {
    method: 'POST',
    path: '/api/ask',
    tag: 'Recall',
    summary: 'Answers one question with citations; nothing of it is kept.',
    action: 'memory:read',
    body: AskRequest,
    response: Answer,
    ...ok,
  },
  recall: {
    method: 'POST',
    path: '/api/recall',
    tag: 'Recall',
    summary: 'The best passages for a question, each with why.',
    action: 'memory:read',
    body: RecallRequest,
    response: RecallResult,
    ...ok,
  },
  listItems: {
    method: 'GET',
    path: '/api/items',
    tag: 'Recall',
    summary: 'What memory holds, newest first.',
    action: 'memory:read',
    query: ItemQuery,
    response: ItemPage,
    ...ok,
  },
  getItem: {
    method: 'GET',
    path: '/api/items/:id',
    tag: 'Recall',
    summary: 'One item.',
    action: 'memory:read',
    params: ById,
    response: ItemView,
    ...ok,
  },
  openCitation: {
    method: 'GET',
    path: '/api/citations/:id',
    tag: 'Recall',
    summary: 'A citation opened at its place.',
    action: 'memory:read',
    params: ById,
    response: CitationView,
    ...ok,
  },
} as const satisfies Record<string, Route>;
