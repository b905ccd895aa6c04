import { AppError } from '../../../core/errors.ts';
import type { ServerFile } from '../../connections/model-server.ts';

export interface ChosenGguf {
  /** The file that is opened: the only one, or the first part. */
  readonly modelFile: string;
  /** All its parts. */
  readonly files: readonly ServerFile[];
  /** File name without ending and number of the part. */
  readonly stem: string;
}

/** Good answers for their size first; what is larger costs memory, what is smaller costs sense. */
const PREFERRED = ['Q4_K_M', 'Q8_0'];
const PART = /-(\d{5})-of-\d{5}$/;
/** What lies beside models and adapters: parts that see, data of the quantiser. */
const NEITHER = /mmproj|imatrix/i;
/** Models are often published with the adapters they were made from. */
const ADAPTER = /lora|adapter/i;
const SHOWN = 20;

/**
 * The GGUF model among the files of a repository that `wish` names (a file, or a quantisation such as `Q5_K_M`); without a
 * wish `Q4_K_M`, else `Q8_0`, else the only one. An adapter is taken when it is named, or when there are no models. Throws
 * `unsupported` when there is neither, `invalid-input` with the choices when it is not clear which.
 */
export function chooseGguf(listed: readonly ServerFile[], wish?: string): ChosenGguf {
  const all = groupsOf(listed);
  if (all.length === 0)
    throw new AppError(
      'unsupported',
      'The repository holds no GGUF model; look for one whose name ends with -GGUF.',
    );
  const named = all.find(({ modelFile }) => modelFile === wish);
  if (named !== undefined) return named;
  const withoutAdapters = all.filter(({ modelFile }) => !ADAPTER.test(modelFile));
  const models = withoutAdapters.length > 0 ? withoutAdapters : all;
  const [chosen, another] = matching(models, wish);
  if (chosen !== undefined && another === undefined) return chosen;
  const what = wish === undefined ? 'Expected the choice of a file' : `Expected one file for ${wish}`;
  throw new AppError('invalid-input', `${what}; there are: ${choices(models)}.`);
}

function matching(models: readonly ChosenGguf[], wish: string | undefined): readonly ChosenGguf[] {
  if (wish !== undefined) return models.filter(({ stem }) => isOf(stem, wish));
  for (const quantisation of PREFERRED) {
    const found = models.filter(({ stem }) => isOf(stem, quantisation));
    if (found.length > 0) return found;
  }
  return models;
}

/** `qwen2.5-0.5b-instruct-q4_k_m` is of `Q4_K_M`; `…-q4_k_m-v2` is, too; `…-iq4_k_m` is not. */
function isOf(stem: string, quantisation: string): boolean {
  const place = stem.toLowerCase().indexOf(quantisation.toLowerCase());
  if (place < 0) return false;
  const around = [stem[place - 1], stem[place + quantisation.length]];
  return around.every((char) => char === undefined || !/\w/.test(char));
}

/** Each file, with its later parts. */
function groupsOf(listed: readonly ServerFile[]): ChosenGguf[] {
  const byStem = new Map<string, ServerFile[]>();
  for (const file of listed.toSorted((a, b) => (a.path < b.path ? -1 : 1))) {
    if (!/\.gguf$/i.test(file.path) || NEITHER.test(file.path)) continue;
    const whole = file.path.replace(/\.gguf$/i, '').replace(PART, '');
    byStem.set(whole, [...(byStem.get(whole) ?? []), file]);
  }
  return [...byStem].flatMap(([whole, files]) => {
    const [first] = files;
    const stem = whole.split('/').at(-1) ?? whole;
    return first === undefined ? [] : [{ modelFile: first.path, files, stem }];
  });
}

function choices(models: readonly ChosenGguf[]): string {
  const shown = models.slice(0, SHOWN).map(({ modelFile, files }) => {
    const bytes = files.reduce((sum, file) => sum + file.sizeBytes, 0);
    return `${modelFile} (${(bytes / 1e9).toFixed(2)} GB)`;
  });
  const more = models.length - shown.length;
  return shown.join(', ') + (more > 0 ? ` and ${more} more` : '');
}
