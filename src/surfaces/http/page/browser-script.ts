import { stripTypeScriptTypes } from 'node:module';

/** Node says at the first use that stripping as a function is new. It is pinned with Node, and nobody who starts Jiwa can act on it. */
function silently<T>(work: () => T): T {
  const emitWarning: unknown = Reflect.get(process, 'emitWarning');
  process.emitWarning = () => {};
  try {
    return work();
  } finally {
    Reflect.set(process, 'emitWarning', emitWarning);
  }
}

/** A TypeScript module as a browser reads it: without types, its neighbours named as they are served. */
export function browserScript(source: string): string {
  const script = silently(() => stripTypeScriptTypes(source));
  return script.replaceAll(/(from '\.\/[\w-]+)\.ts'/gu, "$1.js'");
}
