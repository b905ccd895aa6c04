import type { Ctx } from '../core/context.ts';
import { readableTime } from '../memory/readable-time.ts';
import type { MessageView, SessionExport, SessionView } from '../wire/sessions.ts';
import type { ChatStores } from './chat-deps.ts';
import { sessionMessages } from './session-messages.ts';
import { sessionRow } from './sessions.ts';
import { sessionView } from './views.ts';

/** A whole conversation: its row and every message in order. */
export async function exportSession(
  input: { readonly id: string },
  deps: ChatStores,
  ctx: Ctx,
): Promise<SessionExport> {
  const row = await sessionRow(deps.ledger.readsOf(ctx.ownerId), input.id);
  const messages = await Array.fromAsync(sessionMessages(row, deps, ctx));
  return { session: sessionView(row), messages };
}

/** An exported conversation as JSON lines that the history import takes back: one message a line. */
export function asJsonLines({ session, messages }: SessionExport): string {
  return messages.map((message) => `${JSON.stringify(line(session, message))}\n`).join('');
}

function line(session: SessionView, message: MessageView) {
  const { id, role, author, text, caption, time } = message;
  return {
    conversation: session.id,
    title: session.title,
    id,
    time: new Date(time).toISOString(),
    role,
    ...(author === undefined ? {} : { author }),
    text,
    ...(caption === undefined ? {} : { caption }),
  };
}

/** An exported conversation for people: a heading, then who said what and when. */
export function asMarkdown({ session, messages }: SessionExport): string {
  const turns = messages.map(({ role, author, text, caption, time }) => {
    const picture = caption === undefined ? '' : `\n\n*Picture: ${caption}*`;
    return `**${author ?? role}**, ${readableTime(time, 'en')}\n\n${text}${picture}\n`;
  });
  return [`# ${session.title === '' ? 'Conversation' : session.title}\n`, ...turns].join('\n');
}
