import { derivedId } from '../../core/ids.ts';
import { ANALYSER_VERSION } from '../../memory/analyser.ts';
import { readState, stateText } from '../../memory/state-vector.ts';
import type { MemoryItem } from '../../ports/memory-store.ts';
import { importedMessageId } from './import-ids.ts';
import type { ImportedFile } from './imports.ts';
import type { ParsedExchange, ParsedRecord, ParsedState, Skipped } from './parsed.ts';

/** What a record gives beside its messages. */
export interface Beside {
  readonly item: MemoryItem;
  /** Of a state: for its slot. */
  readonly vector?: Float32Array;
}

interface Origin {
  readonly ownerId: string;
  readonly file: Pick<ImportedFile, 'id' | 'importedAt'>;
  readonly sessionId: string;
  /** The system it comes from. */
  readonly source: string;
}

/** Measured or computed by machines, for the statistics of answers: no evidence of its own about the person. */
const MACHINE = 1;
/** As the answer in it. */
const EXCHANGE = 2;

const exchangeId = ({ ownerId, source }: Origin, key: string) =>
  derivedId(ownerId, 'old-exchange', source, key);

function common({ file }: Origin, time: number | undefined) {
  return {
    terms: '',
    position: 0,
    createdAt: file.importedAt,
    asks: false,
    entities: [],
    analyserVersion: ANALYSER_VERSION,
    version: 1,
    ...(time === undefined ? {} : { eventTime: time }),
  };
}

/** How it was answered, as a line for people; what was said stands in the two messages. */
const exchangeText = ({ strategy, effectiveness, environment }: ParsedExchange) =>
  Object.entries({ strategy, effectiveness, environment })
    .flatMap(([name, value]) => (value === undefined ? [] : `${name} ${value}`))
    .join(', ');

function exchangeItem(exchange: ParsedExchange, origin: Origin): Beside {
  const { ownerId, sessionId, file } = origin;
  const said = [exchange.question, exchange.answer].map((id) => importedMessageId(ownerId, sessionId, id));
  const { environment, strategy, effectiveness } = exchange;
  const item: MemoryItem = {
    ...common(origin, exchange.time),
    id: exchangeId(origin, exchange.key),
    kind: 'exchange',
    text: exchangeText(exchange),
    sessionId,
    ...(said[0] === undefined ? {} : { parentId: said[0] }),
    tags: environment === undefined ? [] : [`environment:${environment}`],
    trust: EXCHANGE,
    ...(strategy === undefined ? {} : { strategy }),
    ...(effectiveness === undefined ? {} : { effectiveness }),
    derivedFrom: said,
    sources: [...said, sessionId, file.id],
  };
  return { item };
}

function stateItem(state: ParsedState, origin: Origin): Beside | undefined {
  const { ownerId, file, source, sessionId } = origin;
  const { vector, values } = readState(state.measured);
  if (vector === undefined) return undefined;
  const { session } = state;
  const item: MemoryItem = {
    ...common(origin, state.time),
    id: derivedId(ownerId, 'old-state', source, state.table, state.key),
    kind: 'state',
    text: stateText(values),
    ...(session === undefined ? {} : { sessionId, parentId: exchangeId(origin, session) }),
    tags: [],
    trust: MACHINE,
    derivedFrom: [file.id],
    sources: [...(session === undefined ? [] : [sessionId]), file.id],
  };
  return { item, vector };
}

/**
 * The `exchange` and `state` items of a record. An exchange's parent is its question and it is derived from question and
 * answer; a state's parent is the exchange it was measured at, which need not be there. Ids derive from the old keys. A state
 * that measured nothing gives none.
 */
export function besideItems(parsed: ParsedRecord, origin: Omit<Origin, 'source'>): Beside[] {
  const from = { ...origin, source: parsed.source ?? '' };
  return [
    parsed.exchange === undefined ? [] : exchangeItem(parsed.exchange, from),
    (parsed.state === undefined ? undefined : stateItem(parsed.state, from)) ?? [],
  ].flat();
}

/** What of a state's measurements cannot be used; without values. */
export function stateFaults({ state }: ParsedRecord): Skipped[] {
  if (state === undefined) return [];
  const { vector, faults } = readState(state.measured);
  const none = vector === undefined ? [{ reason: 'nothing measured that can be used' }] : [];
  return [...faults.map(({ reason }) => ({ reason })), ...none];
}
