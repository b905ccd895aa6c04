import { withListed, type ModelPull, type PullProgress } from '../adapters/connections/bring-model.ts';
import { pullModel } from '../adapters/embedder/pull-model.ts';
import { pullGguf } from '../adapters/language-model/llama/pull-gguf.ts';
import type { JobDefinition } from '../ports/job-queue.ts';
import { PullModel } from '../wire/system.ts';
import type { Services } from './services.ts';

/** Job that downloads a model; its files are told one by one. */
export function pullModelJob({ config }: Services): JobDefinition<PullModel> {
  return {
    kind: 'pull-model',
    queue: 'light',
    payload: PullModel,
    timeLimitMs: 6 * 60 * 60_000,
    async run({ id, revision, kind, file }, job, { signal }) {
      const { modelsFolder: modelsDir, modelServer: baseUrl, privateHosts } = config;
      const pull = { id, revision, modelsDir, baseUrl, privateHosts };
      const onProgress = ({ file: name, doneBytes, totalBytes }: PullProgress) =>
        job.progress(doneBytes, totalBytes, name);
      if ((kind ?? (await kindOf(pull, signal))) === 'language-model') {
        const asked = { ...pull, ...(file !== undefined && { file }) };
        const { name, kind: found } = await pullGguf(asked, onProgress, signal);
        return { name, kind: found === 'adapter' ? 'adapter' : 'language-model' };
      }
      const { folder, model } = await pullModel(pull, onProgress, signal);
      return { name: folder.split(/[/\\]/).at(-1), kind: 'encoder', model };
    },
  };
}

/** What a repository is for, by its files. */
async function kindOf(pull: ModelPull, signal: AbortSignal): Promise<'encoder' | 'language-model'> {
  const listed = await withListed(pull, async ({ listing }) => listing.files, signal);
  const has = (ending: string) => listed.some(({ path }) => path.endsWith(ending));
  return has('.gguf') && !has('.onnx') ? 'language-model' : 'encoder';
}
