import type { EmbedderView, LocalModelView, SettingView } from '../../../wire/system.ts';
import type { CliHost } from '../host.ts';
import type { Look } from '../look.ts';
import { table } from '../table.ts';

/** A table of embedders. */
export function modelTable(embedders: readonly EmbedderView[], look: Look): string[] {
  return table(
    embedders,
    [
      { head: 'MODEL', cell: ({ id }) => id, flexible: true },
      {
        head: 'STATE',
        cell: ({ state }) => state,
        style: ({ state }) => (state === 'active' ? 'green' : undefined),
      },
      { head: 'VECTORS', cell: (m) => `${m.vectors} of ${m.of}`, align: 'right' },
      { head: 'SIZE', cell: (m) => String(m.dimensions), align: 'right' },
      { head: 'LANGUAGES', cell: (m) => (m.languages === 'many' ? 'many' : m.languages.join(', ')) },
      { head: 'FROM', cell: ({ source }) => source, flexible: true },
    ],
    look,
  );
}

/** A table of language models on this machine; nothing where there are none. */
export function localModelLines(models: readonly LocalModelView[], look: Look): string[] {
  if (models.length === 0) return [];
  const columns = [
    { head: 'LOCAL MODEL', cell: ({ name }: LocalModelView) => name, flexible: true },
    { head: 'SIZE', cell: ({ sizeBytes }: LocalModelView) => gigabytes(sizeBytes), align: 'right' as const },
    { head: 'CONTEXT', cell: (m: LocalModelView) => String(m.contextTokens ?? ''), align: 'right' as const },
    { head: 'KIND', cell: (m: LocalModelView) => m.architecture ?? '' },
    { head: '', cell: ({ fault }: LocalModelView) => fault ?? '', flexible: true },
  ];
  return [...table(models, columns, look), ''];
}

function gigabytes(bytes: number | undefined): string {
  return bytes === undefined ? '' : `${(bytes / 1e9).toFixed(2)} GB`;
}

/** The value of a setting as it is typed and shown. */
export function settingText(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? 'not set');
}

/** Settings that are kept, then those of the environment. */
export function configLines(
  settings: readonly SettingView[],
  environment: CliHost['environment'],
  look: Look,
): string[] {
  return [
    ...table(
      settings,
      [
        { head: 'SETTING', cell: ({ key }) => key },
        { head: 'VALUE', cell: ({ value }) => settingText(value), flexible: true },
        { head: '', cell: ({ locked }) => (locked ? 'locked by the environment' : '') },
        { head: 'MEANING', cell: ({ description }) => description, flexible: true },
      ],
      look,
    ),
    '',
    ...table(
      environment,
      [
        { head: 'VARIABLE', cell: ({ name }) => name },
        { head: 'VALUE', cell: ({ value }) => value, flexible: true },
        { head: 'FROM', cell: ({ from }) => from },
        { head: 'MEANING', cell: ({ help }) => help, flexible: true },
      ],
      look,
    ),
  ];
}
