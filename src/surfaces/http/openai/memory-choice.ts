import type { IncomingHttpHeaders } from 'node:http';
import type { MemoryMode } from '../../../wire/completion.ts';
import { MemoryChoice } from '../../../wire/openai-common.ts';
import { wrongField } from './errors.ts';
import { given } from './given.ts';

interface Asked {
  readonly metadata?: Readonly<Record<string, unknown>> | undefined;
  readonly user?: string | undefined;
  /** The protocol's own name of the conversation, where it has one. */
  readonly conversation?: string | undefined;
}

const LONGEST_NAME = 500;

function text(value: unknown): string | undefined {
  const trimmed = typeof value === 'string' || typeof value === 'number' ? String(value).trim() : '';
  return trimmed === '' ? undefined : trimmed;
}

function mode(header: unknown, metadata: Asked['metadata']): MemoryMode | undefined {
  const chosen = text(header) ?? text(metadata?.['jiwa_memory']);
  if (chosen === undefined) return undefined;
  const parsed = MemoryChoice.safeParse(chosen.toLowerCase());
  if (parsed.success) return parsed.data;
  const param = text(header) === undefined ? 'metadata.jiwa_memory' : 'Jiwa-Memory';
  throw wrongField(param, 'Expected off, session, all or read-only.');
}

/**
 * What the caller says of memory: headers `Jiwa-Memory` and `Jiwa-Session` win over metadata `jiwa_memory` and
 * `jiwa_session` (or `conversation`), those over what the protocol knows of conversation and user.
 */
export function memoryChoice(
  headers: IncomingHttpHeaders,
  { metadata, user, conversation }: Asked,
): { readonly memory?: MemoryMode; readonly conversation?: string } {
  const named =
    text(headers['jiwa-session']) ??
    text(metadata?.['jiwa_session']) ??
    text(metadata?.['conversation']) ??
    conversation ??
    text(user);
  return given({
    memory: mode(headers['jiwa-memory'], metadata),
    conversation: named?.slice(0, LONGEST_NAME),
  });
}
