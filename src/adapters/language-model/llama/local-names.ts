import { AppError } from '../../../core/errors.ts';
import type { InstalledGguf } from './installed-gguf.ts';
import { misfit } from './lora-fit.ts';

type ReadyGguf = Extract<InstalledGguf, { readonly kind: 'ready' }>;

/** A model, and the adapters on it. */
export interface LocalChoice {
  readonly model: ReadyGguf;
  readonly adapters: readonly ReadyGguf[];
}

/** What a local model can be called, or what lies among the models and cannot be used. */
export type LocalName =
  | { readonly kind: 'ready'; readonly name: string; readonly model: ReadyGguf; readonly adapter?: ReadyGguf }
  | { readonly kind: 'broken'; readonly name: string; readonly reason: string; readonly isAdapter: boolean };

/** Between a model and an adapter on it, and before each further adapter. */
const PLUS = '+';

const isModel = (one: InstalledGguf) => one.kind === 'broken' || one.header.kind === 'model';
const isAdapter = (one: InstalledGguf) => one.kind === 'ready' && one.header.kind === 'adapter';

/**
 * What `<model>` or `<model>+<adapter>` stands for; a model whose own name has a `+` wins. Throws `not-found`, `unreadable`,
 * `unsupported` (what is no adapter, or fits another model) or `invalid-input` (an adapter twice).
 */
export function findLocal(name: string, installed: readonly InstalledGguf[]): LocalChoice {
  const models = installed.filter(isModel);
  const [found] = models
    .filter((one) => one.name === name || name.startsWith(`${one.name}${PLUS}`))
    .toSorted((a, b) => b.name.length - a.name.length);
  if (found === undefined) throw noModel(name, installed);
  const model = whole(found);
  const adapters = name === model.name ? [] : name.slice(model.name.length + PLUS.length).split(PLUS);
  if (new Set(adapters).size < adapters.length)
    throw new AppError('invalid-input', `Expected each adapter once, got ${name}.`);
  return { model, adapters: adapters.map((one) => fitting(findAdapter(one, installed), model)) };
}

/** Throws `not-found`, `unreadable`, or `unsupported` for a model. */
export function findAdapter(name: string, installed: readonly InstalledGguf[]): ReadyGguf {
  const named = installed.filter((one) => one.name === name);
  const [first] = named;
  const found = named.find(isAdapter) ?? first;
  if (found === undefined) {
    const names = installed.filter(isAdapter).map((one) => one.name);
    throw new AppError(
      'not-found',
      `There is no adapter ${name}; ${thereAre(names, 'lay a LoRA file into adapters/ of the folder of models')}.`,
    );
  }
  const adapter = whole(found);
  if (isModel(adapter)) throw new AppError('unsupported', `${name} is a model; expected a LoRA adapter.`);
  return adapter;
}

/** Every model, alone and with each adapter that fits it, then adapters that fit none. */
export function localNames(installed: readonly InstalledGguf[]): LocalName[] {
  const adapters = installed.filter((one) => one.kind === 'ready').filter(isAdapter);
  const nameable = adapters.filter(({ name }) => !name.includes(PLUS));
  const used = new Set<string>();
  const names = installed.filter(isModel).flatMap((model): LocalName[] => {
    if (model.kind === 'broken') return [{ ...model, isAdapter: false }];
    const own: LocalName = { kind: 'ready', name: model.name, model };
    const fit = nameable.filter((one) => misfit(one.header, model.header) === undefined);
    for (const { name } of fit) used.add(name);
    return [
      own,
      ...fit.map((adapter): LocalName => {
        return { kind: 'ready', name: `${model.name}${PLUS}${adapter.name}`, model, adapter };
      }),
    ];
  });
  const useless = adapters.filter(({ name }) => !used.has(name));
  return [...names, ...useless.map((one) => uselessAdapter(one, installed))];
}

function uselessAdapter({ name, header }: ReadyGguf, installed: readonly InstalledGguf[]): LocalName {
  const models = installed.filter((one) => one.kind === 'ready').filter(isModel);
  const same = models.some((one) => one.header.architecture === header.architecture);
  const wanted = `${header.architecture}${same ? ' of its size' : ''}`;
  const reason = name.includes(PLUS)
    ? `The name of an adapter holds no ${PLUS}: rename its file.`
    : `An adapter for a model of the kind ${wanted}: none is here.`;
  return { kind: 'broken', name, reason, isAdapter: true };
}

function fitting(adapter: ReadyGguf, model: ReadyGguf): ReadyGguf {
  const reason = misfit(adapter.header, model.header);
  if (reason === undefined) return adapter;
  throw new AppError('unsupported', `The adapter ${adapter.name} does not fit ${model.name}: ${reason}.`);
}

function whole(found: InstalledGguf): ReadyGguf {
  if (found.kind === 'ready') return found;
  throw new AppError('unreadable', `${found.name} cannot be used. ${found.reason}`);
}

function noModel(name: string, installed: readonly InstalledGguf[]): AppError {
  const adapter = installed.filter(isAdapter).find((one) => name.split(PLUS)[0] === one.name);
  if (adapter !== undefined)
    return new AppError(
      'unsupported',
      `${adapter.name} is an adapter; expected <model>${PLUS}${adapter.name}.`,
    );
  const names = installed.filter(isModel).map((one) => one.name);
  return new AppError(
    'not-found',
    `There is no local model ${name}; ${thereAre(names, 'get one with jiwa models pull')}.`,
  );
}

function thereAre(names: readonly string[], otherwise: string): string {
  return names.length === 0 ? otherwise : `there are: ${names.join(', ')}`;
}
