import { describe, expect, it } from 'vitest';
import { fakeCtx } from '../../../test/fakes/ctx.ts';
import { fakeEmbedder } from '../../../test/fakes/embedder.ts';
import { fakeMemoryStore } from '../../../test/fakes/memory-store.ts';
import { AppError } from '../../core/errors.ts';
import { detectLanguage } from '../../memory/language.ts';
import { QUOTING_TAG } from '../../memory/message-items.ts';
import type { Hit, Place, RecallRequest } from '../../wire/recall.ts';
import type { Answer } from '../../wire/sessions.ts';
import { answerExtractively } from './answer-extractively.ts';

const MAY_8 = Date.UTC(2023, 4, 8, 13, 56);
const signals = { words: 0, meaning: 0, neighbours: 0, role: 0, speaker: 0, answering: 0, time: 0 };
let made = 0;

function hit(text: string, place: Partial<Place> = {}, more: Partial<Hit> = {}): Hit {
  const number = String(++made).padStart(12, '0');
  const language = detectLanguage(text);
  return {
    id: `00000000-0000-4000-8000-${number}`,
    kind: 'chunk',
    text,
    score: 1,
    signals,
    matched: [],
    place: {
      kind: 'document',
      documentId: 'd',
      name: 'notes.txt',
      position: 0,
      start: 0,
      time: MAY_8,
      ...place,
    },
    tags: [],
    trust: 3,
    neighbours: [],
    ...(language === undefined ? {} : { language }),
    ...more,
  };
}

const said = (text: string, place: Partial<Place> = {}, more: Partial<Hit> = {}) => {
  const { documentId: _, start: __, ...rest } = hit(text).place;
  const conversation: Place = { ...rest, kind: 'conversation', sessionId: 's', role: 'person', ...place };
  return { ...hit(text, {}, { kind: 'message', ...more }), place: conversation };
};

interface Asking {
  readonly embedder?: ReturnType<typeof fakeEmbedder>;
  readonly asked?: RecallRequest[];
  readonly speaker?: string;
}

function ask(question: string, hits: readonly Hit[], how: Asking = {}) {
  const { embedder = fakeEmbedder(), asked = [], speaker } = how;
  const language = detectLanguage(question);
  const reading = { asksAssistant: false, terms: [], language, speaker };
  const deps = {
    memory: fakeMemoryStore(),
    embedder: () => ({ embedder, slot: 'text@fake' }),
    recall: async (request: RecallRequest) => {
      asked.push(request);
      return { hits: [...hits], reading, meaning: true, considered: hits.length, leftOut: 0, tookMs: 0 };
    },
  };
  return answerExtractively({ text: question, filter: {} }, deps, fakeCtx());
}

const quotes = ({ citations }: Answer) => citations.map(({ quote }) => quote);

describe('an extractive answer', () => {
  it('quotes the sentence that answers, not its neighbours', async () => {
    const text =
      'The house was painted in spring. The boiler was repaired by Hansen in March. It rained a lot.';
    const answer = await ask('Who repaired the boiler?', [hit(text)]);
    expect(answer).toMatchObject({
      kind: 'extractive',
      text: 'The boiler was repaired by Hansen in March. [1]',
      nearest: [],
    });
  });

  it('cites exact words at their place in the document', async () => {
    const text = 'The house was painted. The boiler was repaired by Hansen.';
    const [citation] = (await ask('Who repaired the boiler?', [hit(text, { start: 1_000 })])).citations;
    expect(citation).toMatchObject({ marker: 1, quote: 'The boiler was repaired by Hansen.' });
    expect(citation?.place).toMatchObject({ start: 1_023, end: 1_000 + text.length });
  });

  it('says the same only once', async () => {
    const answer = await ask('Who repaired the boiler?', [
      hit('The boiler was repaired by Hansen in March.', { documentId: 'a' }),
      hit('In March the boiler was repaired by Hansen.', { documentId: 'b' }),
    ]);
    expect(answer.citations).toHaveLength(1);
  });

  it('joins quotes of one document in the order they stand', async () => {
    const answer = await ask('What did Hansen repair?', [
      hit('Hansen did repair the boiler.', { position: 4 }),
      hit('Hansen did repair the old roof.', { position: 2 }),
    ]);
    expect(answer.text).toBe('Hansen did repair the old roof. [1] Hansen did repair the boiler. [2]');
  });

  it('puts conversations in order of time, one line each', async () => {
    const answer = await ask('What did Hansen repair?', [
      said('Hansen did repair the boiler.', { sessionId: 'late', author: 'Ana', time: MAY_8 }),
      said('Hansen did repair the old roof.', {
        sessionId: 'soon',
        author: 'Bo',
        time: Date.UTC(2022, 0, 2),
      }),
    ]);
    expect(answer.text.split('\n')).toEqual([
      'On 2 January 2022 Bo said: “Hansen did repair the old roof. [1]”',
      'On 8 May 2023 Ana said: “Hansen did repair the boiler. [2]”',
    ]);
  });

  it.each([
    ['en', 'Who repaired the boiler in the house?', 'On 8 May 2023 Ana said: “'],
    ['ru', 'Кто чинил котёл в этом старом доме?', '8 мая 2023 года, Ana: «'],
    ['id', 'Siapa yang memperbaiki ketel di rumah ini?', 'Pada 8 Mei 2023 Ana berkata: “'],
    ['it', 'Chi ha riparato la caldaia della casa?', 'L’8 maggio 2023 Ana ha detto: «'],
  ])('introduces what was said in the language of the question (%s)', async (language, question, start) => {
    const texts: Record<string, string> = {
      en: 'Hansen repaired the boiler in the house.',
      ru: 'Котёл в этом старом доме чинил Хансен.',
      id: 'Ketel di rumah ini diperbaiki, Hansen yang memperbaiki.',
      it: 'La caldaia della casa la ha riparata Hansen, riparato tutto.',
    };
    const answer = await ask(question, [said(texts[language] ?? '', { author: 'Ana' })]);
    expect(answer.text).toContain(start);
  });

  it.each([
    ['user', 'On 8 May 2023 you said: “'],
    ['assistant', 'On 8 May 2023 the assistant said: “'],
  ] as const)('knows who is meant by %s', async (role, start) => {
    const answer = await ask('Who repaired the boiler?', [said('Hansen repaired the boiler.', { role })]);
    expect(answer.text).toContain(start);
  });

  it('takes who spoke for what it is about', async () => {
    const answer = await ask('Which instruments does Melanie play?', [
      said('Thanks, Melanie!', { author: 'Caroline', position: 1 }),
      said('I play two instruments.', { author: 'Melanie', position: 2 }),
    ]);
    expect(quotes(answer)[0]).toBe('I play two instruments.');
  });

  it('prefers what has the names of the question', async () => {
    const answer = await ask('How many children does Melanie have?', [
      said('Many children have two.', { author: 'Caroline' }),
      said('I have two children.', { author: 'Melanie', position: 2 }),
    ]);
    expect(quotes(answer)[0]).toBe('I have two children.');
  });

  it('prefers the language of the question', async () => {
    const answer = await ask('Когда вышла книга «Dune» писателя Herbert?', [
      hit('The book Dune by the writer Herbert was published in the year 1965.', { documentId: 'en' }),
      hit('Книга «Dune» писателя Herbert вышла в 1965 году.', { documentId: 'ru' }),
    ]);
    expect(quotes(answer)[0]).toContain('вышла в 1965');
  });

  it('never quotes what the user asked, nor an answer that quotes', async () => {
    const answer = await ask('Who repaired the boiler?', [
      said('Who repaired the boiler?', { role: 'user' }, { score: 9 }),
      said(
        'The boiler was repaired by Hansen, I quote.',
        { role: 'assistant' },
        { score: 8, tags: [QUOTING_TAG] },
      ),
      hit('Hansen repaired the boiler.'),
    ]);
    expect(quotes(answer)).toEqual(['Hansen repaired the boiler.']);
  });

  it('leaves the marks of Markdown out of the text, not out of the quote', async () => {
    const found = hit('- **Hansen** repaired the `boiler`.', { name: 'notes.md' });
    const answer = await ask('Who repaired the boiler?', [found]);
    expect(answer.text).toContain('Hansen repaired the boiler. [1]');
    expect(quotes(answer)[0]).toContain('**Hansen**');
  });

  it('never quotes a heading, which makes known what stands under it', async () => {
    const text = 'Boathouse rent\n\nIt is 640 euros a month.\n\nRepairs\n\nThe owner mends the roof.';
    const answer = await ask('How much is the rent of the boathouse?', [hit(text)]);
    expect(answer.text).toBe('It is 640 euros a month. [1]');
  });

  it('quotes one row of a table, with its columns in words', async () => {
    const text = '| thing | price |\n| --- | --- |\n| double kayak | 50 euros |\n| dry bag | 4 euros |';
    const answer = await ask('What is the price of a double kayak?', [hit(text)]);
    expect(answer.text).toBe('thing: double kayak; price: 50 euros [1]');
    expect(quotes(answer)).toEqual(['| double kayak | 50 euros |']);
  });

  it('tells what a picture shows apart from what was said', async () => {
    const answer = await ask('Which boat of Hansen lies in the harbour?', [
      said('Hansen left this in the harbour.\n[picture: a boat. It lies there]', { author: 'Ana' }),
    ]);
    expect(answer.text).toBe(
      'On 8 May 2023 Ana said: “Hansen left this in the harbour. [1]” [picture: a boat. It lies there] [2]',
    );
    expect(quotes(answer)[1]).toBe('[picture: a boat. It lies there]');
  });

  it.each([
    ['Which boat has a red sail?', 'On 8 May 2023 Ana showed: [picture: a boat with a red sail] [1]'],
    [
      'Quale barca con la vela rossa, la boat red sail?',
      'L’8 maggio 2023 Ana ha mostrato: [immagine: a boat with a red sail] [1]',
    ],
  ])('never calls a picture alone something said: %s', async (question, text) => {
    const answer = await ask(question, [said('[picture: a boat with a red sail]', { author: 'Ana' })]);
    expect(answer.text).toBe(text);
  });

  it('is short: at most six quotes, at most about 900 characters', async () => {
    const hits = Array.from({ length: 12 }, (_, i) =>
      hit(`Hansen repaired boiler number${i} ${`of the street${i} `.repeat(12)}.`, { documentId: `d${i}` }),
    );
    const answer = await ask('Which boiler did Hansen repair?', hits);
    expect(answer.citations.length).toBeLessThanOrEqual(6);
    expect(quotes(answer).join('').length).toBeLessThanOrEqual(900);
  });

  it('passes on which conversations and documents may answer', async () => {
    const asked: RecallRequest[] = [];
    await ask('Who repaired the boiler?', [], { asked });
    expect(asked[0]).toMatchObject({ question: 'Who repaired the boiler?', filter: {}, limit: 12 });
  });
});

describe('weak evidence', () => {
  it.each([
    ['Who repaired the boiler?', 'There is nothing about this in memory.'],
    ['Кто чинил котёл в этом доме?', 'В памяти об этом ничего нет.'],
    ['Siapa yang memperbaiki ketel di rumah?', 'Tidak ada apa pun tentang ini dalam ingatan.'],
    ['Chi ha riparato la caldaia della casa?', 'Nella memoria non c’è nulla su questo.'],
  ])('is said so in the language of %s', async (question, text) => {
    const hits = ['The cat sleeps.', 'Rain fell.', 'Two boats.', 'A letter.'].map((sentence) =>
      hit(sentence),
    );
    const answer = await ask(question, hits);
    expect(answer).toMatchObject({ kind: 'nothing-found', text, citations: [] });
    expect(answer.nearest).toEqual(hits.slice(0, 3));
  });

  it.each([
    ['Which big city was chosen as the capital of Mongolia?', 'The capital is a city.'],
    ['Когда Никола Тесла основал лабораторию?', 'Пастер открыл лабораторию в Париже в 1887 году.'],
    ['Siapa presiden pertama Brasil?', 'Presiden itu sudah pulang.'],
    ['In che anno è nata la squadra di calcio di Trieste?', 'La squadra è nata a Milano.'],
  ])('is common words without the names of %s', async (question, text) => {
    const fillers = ['The cat sleeps.', 'Rain fell.', 'Two boats.', 'A letter.'].map((filler) => hit(filler));
    expect(await ask(question, [hit(text), ...fillers])).toMatchObject({ kind: 'nothing-found' });
  });

  it('is what somebody else did of whom nothing was asked', async () => {
    const hits = [
      said('I painted a sunrise over the lake last year.', { author: 'Bo' }),
      said('Thanks, that is so kind.', { author: 'Ana' }, { score: 0.5 }),
    ];
    const asking = { speaker: 'Ana' };
    const question = 'When was the sunrise over the lake painted by Ana?';
    expect(await ask(question, hits, asking)).toMatchObject({ kind: 'nothing-found' });
    expect(await ask(question, hits, {})).toMatchObject({ kind: 'extractive' });
  });

  it('is also an empty memory', async () => {
    expect(await ask('Who repaired the boiler?', [])).toMatchObject({ kind: 'nothing-found', nearest: [] });
  });
});

describe('an embedder that cannot answer', () => {
  it('leaves words to decide', async () => {
    const embedder = fakeEmbedder({ queryError: new AppError('timeout', 'Too slow.') });
    const answer = await ask('Who repaired the boiler?', [hit('Hansen repaired the boiler.')], { embedder });
    expect(answer.kind).toBe('extractive');
  });

  it('for good is a failure, not a reason to answer worse', async () => {
    const embedder = fakeEmbedder({ queryError: new AppError('unsupported', 'No model.') });
    await expect(
      ask('Who repaired the boiler?', [hit('Hansen repaired the boiler.')], { embedder }),
    ).rejects.toMatchObject({ code: 'unsupported' });
  });
});
