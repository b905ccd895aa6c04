import OpenAI7 from 'openai';
import OpenAI6 from 'openai-6';

/** The official client by its major versions that are in use; the types of the newest serve for all. */
export const OPEN_AI_CLIENTS: [major: string, typeof OpenAI7][] = [
  ['7', OpenAI7],
  ['6', OpenAI6 as unknown as typeof OpenAI7],
];
