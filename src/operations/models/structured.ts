import { z } from 'zod';
import { type ErrorCode, isAbort, toAppError } from '../../core/errors.ts';
import type {
  JsonSchema,
  ModelEvent,
  ModelMessage,
  ModelRequest,
  ReadyModel,
} from '../../ports/language-model.ts';
import type { Structured, StructuredAsk, StructuredCosts } from '../../ports/structured-output.ts';
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

function addCosts(costs: StructuredCosts, end: Extract<ModelEvent, { kind: 'end' }>): StructuredCosts {
  const { usage: before, costMicros } = costs;
  const usage = before &&
    end.usage && {
      input: before.input + end.usage.input,
      output: before.output + end.usage.output,
      cached: before.cached + end.usage.cached,
    };
  const sum = end.costMicros === undefined ? costMicros : (costMicros ?? 0) + end.costMicros;
  return { usage: usage ?? end.usage ?? before, costMicros: sum };
}

/** A model that is asked, and what its calls have taken so far. */
interface Asking {
  readonly model: ReadyModel;
  readonly signal: AbortSignal;
  costs: StructuredCosts;
}

async function answerOf(asking: Asking, request: ModelRequest): Promise<string> {
  let text = '';
  for await (const event of asking.model.stream(request, asking.signal)) {
    if (event.kind === 'text') text += event.text;
    if (event.kind === 'end') asking.costs = addCosts(asking.costs, event);
    if (text.length > MOST_CHARS) break;
  }
  return text;
}

const system = (text: string): ModelMessage => ({ role: 'system', text });
const user = (text: string): ModelMessage => ({ role: 'user', parts: [{ kind: 'text', text }] });

/** The instruction goes before the conversation, where models of every kind look for it. */
function asked<T>({ name, schema, told: wanted = schema, request }: StructuredAsk<T>): ModelRequest {
  // Some servers refuse a schema that names its own dialect.
  const { $schema: _, ...shape }: JsonSchema = z.toJSONSchema(wanted, { io: 'input' });
  const order = `Answer with one JSON object and nothing else. Its schema:\n${JSON.stringify(shape)}`;
  const messages = [...request.messages];
  const first = messages[0];
  const told =
    first?.role === 'system'
      ? [system(`${first.text}\n\n${order}`), ...messages.slice(1)]
      : [system(order), ...messages];
  return { ...request, messages: told, output: { name, schema: shape } };
}

function repair(request: ModelRequest, answer: string, issues: string): ModelRequest {
  const wrong = `That does not fit the schema:\n${issues}\nAnswer again with the corrected JSON object only.`;
  const shown = answer.slice(0, SHOWN_CHARS);
  return { ...request, messages: [...request.messages, { role: 'assistant', text: shown }, user(wrong)] };
}

/** Asks, and once more with what was wrong; gives the object and at which attempt it came, or why none did. */
async function attempts<T>(asking: Asking, ask: StructuredAsk<T>) {
  const request = asked(ask);
  const answer = await answerOf(asking, request);
  const first = read(answer, ask.schema);
  if (first.kind === 'valid') return { value: first.value, by: 'model' as const };
  const second = read(await answerOf(asking, repair(request, answer, first.issues)), ask.schema);
  if (second.kind === 'valid') return { value: second.value, by: 'repair' as const };
  return undefined;
}

/** Why the floor serves after an error. Throws `aborted` when nobody waits any more. */
function reasonOf(thrown: unknown, signal: AbortSignal): ErrorCode {
  if (signal.aborted && toAppError(signal.reason).code === 'timeout') return 'timeout';
  if (signal.aborted || isAbort(thrown)) throw abortedError();
  return toAppError(thrown).code;
}

export const structured: Structured = async (model, ask, floor, signal) => {
  if (model === undefined) return { value: floor(), by: 'floor', reason: 'unavailable' };
  const asking: Asking = { model, signal, costs: {} };
  let reason: ErrorCode = 'unreadable';
  try {
    const made = await attempts(asking, ask);
    if (made !== undefined) return { ...made, ...asking.costs };
  } catch (thrown) {
    reason = reasonOf(thrown, signal);
  }
  return { value: floor(), by: 'floor', reason, ...asking.costs };
};
