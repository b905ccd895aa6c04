import type { InstalledGguf } from '../adapters/language-model/llama/installed-gguf.ts';
import type { LocalModelView } from '../wire/system.ts';

/** A local model as doors show it: without its place on the disk. */
export function localModelView(model: InstalledGguf): LocalModelView {
  const { name } = model;
  if (model.kind === 'broken') return { name, fault: model.reason };
  const { architecture, sizeBytes, contextTokens } = model.header;
  return { name, architecture, sizeBytes, ...(contextTokens !== undefined && { contextTokens }) };
}
