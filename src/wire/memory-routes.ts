import { ForgetReport } from './common.ts';
import { AddedMemories, MemoryPatch, MemoryProfile, NewMemories, UpdatedMemory } from './memories.ts';
import { ById, type Route, ok } from './route.ts';

export const memoryRoutes = {
  addMemories: {
    method: 'POST',
    path: '/api/memories',
    tag: 'Memories',
    summary: 'Remembers one or more notes or messages that nobody has to answer.',
    action: 'memory:write',
    body: NewMemories,
    response: AddedMemories,
    answers: 'json',
    status: 201,
  },
  updateMemory: {
    method: 'PATCH',
    path: '/api/memories/:id',
    tag: 'Memories',
    summary: 'Puts a new text in place of what was said; the old one is forgotten.',
    action: 'memory:forget',
    audit: 'memory-updated',
    params: ById,
    body: MemoryPatch,
    response: UpdatedMemory,
    ...ok,
  },
  deleteMemory: {
    method: 'DELETE',
    path: '/api/memories/:id',
    tag: 'Memories',
    summary: 'Forgets one message or note, and what was made from it.',
    action: 'memory:forget',
    audit: 'memory-deleted',
    params: ById,
    response: ForgetReport,
    ...ok,
  },
  memoryProfile: {
    method: 'GET',
    path: '/api/profile',
    tag: 'Memories',
    summary: 'What memory holds, in short.',
    action: 'memory:read',
    response: MemoryProfile,
    ...ok,
  },
} as const satisfies Record<string, Route>;
