import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { JsonSchema } from '../../../ports/language-model.ts';
import { grammarSchema } from './grammar-schema.ts';

const ANYTHING = { type: ['string', 'number', 'boolean', 'null'] };
const ofZod = (schema: z.ZodType) => grammarSchema(z.toJSONSchema(schema));

describe('grammarSchema', () => {
  it('keeps what the grammar understands of a zod schema', () => {
    const schema = z.strictObject({
      title: z.string().min(1).max(80),
      count: z.int(),
      stars: z.int().min(1).max(3),
      kind: z.enum(['a', 'b']),
      note: z.string().nullable(),
      parts: z.array(z.union([z.string(), z.number()])).max(4),
      day: z.iso.date(),
    });
    expect(ofZod(schema)).toEqual({
      type: 'object',
      properties: {
        title: { type: 'string', minLength: 1, maxLength: 80 },
        count: { type: 'integer' },
        stars: { enum: [1, 2, 3] },
        kind: { enum: ['a', 'b'] },
        note: { oneOf: [{ type: 'string' }, { type: 'null' }] },
        parts: { type: 'array', items: { oneOf: [{ type: 'string' }, { type: 'number' }] }, maxItems: 4 },
        day: { type: 'string', format: 'date' },
      },
      additionalProperties: false,
    });
  });

  it('keeps unions by a mark, records and parts that are named', () => {
    const shape = z.discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('dot') }),
      z.strictObject({ kind: z.literal('line'), length: z.number() }),
    ]);
    expect(ofZod(shape)).toMatchObject({ oneOf: [{ type: 'object' }, { type: 'object' }] });
    expect(ofZod(z.record(z.string(), z.boolean()))).toEqual({
      type: 'object',
      additionalProperties: { type: 'boolean' },
    });
    const tree = { $ref: '#/$defs/leaf', $defs: { leaf: { const: 'x' } } };
    expect(grammarSchema(tree)).toEqual({ $ref: '#/$defs/leaf', $defs: { leaf: { enum: ['x'] } } });
  });

  it('cuts repetitions that are longer than a grammar can count', () => {
    expect(grammarSchema({ type: 'string', maxLength: 100_000 })).toEqual({
      type: 'string',
      maxLength: 1_000,
    });
  });

  it('takes types in a list as alternatives, each with its own rules', () => {
    expect(grammarSchema({ type: ['array', 'null'], items: { type: 'integer' } })).toEqual({
      oneOf: [{ type: 'array', items: { type: 'integer' } }, { type: 'null' }],
    });
  });

  it('lets anything through where a schema does', () => {
    expect(grammarSchema({})).toEqual(ANYTHING);
    expect(grammarSchema({ type: 'object' })).toEqual({ type: 'object', additionalProperties: ANYTHING });
  });

  it.each([
    { not: { type: 'string' } },
    { allOf: [{ type: 'object' }, { type: 'object' }] },
    { type: 'array', items: { if: {} } },
    { $ref: '#' },
    { const: { a: 1 } },
    { type: 'string', minLength: 5_000 },
    { oneOf: [false] },
    { type: 'date' },
  ] as JsonSchema[])('refuses what would be ignored: %j', (schema) => {
    expect(() => grammarSchema(schema)).toThrow(expect.objectContaining({ code: 'unsupported' }));
  });
});
