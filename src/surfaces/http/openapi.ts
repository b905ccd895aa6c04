import { z } from 'zod';
import { ErrorBody } from '../../wire/common.ts';
import type { Route } from '../../wire/route.ts';
import { routes } from '../../wire/routes.ts';

type Schema = Record<string, unknown>;

function schemaOf(type: z.ZodType, io: 'input' | 'output'): Schema {
  const { $schema: _, ...schema } = z.toJSONSchema(type, {
    io,
    unrepresentable: 'any',
    target: 'draft-2020-12',
  });
  return schema;
}

function parameters(type: z.ZodType | undefined, place: 'path' | 'query'): Schema[] {
  if (type === undefined) return [];
  const { properties = {}, required = [] } = schemaOf(type, 'input') as {
    properties?: Record<string, Schema>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    ...(typeof schema.description === 'string' ? { description: schema.description } : {}),
    schema,
  }));
}

function requestBody(route: Route): Schema | undefined {
  if (route.form !== undefined) {
    const form = schemaOf(route.form, 'input') as { properties?: Schema };
    const file = { type: 'string', contentMediaType: 'application/octet-stream', description: 'Last part.' };
    const schema = { ...form, properties: { ...form.properties, file }, required: ['file'] };
    return { required: true, content: { 'multipart/form-data': { schema } } };
  }
  if (route.body === undefined) return undefined;
  return { content: { 'application/json': { schema: schemaOf(route.body, 'input') } } };
}

const MEDIA = {
  json: 'application/json',
  events: 'text/event-stream',
  bytes: 'application/octet-stream',
} as const;

function operation(name: string, route: Route): Schema {
  const schema = route.answers === 'bytes' ? {} : schemaOf(route.response, 'output');
  const body = requestBody(route);
  return {
    operationId: name,
    tags: [route.tag],
    summary: route.summary,
    ...(route.action === 'public' ? { security: [] } : {}),
    parameters: [...parameters(route.params, 'path'), ...parameters(route.query, 'query')],
    ...(body === undefined ? {} : { requestBody: body }),
    responses: {
      [route.status]: { description: 'Done.', content: { [MEDIA[route.answers]]: { schema } } },
      default: {
        description: 'What went wrong.',
        content: { 'application/json': { schema: schemaOf(ErrorBody, 'output') } },
      },
    },
  };
}

/** OpenAPI 3.1 of the whole API, made from the route table. */
export function openApi(version: string): Schema {
  const paths: Record<string, Schema> = {};
  for (const [name, route] of Object.entries(routes)) {
    const path = route.path.replace(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operation(name, route) };
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Jiwa', version, description: 'Memory that answers with citations.' },
    security: [{ token: [] }, { session: [] }],
    components: {
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer' },
        session: { type: 'apiKey', in: 'cookie', name: '__Host-jiwa' },
      },
    },
    paths,
  };
}
