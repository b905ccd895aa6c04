import { describeEnvironment } from '../../src/config/describe-environment.ts';

type Variable = ReturnType<typeof describeEnvironment>[number];

/** Headings of the page, each with the variables under it; the first that fits has a variable. */
const GROUPS: readonly (readonly [title: string, names: RegExp])[] = [
  ['Data folder', /^JIWA_DATA$/],
  ['Ledger in PostgreSQL', /^JIWA_DATABASE_/],
  ['Memory in Weaviate', /^JIWA_WEAVIATE_/],
  ['Objects in S3', /^JIWA_S3_/],
  ['Jobs and workers', /^JIWA_(REDIS|WORK)_/],
  ['Doors', /^JIWA_(HOST|PORT|ALLOWED_HOSTS|TRUSTED_PROXY|RATE_LIMITS|OPENAI_MEMORY)$/],
  ['Secrets', /^JIWA_SECRETS/],
  ['Limits of size and memory', /^JIWA_(UPLOAD_MB|IMPORT_MB|INDEX_MB|IDLE_MINUTES)$/],
  ['Language models', /^JIWA_(CHAT|FALLBACK)_|^JIWA_PRIVATE_HOSTS$/],
  ['Models on this machine', /^JIWA_(MODELS|MODEL_SERVER|LOCAL_[A-Z]+)$/],
  ['Moving from elsewhere', /^JIWA_OLD_/],
  ['Log, metrics and traces', /^(JIWA_LOG$|JIWA_METRICS_|OTEL_)/],
  ['Others', /^/],
];

const INTRODUCTION = `# Environment

<!-- Made from src/config.ts by \`npm run docs:environment\`; npm test fails when it is not up to date. -->

Every variable Jiwa reads. \`jiwa config\` shows them as they are; a wrong value is named at start, an empty one counts as not set. All
can also lie as files of their names in the folder \`JIWA_SECRETS\`, as orchestrators mount secrets; a variable that is set wins. Such a
file that is empty or cannot be read, and a folder that is not there, stop the start. Keys of providers lie there, too, or in
variables of their own, by the names that settings give them. AWS's and OpenTelemetry's usual variables are understood where those
are used (\`AWS_PROFILE\`, \`OTEL_TRACES_SAMPLER\`, \`OTEL_EXPORTER_OTLP_HEADERS\` …).
`;

const inCell = (text: string) => text.replaceAll('|', String.raw`\|`);

function row({ name, value, help }: Variable): string {
  return `| \`${name}\` | ${value === '' ? '' : `\`${inCell(value)}\``} | ${inCell(help)} |`;
}

/** docs/environment.md as it should be. */
export function environmentPage(): string {
  const rest = new Set(describeEnvironment({}));
  const sections = GROUPS.flatMap(([title, names]) => {
    const variables = [...rest].filter(({ name }) => names.test(name));
    for (const variable of variables) rest.delete(variable);
    if (variables.length === 0) return [];
    const table = ['| variable | default | |', '|---|---|---|', ...variables.map(row)];
    return [`## ${title}\n\n${table.join('\n')}\n`];
  });
  return [INTRODUCTION, ...sections].join('\n');
}
