import type { Cli } from './cli.ts';
import { bytes } from './format.ts';
import { oneLine } from './plain-text.ts';
import { withProgress } from './progress.ts';
import { saveFile } from './save-file.ts';

/** Nobody but who saved it may read it. */
const MODE = 0o600;

/** Saves an archive that is made while it comes, showing how much came; `-` is the standard output. */
export async function saveArchive(
  cli: Cli,
  { label, target }: { readonly label: string; readonly target: string },
  begin: () => Promise<ReadableStream<Uint8Array>>,
): Promise<void> {
  let size = 0;
  await withProgress(cli, label, async (progress) => {
    const counted = new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, sink) {
        size += chunk.length;
        progress.set(size, undefined, bytes(size));
        sink.enqueue(chunk);
      },
    });
    await saveFile(cli, target, (await begin()).pipeThrough(counted), MODE);
  });
  if (target !== '-') {
    cli.show({ file: target, sizeBytes: size }, () => [`Saved as ${oneLine(target)} (${bytes(size)}).`]);
  }
}
