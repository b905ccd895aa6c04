import { z } from 'zod';
import { type ErrorCode, isAbort, toAppError } from '../../core/errors.ts';
import type { JsonSchema, ModelMessage, ModelRequest, ReadyModel } from '../../ports/language-model.ts';
import type { Structured, StructuredAsk } from '../../ports/structured-output.ts';
import { jsonCandidates } from './json-candidates.ts';
import { abortedError } from './pause.ts';

/** Further an answer is not read: no object that is asked for is so long. */
const MOST_CHARS = 100_000;
/** Of a wrong answer a model is shown so much. */
const SHOWN_CHARS = 8_000;
const SHOWN_ISSUES = 10;

type Reading<T> =
  | { readonly kind: 'valid'; readonly value: T }
  | { readonly kind: 'wrong'; readonly issues: string };

function read<T>(answer: string, schema: z.ZodType<T>): Reading<T> {
  let issues: string | undefined;
  for (const candidate of jsonCandidates(answer)) {
    const parsed = schema.safeParse(candidate);
    if (parsed.success) return { kind: 'valid', value: parsed.data };
    issues ??= parsed.error.issues
      .slice(0, SHOWN_ISSUES)
      .map(({ path, message }) => `- ${path.join('.') || 'the whole'}: ${message}`)
      .join('\n');
  }
  return { kind: 'wrong', issues: issues ?? '- there is no JSON in it' };
}

async function answerOf(model: ReadyModel, request: ModelRequest, signal: AbortSignal): Promise<string> {
  let text = '';
  for await (const event of model.stream(request, signal)) {
    if (event.kind === 'text') text += event.text;
    if (text.length > MOST_CHARS) break;
  }
  return text;
}

const system = (text: string): ModelMessage => ({ role: 'system', text });
const user = (text: string): ModelMessage => ({ role: 'user', parts: [{ kind: 'text', text }] });

/** The instruction goes before the conversation, where models of every kind look for it. */
function asked<T>({ name, schema, request }: StructuredAsk<T>): ModelRequest {
  const shape = z.toJSONSchema(schema, { io: 'input' }) as JsonSchema;
  const order = `Answer with one JSON object and nothing else. Its schema:\n${JSON.stringify(shape)}`;
  const messages = [...request.messages];
  const first = messages[0];
  const told =
    first?.role === 'system'
      ? [system(`${first.text}\n\n${order}`), ...messages.slice(1)]
      : [system(order), ...messages];
  return { temperature: 0, ...request, messages: told, output: { name, schema: shape } };
}

function repair(request: ModelRequest, answer: string, issues: string): ModelRequest {
  const wrong = `That does not fit the schema:\n${issues}\nAnswer again with the corrected JSON object only.`;
  const shown = answer.slice(0, SHOWN_CHARS);
  return { ...request, messages: [...request.messages, { role: 'assistant', text: shown }, user(wrong)] };
}

/** Asks, and once more with what was wrong; gives the object and at which attempt it came, or why none did. */
async function attempts<T>(model: ReadyModel, ask: StructuredAsk<T>, signal: AbortSignal) {
  const request = asked(ask);
  const answer = await answerOf(model, request, signal);
  const first = read(answer, ask.schema);
  if (first.kind === 'valid') return { value: first.value, by: 'model' as const };
  const second = read(await answerOf(model, repair(request, answer, first.issues), signal), ask.schema);
  if (second.kind === 'valid') return { value: second.value, by: 'repair' as const };
  return undefined;
}

export const structured: Structured = async (model, ask, floor, signal) => {
  let reason: ErrorCode = model === undefined ? 'unavailable' : 'unreadable';
  try {
    const made = model && (await attempts(model, ask, signal));
    if (made !== undefined) return made;
  } catch (thrown) {
    if (signal.aborted || isAbort(thrown)) throw abortedError();
    reason = toAppError(thrown).code;
  }
  return { value: floor(), by: 'floor', reason };
};
