import type { Command } from 'commander';
import { AppError } from '../../../core/errors.ts';
import type { SettingView } from '../../../wire/system.ts';
import { addCommand } from '../command.ts';
import type { Cli } from '../cli.ts';
import { connected } from '../connect.ts';
import { oneLine } from '../plain-text.ts';
import { configLines, settingText } from '../views/system-view.ts';

/** A typed value: JSON where it is JSON, else the words themselves. */
function typedValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not JSON is the usual case: a word needs no quotes here.
    return text;
  }
}

async function settings(cli: Cli): Promise<readonly SettingView[]> {
  return await connected(
    cli,
    async ({ client }) => (await client.call('listSettings', {}, cli.signal)).settings,
  );
}

async function list(cli: Cli): Promise<void> {
  const { environment } = cli.host;
  cli.show({ settings: await settings(cli), environment }, (value, look) =>
    configLines(value.settings, value.environment, look),
  );
}

async function get(cli: Cli, key: string): Promise<void> {
  const variable = cli.host.environment.find(({ name }) => name === key);
  if (variable !== undefined) {
    cli.show(variable, ({ value }) => [oneLine(value)]);
    return;
  }
  const setting = (await settings(cli)).find((one) => one.key === key);
  if (setting === undefined) throw new AppError('not-found', `There is no setting ${key}; see: jiwa config`);
  cli.show(setting, ({ value }) => [oneLine(settingText(value))]);
}

async function set(cli: Cli, key: string, text: string): Promise<void> {
  if (cli.host.environment.some(({ name }) => name === key)) {
    throw new AppError(
      'invalid-input',
      `${key} is a variable of the environment: set it there and start Jiwa again.`,
    );
  }
  await connected(cli, async ({ client }) => {
    const body = { value: typedValue(text) };
    const setting = await client.call('setSetting', { params: { key }, body }, cli.signal);
    cli.show(setting, ({ value }) => [`${oneLine(setting.key)} is now ${oneLine(settingText(value))}.`]);
  });
}

/** `jiwa config`: settings, and what the environment says. */
export function addConfig(program: Command, cli: Cli): void {
  const config = addCommand(program, cli, 'config', {
    summary: 'Show and change settings',
    examples: ['config', 'config get JIWA_PORT', 'config set <key> <value>'],
  });
  addCommand(config, cli, 'list', {
    summary: 'List settings',
    examples: ['config list --json'],
    isDefault: true,
  }).action(async () => list(cli));
  addCommand(config, cli, 'get <key>', {
    summary: 'Show one setting',
    examples: ['config get JIWA_PORT'],
  }).action(async (key: string) => get(cli, key));
  addCommand(config, cli, 'set <key> <value>', {
    summary: 'Change one setting',
    about: 'Settings that the environment sets are locked.',
    examples: ['config set <key> <value>'],
  }).action(async (key: string, value: string) => set(cli, key, value));
}
