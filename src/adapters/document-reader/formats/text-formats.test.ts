import { expect, test } from 'vitest';
import * as fc from 'fast-check';
import { expectSound } from '../../../../test/contracts/document-reader.ts';
import { AppError } from '../../../core/errors.ts';
import type { ExtractedDocument } from '../../../ports/document-reader.ts';
import { TEXT_TYPES } from '../formats.ts';
import { readDocument } from '../read-document.ts';
import { DEFAULT_READ_LIMITS } from '../read-limits.ts';
import type { TextFormat } from '../text-format.ts';

/** Reads a text as a format and gives its blocks as [kind, text]. */
async function read(format: TextFormat, text: string): Promise<ExtractedDocument> {
  const request = { contentType: TEXT_TYPES[format], filename: 'x', limits: DEFAULT_READ_LIMITS };
  const document = await readDocument(Buffer.from(text), request);
  expectSound(document);
  return document;
}

async function blocksOf(format: TextFormat, text: string): Promise<[string, string][]> {
  const document = await read(format, text);
  return document.blocks.map(({ kind, start, end, level }) => [
    `${kind}${level ?? ''}`,
    document.text.slice(start, end),
  ]);
}

const PIECES = [
  ['# ', '\n\n', '\n', '- ', '> ', '```\n', '| a | b |\n|--|--|\n', '1. ', '---\n', 'word ', 'Anna: '],
  ['<p>', '<ul><li>', '<table><tr><td>', '</', '{"a":', '[', ']', '}', '"', ',', ';'],
  ['e\u0301', '\ud800', '\0', '\f', '\r\n', '\ufeff'],
].flat();

test.each(Object.keys(TEXT_TYPES) as TextFormat[])(
  'any text read as %s keeps sound offsets',
  async (format) => {
    const texts = fc.array(fc.oneof(fc.constantFrom(...PIECES), fc.string({ maxLength: 8 })), {
      maxLength: 30,
    });
    const outcome = async (text: string) => {
      try {
        await read(format, text);
        return 'read';
      } catch (error) {
        if (error instanceof AppError) return error.code;
        throw error;
      }
    };
    const property = fc.asyncProperty(texts, async (parts) => {
      expect(['read', 'unreadable']).toContain(await outcome(parts.join('')));
    });
    await fc.assert(property, { numRuns: 200 });
  },
);

test('plain text keeps its source as it is and cuts it at empty lines', async () => {
  const source = 'First line\nsecond line.\n\n  \n\nNext paragraph.\n';
  expect((await read('plain', source)).text).toBe(source);
  expect(await blocksOf('plain', source)).toEqual([
    ['paragraph', 'First line\nsecond line.'],
    ['paragraph', 'Next paragraph.'],
  ]);
});

test('plain text has headings only where that is certain', async () => {
  const text = [
    'CHAPTER OVERVIEW',
    'Some text follows here.',
    '1.2 Methods',
    'We did things.',
    'Title\n=====',
    'Глава 3',
    '1. Buy milk',
    '2. Buy bread',
    'A short line',
  ].join('\n\n');
  const headings = (await blocksOf('plain', text)).filter(([kind]) => kind.startsWith('heading'));
  expect(headings).toEqual([
    ['heading1', 'CHAPTER OVERVIEW'],
    ['heading2', '1.2 Methods'],
    ['heading1', 'Title\n====='],
    ['heading1', 'Глава 3'],
  ]);
});

test('plain text tells lists and quotes', async () => {
  expect(await blocksOf('plain', '- one\n- two\n  more\n\n> he said\n> this')).toEqual([
    ['list', '- one\n- two\n  more'],
    ['quote', '> he said\n> this'],
  ]);
});

test('a form feed begins a page of plain text', async () => {
  const document = await read('plain', 'One.\fTwo.\f\fFour.');
  expect(document.pages).toEqual([
    { number: 1, start: 0 },
    { number: 2, start: 5 },
    { number: 4, start: 11 },
  ]);
  expect(document.text.slice(11)).toBe('Four.');
});

test('a conversation line by line is read as turns', async () => {
  const chat = 'Log of Monday\n\nAnna: Hello there\nOle: Hi!\nAnna: How are you?\nWell, I hope.\nOle: Fine.';
  expect(await blocksOf('plain', chat)).toEqual([
    ['paragraph', 'Log of Monday'],
    ['turn', 'Anna: Hello there'],
    ['turn', 'Ole: Hi!'],
    ['turn', 'Anna: How are you?\nWell, I hope.'],
    ['turn', 'Ole: Fine.'],
  ]);
});

test('a messenger export with times is read as turns', async () => {
  const lines = ['Анна: Привет', 'Оле: Здравствуй', 'Анна: Как дела?', 'Оле: Хорошо'];
  const blocks = await blocksOf('plain', lines.map((line, i) => `[12.03.24, 10:1${i}] ${line}`).join('\n'));
  expect(blocks.map(([kind]) => kind)).toEqual(['turn', 'turn', 'turn', 'turn']);
});

test('a list of fields is no conversation', async () => {
  const form = 'Name: Anna\nCity: Halden\nAge: 34\nWork: guard\nRemark: none';
  expect((await blocksOf('plain', form)).map(([kind]) => kind)).toEqual(['paragraph']);
});

test('Markdown keeps its source and tells its elements', async () => {
  const source = [
    '# The *gauge*',
    'Some **text**\nover two lines.',
    '- one\n  - two',
    '| a | b |\n|---|---|\n| 1 | 2 |',
    '```js\nconst a = 1;\n\nconst b = 2;\n```',
    '> quoted',
    '<!-- a note -->',
    '## Next',
  ].join('\n\n');
  const document = await read('markdown', source);
  expect(document.text).toBe(source);
  expect(document.title).toBe('The gauge');
  expect((await blocksOf('markdown', source)).map(([kind]) => kind)).toEqual(
    'heading1 paragraph list table code quote heading2'.split(' '),
  );
});

test('Markdown takes its title from the front matter', async () => {
  const source = '---\ntitle: "River: notes"\ntags: [a]\n---\n\n# Heading\n\nText';
  expect((await read('markdown', source)).title).toBe('River: notes');
  expect((await blocksOf('markdown', source))[1]).toEqual(['heading1', '# Heading']);
});

test('HTML gives what a reader of the page sees', async () => {
  const page = `<html><head><title>My &amp; page</title><style>p{}</style></head><body><nav>Menu</nav>
    <script>alert(1)</script><h2>Head</h2><p>Some <b>bold</b>
    text<br>next line</p><div hidden>no</div><div style="display: none">no</div>loose <i>words</i>
    <pre>a\n  b</pre><blockquote><p>wise</p><p>words</p></blockquote></body></html>`;
  expect((await read('html', page)).title).toBe('My & page');
  expect(await blocksOf('html', page)).toEqual([
    ['heading2', 'Head'],
    ['paragraph', 'Some bold text\nnext line'],
    ['paragraph', 'loose words'],
    ['code', 'a\n  b'],
    ['quote', 'wise\nwords'],
  ]);
});

test('HTML lists keep their numbers and nesting, tables their rows', async () => {
  const page = `<ol start=3><li>three<ul><li>inner</ul><li>four</ol>
    <table><tr><th>a<th>b<tr><td>1<td>2 <br> 3</table>
    <table><tr><td><h1>Layout</h1><td>side</table>`;
  expect(await blocksOf('html', page)).toEqual([
    ['list', '3. three\n  - inner\n4. four'],
    ['table', 'a | b\n1 | 2 3'],
    ['heading1', 'Layout'],
    ['paragraph', 'side'],
  ]);
});

test('HTML in an old encoding is read by the encoding it names', async () => {
  const page = Buffer.concat([
    Buffer.from('<html><meta charset="windows-1251"><p>'),
    Buffer.from([0xcf, 0xf0, 0xe8, 0xe2, 0xe5, 0xf2]),
  ]);
  const request = { contentType: TEXT_TYPES.html, filename: 'x', limits: DEFAULT_READ_LIMITS };
  expect((await readDocument(page, request)).text).toBe('Привет');
});

test('HTML nested deeper than any page is cut with a warning, not a crash', async () => {
  const deep = `<p>top</p>${'<div>'.repeat(50_000)}bottom`;
  const document = await read('html', deep);
  expect(document.text).toBe('top');
  expect(document.warnings).toHaveLength(1);
});

test('CSV rows read alone, with the header of each cell', async () => {
  const rows = 'Day;Level;Remark\nMonday;1,25;"calm; sunny"\nTuesday;;rain\n';
  expect(await blocksOf('csv', rows)).toEqual([
    ['table', 'Day: Monday | Level: 1,25 | Remark: calm; sunny\nDay: Tuesday | Remark: rain'],
  ]);
});

test('CSV without a header keeps its values, and a caption stands before the table', async () => {
  expect(await blocksOf('csv', '1,2,3\n4,5,6\n7,8,9')).toEqual([
    ['table', '1 | 2 | 3\n4 | 5 | 6\n7 | 8 | 9'],
  ]);
  expect(await blocksOf('csv', 'Levels of March,\nDay,Level\nMonday,1\n')).toEqual([
    ['paragraph', 'Levels of March'],
    ['table', 'Day: Monday | Level: 1'],
  ]);
});

test('JSON records are blocks of path and value', async () => {
  const json = {
    title: 'Visits',
    place: { name: 'Halden', tags: ['river', 'port'] },
    visits: [{ by: 'Anna', n: 3 }],
  };
  expect((await read('json', JSON.stringify(json))).title).toBe('Visits');
  expect(await blocksOf('json', JSON.stringify(json))).toEqual([
    ['paragraph', 'title: Visits\nplace.name: Halden\nplace.tags: river, port'],
    ['heading1', 'visits'],
    ['paragraph', 'by: Anna\nn: 3'],
  ]);
});

test('JSON that is a conversation is read as turns', async () => {
  const messages = [
    { role: 'user', content: 'Hello' },
    { role: 'assistant', content: 'Hi.\nHow can I help?' },
  ];
  const turns = [
    ['turn', 'user: Hello'],
    ['turn', 'assistant: Hi.\nHow can I help?'],
  ];
  expect(await blocksOf('json', JSON.stringify(messages))).toEqual(turns);
  expect(await blocksOf('jsonl', messages.map((message) => JSON.stringify(message)).join('\n'))).toEqual(
    turns,
  );
});

test('JSON lines that are broken are left out and named', async () => {
  const document = await read('jsonl', '{"a":1}\n{"a":\n{"a":3}\n');
  expect(document.text).toBe('a: 1\n\na: 3');
  expect(document.warnings).toEqual([expect.stringContaining('line 2')]);
});

test('JSON nested deeper than any data is cut with a warning, not a crash', async () => {
  const document = await read('json', `{"top":1,"deep":${'['.repeat(5_000)}2${']'.repeat(5_000)}}`);
  expect(document.text).toBe('top: 1');
  expect(document.warnings).toHaveLength(1);
});

test('what only looked like JSON is read as plain text with a warning', async () => {
  const document = await read('json', '{"a": 1, oops}');
  expect(document.text).toBe('{"a": 1, oops}');
  expect(document.warnings).toHaveLength(1);
});
