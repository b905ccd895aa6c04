import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonRecords, type Container } from './json-records.ts';

/** The bytes in pieces whose borders fall anywhere, also inside a character. */
function pieces(text: string, sizes: readonly number[]): Uint8Array[] {
  const bytes = new TextEncoder().encode(text);
  const cut: Uint8Array[] = [];
  let start = 0;
  for (let i = 0; start < bytes.length; i++) {
    const size = sizes[i % sizes.length] ?? 1;
    cut.push(bytes.subarray(start, start + size));
    start += size;
  }
  return cut;
}

const numbered = (text: string, container: Container, sizes: readonly number[] = [7]) =>
  Array.fromAsync(jsonRecords(pieces(text, sizes), container));
const records = async (...of: Parameters<typeof numbered>) => (await numbered(...of)).map(({ json }) => json);

const anySizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 5 });
const anyIndent = fc.constantFrom(undefined, 1, '\t');

describe('jsonRecords', () => {
  it('gives every element of an array, wherever the pieces are cut', () =>
    fc.assert(
      fc.asyncProperty(fc.array(fc.jsonValue()), anyIndent, anySizes, async (values, indent, sizes) => {
        const found = await records(JSON.stringify(values, null, indent), 'json', sizes);
        expect(found.map((json) => JSON.parse(json) as unknown)).toEqual(JSON.parse(JSON.stringify(values)));
      }),
    ));

  it('gives every line, wherever the pieces are cut', () =>
    fc.assert(
      fc.asyncProperty(fc.array(fc.jsonValue()), anySizes, async (values, sizes) => {
        const text = values.map((value) => JSON.stringify(value)).join('\r\n');
        const found = await records(text, 'jsonl', sizes);
        expect(found.map((json) => JSON.parse(json) as unknown)).toEqual(JSON.parse(JSON.stringify(values)));
      }),
    ));

  it('never throws on text that is no JSON', () =>
    fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary' }), anySizes, async (text, sizes) => {
        await expect(records(text, 'json', sizes)).resolves.toBeInstanceOf(Array);
      }),
    ));

  it('takes a single object as one record', async () => {
    expect(await records('\uFEFF {"a": [1, 2]}\n', 'json')).toEqual(['{"a": [1, 2]}']);
  });

  it('gives the last record of a cut-off array as far as it goes', async () => {
    expect(await records('[{"a":1},{"b":', 'json')).toEqual(['{"a":1}', '{"b":']);
  });

  it('numbers lines as an editor does, and elements in their order', async () => {
    expect(await numbered('{"a":1}\n\n  \n{"b":2}', 'jsonl')).toEqual([
      { json: '{"a":1}', number: 1 },
      { json: '{"b":2}', number: 4 },
    ]);
    const elements = await numbered('[{"a":[1]}, {"b":2}]', 'json');
    expect(elements.map(({ number }) => number)).toEqual([1, 2]);
  });

  it('passes over blank lines', async () => {
    expect(await records('{"a":1}\n\n  \n{"b":2}', 'jsonl')).toEqual(['{"a":1}', '{"b":2}']);
  });
});
