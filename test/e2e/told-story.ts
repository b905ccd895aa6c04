import { randomBytes } from 'node:crypto';
import type { Client } from '../../src/wire/client.ts';
import type { AnswerEvent } from '../../src/wire/sessions.ts';
import { modelServer } from '../fakes/model-server.ts';
import { file, type RunningApp } from './running-app.ts';

/** Words that stand in texts of one kind and nowhere else, by the kind. */
export type Canaries = Readonly<Record<(typeof KINDS)[number], string>>;

const KINDS = [
  'documentTitle',
  'heading',
  'document',
  'brokenDocument',
  'forgottenDocument',
  'replacedDocument',
  'question',
  'answer',
  'cutAnswer',
  'edited',
  'said',
  'forgottenMessage',
  'imported',
  'brokenImport',
  'note',
  'changedNote',
  'asked',
  'recalled',
  'searched',
  'throughV1',
] as const;

/** Canaries that a conversation or a document keeps, so that they can be found in objects. */
export const KEPT = [
  'document',
  'heading',
  'documentTitle',
  'question',
  'answer',
  'said',
  'imported',
] as const;

function newCanaries(): Canaries {
  const letters = () =>
    randomBytes(10)
      .toString('hex')
      .replaceAll(/\d/g, (digit) => 'ghijklmnop'[+digit] ?? '');
  return Object.fromEntries(KINDS.map((kind) => [kind, `zq${letters()}`])) as Canaries;
}

const idOf = (events: readonly AnswerEvent[], kind: 'message-stored' | 'answer-end') =>
  events.flatMap((event) => (event.kind === kind ? event.message.id : []))[0] ?? '';

async function tellDocuments({ api, settled }: RunningApp, word: Canaries): Promise<void> {
  const paper = (text: string) =>
    `# The ${word.documentTitle} paper\n\n## About ${word.heading}\n\nThe heron ${text} lives by the river.\n`;
  await api.upload(file('heron.md', paper(word.document), { tags: 'birds' }));
  await api.upload(file('data.json', `{"name": "${word.brokenDocument}", "text": ${word.brokenDocument}`));
  await api.upload(file('report.pdf', `%PDF-1.7\n${word.brokenDocument}\n%%EOF`));
  const latin = Buffer.from(`The old file is ${word.brokenDocument} \u00e9\u0081.`, 'latin1');
  await api.upload(file('old.txt', new Uint8Array([0xef, 0xbb, 0xbf, ...latin])));
  const page = (text: string) =>
    `<!doctype html><title>Owls ${text}</title><h1>${text}</h1><p>The owl ${text} sleeps by day.`;
  const place = { source: 'home', path: 'owl.html' };
  await api.upload(file('owl.html', page(word.replacedDocument), place));
  await settled();
  await api.upload(file('owl.html', page('is back and'), place));
  const { document } = await api.upload(file('code.txt', `The code is ${word.forgottenDocument}.`));
  await settled();
  await api.call('deleteDocument', { params: { id: document.id } });
}

async function tellHistories({ api, settled }: RunningApp, word: Canaries): Promise<void> {
  const line = (text: string) =>
    JSON.stringify({ conversation: 'pets', time: '2026-03-14T10:00:00Z', speaker: 'Maria', text });
  const history = `${line(`Ketut feeds the cat ${word.imported}.`)}\n${line(word.brokenImport).slice(0, -3)}\n`;
  const lines = (text: string) => ({ filename: 'pets.jsonl', body: new Blob([text]) });
  await api.importHistory(lines(history)).catch(() => undefined);
  await api.importHistory(lines(line(`Ketut walks the dog ${word.imported}.`)));
  await settled();
}

async function tellNotes({ api }: RunningApp, word: Canaries): Promise<void> {
  const memories = [{ text: `The spare key ${word.note} is under the mat.` }];
  const { ids } = await api.call('addMemories', { body: { memories } });
  const body = { text: `The spare key ${word.changedNote} is with Wayan.` };
  await api.call('updateMemory', { params: { id: ids[0] ?? '' }, body });
}

async function tellConversation({ api }: RunningApp, word: Canaries): Promise<void> {
  const { id } = await api.call('createSession', { body: { title: 'Herons' } });
  const events = (text: string, more = {}) => Array.fromAsync(api.send(id, { text, ...more }));
  await events(`The nest ${word.said} is high.`, { answer: false });
  const told = await events(`Where does the heron live, ${word.question}?`);
  await Array.fromAsync(api.regenerate(idOf(told, 'answer-end'), {}));
  await Array.fromAsync(api.edit(idOf(told, 'message-stored'), { text: `And the owl, ${word.edited}?` }));
  const gone = await events(`Forget ${word.forgottenMessage}.`, { answer: false });
  const params = { id, messageId: idOf(gone, 'message-stored') };
  await api.call('deleteMessage', { params });
}

async function tellQuestions({ api, app }: RunningApp, word: Canaries): Promise<void> {
  await api.call('ask', { body: { question: `Where is the key, ${word.asked}?` } });
  await api.call('recall', { body: { question: `Who has the key, ${word.recalled}?` } });
  await api.call('listSessions', { query: { query: word.searched } });
  const messages = [{ role: 'user', content: `Where is the key, ${word.throughV1}?` }];
  await fetch(`${app.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${app.token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'jiwa', messages, metadata: { session_id: 'elsewhere' } }),
  });
}

async function useModel(api: Client, baseUrl: string): Promise<void> {
  const provider = { preset: 'custom', baseUrl, key: { value: 'k' } } as const;
  await api.call('putProvider', { params: { id: 'mine' }, body: provider });
  const body = { provider: 'mine', model: 'scripted' };
  for (const role of ['chat', 'summarizer'] as const) await api.call('setRole', { params: { role }, body });
}

/**
 * Uses the product for everything that texts come and go by, well and badly, until no job is left, and gives the words that
 * stood in these texts.
 */
export async function tellStory(run: RunningApp): Promise<Canaries> {
  const word = newCanaries();
  await using model = await modelServer(() => `By the river. ${word.answer} [1]`);
  await useModel(run.api, model.baseUrl);
  await tellDocuments(run, word);
  await tellHistories(run, word);
  await tellNotes(run, word);
  await tellConversation(run, word);
  await tellQuestions(run, word);
  await run.settled();
  model.say(() => ({ text: `By the ${word.cutAnswer} river, and so on.`, fault: 'cut-before-done' }));
  await tellConversation(run, { ...word, answer: word.cutAnswer });
  await run.settled();
  return word;
}
