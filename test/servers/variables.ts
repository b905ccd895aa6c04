/** What `npm run servers -- up` printed under this name. Throws when it was not passed on. */
export function serverVariable(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '') throw new Error(`${name} is not set; ${HOW_TO_SET}`);
  return value;
}

/** The rest of a sentence about a variable that is missing. */
export const HOW_TO_SET = 'start the servers by: eval "$(npm run --silent servers -- up)"';
