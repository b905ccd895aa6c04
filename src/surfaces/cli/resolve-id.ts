import { AppError } from '../../core/errors.ts';
import { isUuid } from '../../core/ids.ts';
import type { Cli } from './cli.ts';
import type { Connection } from './connect.ts';
import { type PageAsk, everyItem } from './pages.ts';

const BEGINNING = /^[0-9a-f][0-9a-f-]{3,35}$/;

interface WithId {
  readonly id: string;
}

interface Kind {
  readonly one: string;
  readonly list: (
    ask: PageAsk,
  ) => Promise<{ readonly items: readonly WithId[]; readonly next?: string | undefined }>;
}

/**
 * The id somebody meant: a whole one, or at least the first four digits where only one thing begins so.
 * Throws `not-found` or `invalid-input`.
 */
async function resolve(text: string, { one, list }: Kind): Promise<string> {
  const wanted = text.toLowerCase();
  if (isUuid(wanted)) return wanted;
  if (!BEGINNING.test(wanted)) {
    throw new AppError('invalid-input', `Expected the id of a ${one} or its first digits; got ‘${text}’.`);
  }
  const found: string[] = [];
  for await (const { id } of everyItem(list)) if (id.startsWith(wanted)) found.push(id);
  const [only] = found;
  if (only === undefined)
    throw new AppError('not-found', `There is no ${one} whose id begins with ${wanted}.`);
  if (found.length > 1) {
    throw new AppError(
      'invalid-input',
      `${wanted} begins the id of ${found.length} ${one}s; give more digits.`,
    );
  }
  return only;
}

/** Ids as people type them, for each kind of thing that has a list. */
export function idsOf(cli: Cli, { client }: Connection) {
  const { signal } = cli;
  return {
    document: (text: string) =>
      resolve(text, { one: 'document', list: (query) => client.call('listDocuments', { query }, signal) }),
    session: (text: string) =>
      resolve(text, { one: 'conversation', list: (query) => client.call('listSessions', { query }, signal) }),
    job: (text: string) =>
      resolve(text, { one: 'job', list: (query) => client.call('listJobs', { query }, signal) }),
    user: (text: string) =>
      resolve(text, {
        one: 'user',
        list: async () => ({ items: (await client.call('listUsers', {}, signal)).users }),
      }),
    invitation: (text: string) =>
      resolve(text, {
        one: 'invitation',
        list: async () => ({ items: (await client.call('listInvitations', {}, signal)).invitations }),
      }),
    key: (text: string) =>
      resolve(text, {
        one: 'key',
        list: async () => ({ items: (await client.call('listKeys', {}, signal)).keys }),
      }),
    message: (session: string, text: string) =>
      resolve(text, {
        one: 'message',
        list: (query) =>
          client.call('listMessages', { params: { id: session }, query: { ...query, all: 'true' } }, signal),
      }),
  };
}
