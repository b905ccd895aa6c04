import { AppError } from '../../../core/errors.ts';
import type { JsonSchema } from '../../../ports/language-model.ts';

const LONGEST_REPETITION = 1_000;
/** An integer with so few values is written as a list of them: a range cannot be enforced. */
const MOST_INTEGERS = 64;
const FORMATS: ReadonlySet<unknown> = new Set(['date', 'time', 'date-time']);
/** Leaving these out would let something through that looks right and is not. */
const REFUSED = ['not', 'if', 'dependentSchemas', 'dependentRequired', 'patternProperties', 'contains'];
const ANYTHING: JsonSchema = { type: ['string', 'number', 'boolean', 'null'] };

/**
 * A JSON Schema in the part that the grammar of llama.cpp understands, so that what is written fits the one given, but for
 * patterns, number ranges and formats it cannot enforce: check the answer afterwards. `anyOf` becomes `oneOf`, types in a list
 * become alternatives, small ranges of integers an enumeration. Throws `unsupported` for what would be ignored silently.
 */
export function grammarSchema(schema: JsonSchema): JsonSchema {
  const { $defs, ...rest } = schema;
  const cleaned = clean(rest);
  return isSchema($defs) ? { ...cleaned, $defs: mapValues($defs, clean) } : cleaned;
}

function clean(schema: unknown): JsonSchema {
  if (schema === true) return ANYTHING;
  if (!isSchema(schema)) throw refusal('a part that is no schema');
  const refused = REFUSED.find((keyword) => keyword in schema);
  if (refused !== undefined) throw refusal(refused);
  if (typeof schema['$ref'] === 'string') return reference(schema['$ref']);
  if ('const' in schema) return { enum: literals([schema['const']]) };
  if (Array.isArray(schema['enum'])) return { enum: literals(schema['enum']) };
  const alternatives = schema['oneOf'] ?? schema['anyOf'];
  if (Array.isArray(alternatives)) return { oneOf: alternatives.map(clean) };
  if (Array.isArray(schema['allOf'])) return single(schema['allOf']);
  const { type } = schema;
  if (Array.isArray(type)) return { oneOf: type.map((one) => clean({ ...schema, type: one as unknown })) };
  return typed(schema);
}

function typed(schema: JsonSchema): JsonSchema {
  switch (schema['type'] ?? impliedType(schema)) {
    case 'object':
      return object(schema);
    case 'array':
      return list(schema);
    case 'string':
      return FORMATS.has(schema['format'])
        ? { type: 'string', format: schema['format'] }
        : { type: 'string', ...limits(schema, ['minLength', 'maxLength']) };
    case 'integer':
      return integer(schema);
    case 'number':
    case 'boolean':
    case 'null':
      return { type: schema['type'] };
    case undefined:
      return ANYTHING;
    default:
      throw refusal(`the type ${JSON.stringify(schema['type'])}`);
  }
}

function impliedType(schema: JsonSchema): string | undefined {
  if ('properties' in schema || 'additionalProperties' in schema) return 'object';
  return 'items' in schema || 'prefixItems' in schema ? 'array' : undefined;
}

function object(schema: JsonSchema): JsonSchema {
  const { properties, additionalProperties: more } = schema;
  return {
    type: 'object',
    ...(isSchema(properties) && { properties: mapValues(properties, clean) }),
    additionalProperties: additional(more, properties),
    ...limits(schema, ['minProperties', 'maxProperties']),
  };
}

/** What is allowed without being asked for is left out, but where an object has nothing else. */
function additional(more: unknown, properties: unknown): JsonSchema | boolean {
  if (isSchema(more) && Object.keys(more).length > 0) return clean(more);
  return more === false || isSchema(properties) ? false : ANYTHING;
}

function list(schema: JsonSchema): JsonSchema {
  const { items, prefixItems } = schema;
  return {
    type: 'array',
    ...(items !== false && { items: items === undefined ? ANYTHING : clean(items) }),
    ...(Array.isArray(prefixItems) && { prefixItems: prefixItems.map(clean) }),
    ...limits(schema, ['minItems', 'maxItems']),
  };
}

function integer(schema: JsonSchema): JsonSchema {
  const low = bound(schema, { inclusive: 'minimum', exclusive: 'exclusiveMinimum', step: 1 });
  const high = bound(schema, { inclusive: 'maximum', exclusive: 'exclusiveMaximum', step: -1 });
  if (low === undefined || high === undefined || high < low || high - low >= MOST_INTEGERS)
    return { type: 'integer' };
  return { enum: Array.from({ length: high - low + 1 }, (_, index) => low + index) };
}

interface Bound {
  readonly inclusive: string;
  readonly exclusive: string;
  readonly step: 1 | -1;
}

/** The outermost integer on one side. */
function bound(schema: JsonSchema, { inclusive, exclusive, step }: Bound): number | undefined {
  const round = step === 1 ? Math.ceil : Math.floor;
  const at = schema[inclusive];
  if (typeof at === 'number') return round(at);
  const beyond = schema[exclusive];
  if (typeof beyond !== 'number') return undefined;
  const next = round(beyond);
  return next === beyond ? next + step : next;
}

/** Repetitions beyond what the grammar can count are cut to that: fewer still fit. */
function limits(schema: JsonSchema, [low, high]: readonly [string, string]): JsonSchema {
  const least = schema[low];
  const most = schema[high];
  if (typeof least === 'number' && least > LONGEST_REPETITION) throw refusal(`${low} ${least}`);
  return {
    ...(typeof least === 'number' && { [low]: least }),
    ...(typeof most === 'number' && { [high]: Math.min(most, LONGEST_REPETITION) }),
  };
}

function reference(target: string): JsonSchema {
  if (!/^#\/\$defs\/[^/]+$/.test(target)) throw refusal(`$ref ${target}`);
  return { $ref: target };
}

function single(parts: readonly unknown[]): JsonSchema {
  if (parts.length !== 1) throw refusal('allOf');
  return clean(parts[0]);
}

function literals(values: readonly unknown[]): readonly unknown[] {
  if (values.some((value) => typeof value === 'object' && value !== null)) throw refusal('enum of objects');
  return values;
}

function refusal(what: string): AppError {
  return new AppError(
    'unsupported',
    `A local model cannot be held to a schema with ${what}; use objects, lists, enumerations and alternatives.`,
  );
}

function isSchema(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function mapValues(
  values: JsonSchema,
  map: (value: unknown) => JsonSchema,
): Readonly<Record<string, JsonSchema>> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, map(value)]));
}
