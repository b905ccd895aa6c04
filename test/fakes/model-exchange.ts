import type { LanguageModel, ModelRequest } from '../../src/ports/language-model.ts';
import { said } from '../contracts/language-model.ts';
import { modelServer, type ScriptedAnswer } from './model-server.ts';

/** A request that says only this. */
export const ask = (text: string): ModelRequest => ({
  messages: [{ role: 'user', parts: [{ kind: 'text', text }] }],
});

/** What a request is on the wire, by the model that `open` gives for a server's address, and what that says to the answer. */
export async function modelExchange(
  open: (baseUrl: string) => LanguageModel,
  request: ModelRequest,
  answer: ScriptedAnswer = 'fine',
) {
  await using server = await modelServer(() => answer);
  const model = open(server.baseUrl);
  const events = await said(model, request);
  await model.close();
  return { body: server.requests[0]?.body, headers: server.requests[0]?.headers, events };
}
