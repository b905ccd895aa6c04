import { expect, test } from 'vitest';
import { isSlotVector, vectorName } from './slot-names.ts';

const ALLOWED = /^[_A-Za-z][_0-9A-Za-z]{0,229}$/;

test('are names that Weaviate takes, however the slot is called', () => {
  for (const slot of ['text@all-MiniLM-L6-v2-int8', 'state@1', 'text@модель', `text@${'x'.repeat(300)}`]) {
    expect(vectorName(slot)).toMatch(ALLOWED);
    expect(isSlotVector(vectorName(slot))).toBe(true);
  }
});

test('differ for slots that differ only in what names may not hold', () => {
  expect(new Set(['text@a-b', 'text@a_b', 'text@a.b'].map(vectorName)).size).toBe(3);
});
