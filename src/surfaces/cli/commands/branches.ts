import type { Command } from 'commander';
import { type Wish, wishOf, withWish } from '../answer-wish.ts';
import { addCommand } from '../command.ts';
import type { Cli } from '../cli.ts';
import { type Connection, connected, finishJobs } from '../connect.ts';
import { idsOf } from '../resolve-id.ts';
import { showAnswer } from '../show-answer.ts';
import { sessionLines } from '../views/session-view.ts';

interface Place {
  readonly session: string;
  readonly message: string;
}

/** Runs work with the whole ids of a conversation and a message of it, of any branch. */
async function at(
  cli: Cli,
  place: Place,
  work: (connection: Connection, ids: { readonly id: string; readonly messageId: string }) => Promise<void>,
): Promise<void> {
  await connected(cli, async (connection) => {
    const ids = idsOf(cli, connection);
    const id = await ids.session(place.session);
    await work(connection, { id, messageId: await ids.message(id, place.message) });
  });
}

function addAnswers(sessions: Command, cli: Cli): void {
  const regenerate = addCommand(sessions, cli, 'regenerate <id> <answer>', {
    summary: 'Answer the same message again',
    about: 'The answer it had stays as another branch.',
    examples: ['sessions regenerate 8c11d0aa 77e0b1c2 --mode pikiran'],
  });
  withWish(regenerate).action(async (session: string, message: string, options: Wish) =>
    at(cli, { session, message }, async (connection, { messageId }) => {
      const events = connection.client.regenerate(messageId, wishOf(options), cli.signal);
      await showAnswer(cli, connection, events);
      await finishJobs(cli, connection);
    }),
  );
  const edit = addCommand(sessions, cli, 'edit <id> <message> <text...>', {
    summary: 'Say something else at the place of a message',
    about: 'The message and what followed it stay as another branch.',
    examples: ['sessions edit 8c11d0aa 77e0b1c2 "When does the other lease end?"'],
  });
  withWish(edit).action(async (session: string, message: string, words: string[], options: Wish) =>
    at(cli, { session, message }, async (connection, { messageId }) => {
      const body = { text: words.join(' '), ...wishOf(options) };
      await showAnswer(cli, connection, connection.client.edit(messageId, body, cli.signal));
      await finishJobs(cli, connection);
    }),
  );
}

/** The commands that let a conversation go another way. */
export function addBranches(sessions: Command, cli: Cli): void {
  addAnswers(sessions, cli);
  addCommand(sessions, cli, 'choose <id> <message>', {
    summary: 'Show the branch that a message is on',
    examples: ['sessions choose 8c11d0aa 77e0b1c2'],
  }).action(async (session: string, message: string) =>
    at(cli, { session, message }, async ({ client }, { id, messageId }) => {
      const chosen = await client.call('chooseLeaf', { params: { id }, body: { messageId } }, cli.signal);
      cli.show(chosen, sessionLines);
    }),
  );
  addCommand(sessions, cli, 'branch <id> <message> [title...]', {
    summary: 'Begin a conversation that goes on from a message',
    examples: ['sessions branch 8c11d0aa 77e0b1c2 The other plan'],
  }).action(async (session: string, message: string, title: string[]) =>
    at(cli, { session, message }, async ({ client }, { id, messageId }) => {
      const body = { messageId, ...(title.length === 0 ? {} : { title: title.join(' ') }) };
      cli.show(await client.call('branchSession', { params: { id }, body }, cli.signal), sessionLines);
    }),
  );
}
