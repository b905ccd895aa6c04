import type { GgufHeader } from './gguf-header.ts';

/** Its two halves lie the other way round. */
const EMBEDDINGS = 'token_embd.weight';

/**
 * Why an adapter does not fit a model, as far as the headers tell; `undefined` when it may. Each matrix of the model, of
 * `inner` × `outer`, is changed by two: `lora_a` of `inner` × rank, `lora_b` of rank × `outer`. Matrices that the model's
 * header does not list are taken to lie in its other parts.
 */
export function misfit(adapter: GgufHeader, model: GgufHeader): string | undefined {
  if (adapter.architecture !== model.architecture)
    return `it is for ${adapter.architecture}, the model is ${model.architecture}`;
  for (const [name, [inner, outer]] of model.shapes) {
    if (name === EMBEDDINGS) continue;
    const a = adapter.shapes.get(`${name}.lora_a`);
    const b = adapter.shapes.get(`${name}.lora_b`);
    if ((a !== undefined && a[0] !== inner) || (b !== undefined && b[1] !== outer))
      return `it is for a ${adapter.architecture} of another size`;
  }
  return undefined;
}
