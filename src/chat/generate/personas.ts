import { AppError } from '../../core/errors.ts';

/** The texts that say who Jiwa is, by name; files behind it, read when used. */
export interface Personas {
  list(): Promise<readonly string[]>;
  /** Text of a persona, the default one without a name; `undefined` when there is none by it. */
  text(name: string | undefined): Promise<string | undefined>;
}

/** Text of the persona somebody asked for. Errors: `not-found`, naming those there are. */
export async function personaText(name: string | undefined, personas: Personas): Promise<string> {
  const text = await personas.text(name);
  if (text !== undefined) return text.trim();
  const known = (await personas.list()).join(', ');
  throw new AppError(
    'not-found',
    `Expected the name of a persona, got ${name ?? 'default'}; there are: ${known}.`,
  );
}
