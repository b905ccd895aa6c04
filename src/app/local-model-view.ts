import type { LocalName } from '../adapters/language-model/llama/local-names.ts';
import type { LocalModelView } from '../wire/system.ts';

/** A local model as doors show it: without its place on the disk. */
export function localModelView(one: LocalName): LocalModelView {
  const { name } = one;
  if (one.kind === 'broken') return { name, fault: one.reason, ...(one.isAdapter && { adapter: name }) };
  const { model, adapter } = one;
  const { architecture, contextTokens } = model.header;
  const { sizeBytes } = (adapter ?? model).header;
  return {
    name,
    architecture,
    sizeBytes,
    ...(contextTokens !== undefined && { contextTokens }),
    ...(adapter !== undefined && { adapter: adapter.name }),
  };
}
