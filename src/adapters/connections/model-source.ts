import { z } from 'zod';

/** `source.json`: where a pulled folder came from. Written by `bringModel`. */
export const Source = z.object({
  id: z.string(),
  revision: z.string(),
  modelFile: z.string(),
  languages: z.array(z.string()),
  /** `oid` is the server's checksum: sha256 of a large file, git's blob id of a small one. */
  files: z.array(
    z.object({ path: z.string(), sizeBytes: z.int().nonnegative(), oid: z.string(), sha256: z.string() }),
  ),
});
export type Source = z.infer<typeof Source>;

export const SOURCE_FILE = 'source.json';
