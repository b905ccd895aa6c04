import type { McpServer } from '@modelcontextprotocol/server';
import type { MemoryProfile } from '../../wire/memories.ts';
import type { McpApi } from './mcp-api.ts';
import { DATA_NOTE, isoTime, marked } from './stored-text.ts';

const URI = 'memory://profile';
const DAY_CHARACTERS = 'YYYY-MM-DD'.length;

function day(timeMs: number): string {
  return isoTime(timeMs).slice(0, DAY_CHARACTERS);
}

function list(name: string, values: readonly string[]): string[] {
  return values.length === 0 ? [] : [`${name}: ${values.join('; ')}`];
}

/** The profile as lines for a prompt. */
function profileText(profile: MemoryProfile): string {
  const { documents, conversations, messages, languages, tags, recentConversations, recentDocuments } =
    profile;
  const lines = [
    `Remembered: ${documents} documents, ${conversations} conversations with ${messages} messages.`,
    ...list('Languages', languages),
    ...list('Tags', tags),
    ...list(
      'Latest conversations',
      recentConversations.map(({ title, updatedAt }) => `${title} (${day(updatedAt)})`),
    ),
    ...list(
      'Latest documents',
      recentDocuments.map(({ title, uploadedAt }) => `${title} (${day(uploadedAt)})`),
    ),
  ];
  return [DATA_NOTE, marked(lines.join('\n'), { place: 'profile' })].join('\n\n');
}

/** `memory://profile`: what is remembered in short, for the beginning of a prompt. */
export function registerProfile(server: McpServer, api: McpApi): void {
  const description =
    'What this memory holds, in short: counts, languages, latest conversations and documents.';
  const about = { title: 'Memory profile', description, mimeType: 'text/plain' };
  server.registerResource('profile', URI, about, async (uri, { mcpReq }) => {
    const profile = await api.call('memoryProfile', {}, mcpReq.signal);
    return { contents: [{ uri: uri.href, mimeType: about.mimeType, text: profileText(profile) }] };
  });
}
