import { Environment } from './environment.ts';

const SECRETS: ReadonlySet<string> = new Set([
  'JIWA_SECRETS_KEY',
  'JIWA_S3_SECRET_KEY',
  'JIWA_WEAVIATE_API_KEY',
]);

/** A value without what is secret in it: the password of an address, before its host or behind it. */
const shown = (name: string, value: string) =>
  SECRETS.has(name) && value !== ''
    ? '***'
    : value.replace(/(:\/\/[^:@/]*):[^/]*@/, '$1:***@').replaceAll(/([?&]password=)[^&]*/gi, '$1***');

/** The variables with their values, for `jiwa config`; keys, and passwords in addresses, are left out. */
export function describeEnvironment(environment: NodeJS.ProcessEnv) {
  return Object.entries(Environment.shape).map(([name, schema]) => ({
    name,
    value: shown(name, environment[name] ?? '') || String(schema.safeParse(undefined).data ?? ''),
    from: environment[name] ? ('environment' as const) : ('default' as const),
    help: schema.description ?? '',
  }));
}
