type Body = Record<string, unknown>;

const OPENAI = 'api.openai.com';

/** What a server wants to have otherwise: OpenAI's newer models refuse the name of the limit that all others know. */
export function bodyFor(baseUrl: string): (body: Body) => Body {
  const rename = new URL(baseUrl).hostname === OPENAI;
  return ({ max_tokens: limit, ...body }) => {
    if (limit === undefined) return body;
    return rename ? { ...body, max_completion_tokens: limit } : { ...body, max_tokens: limit };
  };
}

/** OpenAI enforces only schemas whose objects require all their fields and allow no others, and refuses the rest. */
export function isStrict(schema: unknown): boolean {
  if (Array.isArray(schema)) return schema.every(isStrict);
  if (typeof schema !== 'object' || schema === null) return true;
  const { properties, required, additionalProperties } = schema as Body;
  if (typeof properties === 'object' && properties !== null) {
    const needed = new Set<unknown>(Array.isArray(required) ? required : []);
    const all = Object.keys(properties).every((field) => needed.has(field));
    if (additionalProperties !== false || !all) return false;
  }
  return Object.values(schema).every(isStrict);
}
