import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { OPEN_AI_CLIENTS } from '../../../../test/fakes/open-ai-clients.ts';
import { type OpenAiDoor, openAiDoor } from '../../../../test/fakes/open-ai-door.ts';

let door: OpenAiDoor;
let model: string;
beforeAll(async () => {
  door = await openAiDoor();
  model = door.room.deps.embedder().embedder.model.id;
});
afterAll(() => door.close());

describe.each(OPEN_AI_CLIENTS)('embeddings for the official client of major %s', (_, OpenAI) => {
  const client = () => new OpenAI({ baseURL: door.baseURL, apiKey: door.apiKey, maxRetries: 0 });

  test('are the same numbers as floats, as base64, and by the client’s default', async () => {
    const input = ['Green tea.', 'Black coffee.'];
    const usual = await client().embeddings.create({ model, input });
    const floats = await client().embeddings.create({ model, input, encoding_format: 'float' });
    const raw = await client().embeddings.create({ model, input, encoding_format: 'base64' });
    const decoded = raw.data.map(({ embedding }) => {
      const bytes = Buffer.from(embedding, 'base64');
      return [...new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length))];
    });
    expect(usual.data.map(({ embedding }) => embedding)).toEqual(decoded);
    expect(floats.data.map(({ embedding }) => embedding)).toEqual(decoded);
    expect(floats.data.map(({ index }) => index)).toEqual([0, 1]);
    expect(decoded[0]).not.toEqual(decoded[1]);
  });

  test('take one text as well as a list', async () => {
    const one = await client().embeddings.create({ model, input: 'Green tea.' });
    const list = await client().embeddings.create({ model, input: ['Green tea.'] });
    expect(one.data).toEqual(list.data);
  });

  test('refuse another model, another length, empty texts and tokens', async () => {
    const other = client().embeddings.create({ model: 'text-embedding-3-small', input: 'x' });
    await expect(other).rejects.toBeInstanceOf(OpenAI.NotFoundError);
    const short = client().embeddings.create({ model, input: 'x', dimensions: 3 });
    await expect(short).rejects.toMatchObject({ status: 400, param: 'dimensions' });
    for (const input of ['', [], ['x', ''], [1, 2, 3]] as string[][]) {
      const wrong = client().embeddings.create({ model, input });
      await expect(wrong).rejects.toBeInstanceOf(OpenAI.BadRequestError);
    }
  });
});
