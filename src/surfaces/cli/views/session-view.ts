import type { MessageView, SessionView } from '../../../wire/sessions.ts';
import { ago, count, moment } from '../format.ts';
import type { Look } from '../look.ts';
import { indented, oneLine, plain } from '../plain-text.ts';
import { pairs, table } from '../table.ts';
import { speaker } from './place-view.ts';

/** A table of conversations. */
export function sessionTable(sessions: readonly SessionView[], look: Look): string[] {
  if (sessions.length === 0) return ['No conversations.'];
  return table(
    sessions,
    [
      { head: 'ID', cell: ({ id }) => look.id(id), style: () => 'dim' },
      { head: 'TITLE', cell: ({ title }) => title, flexible: true },
      { head: 'MESSAGES', cell: ({ messages }) => String(messages), align: 'right' },
      { head: 'FROM', cell: ({ origin }) => (origin === 'chat' ? 'chat' : 'import') },
      { head: 'USED', cell: ({ updatedAt }) => ago(updatedAt, look.nowMs), align: 'right' },
    ],
    look,
  );
}

/** What a search found: each conversation with the message that matches best, to be opened by its id. */
export function foundSessionLines(sessions: readonly SessionView[], look: Look): string[] {
  if (sessions.length === 0) return ['No conversations.'];
  return sessions.flatMap(({ id, title, messages, updatedAt, match }) => [
    `${look.style('dim', look.id(id))}  ${oneLine(title)}  ${look.style('dim', `${count(messages, 'message')}, ${ago(updatedAt, look.nowMs)}`)}`,
    ...(match === undefined
      ? []
      : [
          `    ${look.style('dim', `${moment(match.time)}  ${look.id(match.messageId)}`)}`,
          ...indented(oneLine(match.snippet), 4, Math.min(look.width, 100)),
        ]),
  ]);
}

/** One conversation without its messages. */
export function sessionLines(session: SessionView, look: Look): string[] {
  return pairs(
    [
      ['id', session.id],
      ['title', session.title],
      ['summary', session.summary],
      ['messages', String(session.messages)],
      ['from', session.origin],
      ['begun', moment(session.createdAt)],
      ['used', moment(session.updatedAt)],
    ],
    look,
  );
}

/** Where a message stands among what was said at its place, and whether it was broken off. */
function marks({ id, siblings = [], interrupted }: MessageView): string {
  const branch = siblings.length > 1 ? `  ${siblings.indexOf(id) + 1} of ${siblings.length}` : '';
  return interrupted ? `${branch}  interrupted` : branch;
}

/** What was said, in order: who and when, then the words. */
export function transcriptLines(messages: readonly MessageView[], look: Look): string[] {
  const width = Math.min(look.width, 100);
  return messages.flatMap((message) => [
    '',
    `${look.style('cyan', speaker(message))}  ${look.style('dim', `${moment(message.time)}  ${look.id(message.id)}${marks(message)}`)}`,
    ...indented(plain(message.text), 2, width),
    ...(message.caption === undefined ? [] : [look.style('dim', `  [picture: ${oneLine(message.caption)}]`)]),
  ]);
}
