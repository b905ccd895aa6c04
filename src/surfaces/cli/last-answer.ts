import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { AppError } from '../../core/errors.ts';
import { isUuid } from '../../core/ids.ts';

const LastAnswer = z.object({ citations: z.record(z.string(), z.string().refine(isUuid)) });

const fileIn = (dataFolder: string) => join(dataFolder, 'last-answer.json');

/** Keeps which number stood for which citation, so that `jiwa open 2` means the answer just read. */
export async function keepNumbers(
  dataFolder: string,
  citations: readonly { readonly marker: number; readonly itemId: string }[],
): Promise<void> {
  const numbered = Object.fromEntries(citations.map(({ marker, itemId }) => [String(marker), itemId]));
  await writeFile(fileIn(dataFolder), JSON.stringify({ citations: numbered }), { mode: 0o600 });
}

async function kept(dataFolder: string): Promise<Readonly<Record<string, string>>> {
  try {
    return LastAnswer.parse(JSON.parse(await readFile(fileIn(dataFolder), 'utf8'))).citations;
  } catch {
    // Missing or damaged is the same to the reader: there are no numbers to open.
    return {};
  }
}

/** The id of a citation given as a whole id, or as a number of the last answer (`2` or `[2]`). */
export async function citationId(text: string, dataFolder: string): Promise<string> {
  const wanted = text.trim().toLowerCase();
  if (isUuid(wanted)) return wanted;
  const number = /^\[?(\d{1,3})\]?$/.exec(wanted)?.[1];
  if (number === undefined) {
    throw new AppError(
      'invalid-input',
      `Expected a citation id, or a number of the last answer; got ‘${text}’.`,
    );
  }
  const citations = await kept(dataFolder);
  const id = citations[String(Number(number))];
  if (id !== undefined) return id;
  const known = Object.keys(citations);
  throw new AppError(
    'not-found',
    known.length === 0
      ? `There is no answer yet whose citation ${number} could be opened; ask something first.`
      : `The last answer has no citation ${number}, only ${known.join(', ')}.`,
  );
}
