import { expect, test } from 'vitest';
import * as fc from 'fast-check';
import { expectSound } from '../../../test/contracts/document-reader.ts';
import { documentBuilder } from './document-builder.ts';

test('keeps every block at its place, whatever the texts are', () => {
  const step = fc.record({
    text: fc.string({ unit: 'binary', maxLength: 20 }),
    page: fc.option(fc.integer({ min: 0, max: 3 })),
    extend: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const builder = documentBuilder(100_000);
      let page = 0;
      for (const { text, page: more, extend } of steps) {
        if (more !== null) builder.page((page += more + 1));
        if (extend) builder.extend(text);
        else builder.add('paragraph', text);
      }
      const document = builder.build();
      expectSound(document);
      expect(document.blocks.length).toBeLessThanOrEqual(steps.length);
    }),
  );
});

test('begins a page where its first text begins and forgets pages without text', () => {
  const builder = documentBuilder(100);
  builder.page(1);
  builder.page(2, ' Second\n');
  builder.add('paragraph', 'One');
  builder.page(3);
  builder.add('paragraph', ' \n ');
  builder.page(4);
  builder.add('paragraph', 'Two');
  const { text, pages } = builder.build();
  expect(text).toBe('One\n\nTwo');
  expect(pages).toEqual([
    { number: 2, label: 'Second', start: 0 },
    { number: 4, start: 5 },
  ]);
});

test('a paragraph that goes on over a page is one block, and the page begins inside', () => {
  const builder = documentBuilder(100);
  builder.page(1);
  builder.add('paragraph', 'A sentence that');
  builder.page(2);
  builder.extend('goes on.');
  const { text, blocks, pages } = builder.build();
  expect(text).toBe('A sentence that goes on.');
  expect(blocks).toEqual([{ kind: 'paragraph', start: 0, end: 24 }]);
  expect(pages[1]).toEqual({ number: 2, start: 16 });
});

test('stops as soon as the text is too long', () => {
  const builder = documentBuilder(10);
  builder.add('paragraph', '12345');
  expect(() => builder.add('paragraph', '67890')).toThrow(expect.objectContaining({ code: 'too-large' }));
});

test('says each warning once', () => {
  const builder = documentBuilder(10);
  builder.warn('Half is missing.');
  builder.warn('Half is missing.');
  expect(builder.build().warnings).toEqual(['Half is missing.']);
});
