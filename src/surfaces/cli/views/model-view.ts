import type { BudgetsView, ModelTrial, ProviderView, RoleView, UsageView } from '../../../wire/models.ts';
import { count, duration } from '../format.ts';
import type { Look } from '../look.ts';
import { oneLine } from '../plain-text.ts';
import { pairs, table } from '../table.ts';

const MICROS = 1_000_000;

/** `1.20 USD`, with four places below one. */
function money(micros: number, currency: string): string {
  return `${(micros / MICROS).toFixed(micros < MICROS && micros > 0 ? 4 : 2)} ${currency}`;
}

/** Which model serves each role. */
export function roleTable(roles: readonly RoleView[], look: Look): string[] {
  if (roles.length === 0)
    return ['No language model is set: answers are quotes. See: jiwa models use --help'];
  const note = ({ locked, inherited }: RoleView) =>
    [inherited ? 'as chat' : '', locked ? 'locked by the environment' : ''].filter(Boolean).join(', ');
  return table(
    roles,
    [
      { head: 'ROLE', cell: ({ role }) => role },
      { head: 'MODEL', cell: ({ provider, model }) => `${provider}:${model}`, flexible: true },
      { head: '', cell: note },
    ],
    look,
  );
}

export function providerTable(providers: readonly ProviderView[], look: Look): string[] {
  if (providers.length === 0) return [];
  return table(
    providers,
    [
      { head: 'PROVIDER', cell: ({ id }) => id },
      { head: 'KIND', cell: ({ kind }) => kind },
      { head: 'ADDRESS', cell: ({ baseUrl }) => baseUrl ?? 'this machine', flexible: true },
      { head: 'KEY', cell: ({ hasKey, keyFrom }) => (hasKey ? (keyFrom ?? 'yes') : 'none') },
    ],
    look,
  );
}

export function trialLine({ provider, model, firstTokenMs, ms }: ModelTrial): string {
  const times = `first word after ${duration(firstTokenMs)}, done after ${duration(ms)}`;
  return `${oneLine(model)} of ${oneLine(provider)} answers: ${times}.`;
}

export function usageLines({ month, currency, lines }: UsageView, look: Look): string[] {
  if (lines.length === 0) return [`No model was called in ${month}.`];
  const total = lines.reduce((sum, { costMicros }) => sum + costMicros, 0);
  const unpriced = lines.reduce((sum, line) => sum + line.unpriced, 0);
  const cost = (micros: number, unknown: number) =>
    unknown === 0 ? money(micros, currency) : `${money(micros, currency)} + unknown`;
  return [
    ...table(
      lines,
      [
        { head: 'FEATURE', cell: ({ feature }) => feature, flexible: true },
        { head: 'ROLE', cell: ({ role }) => role },
        { head: 'MODEL', cell: ({ provider, model }) => `${provider}:${model}`, flexible: true },
        { head: 'PROMPT', cell: ({ promptVersion }) => promptVersion },
        { head: 'CALLS', cell: ({ calls }) => calls.toLocaleString('en'), align: 'right' },
        { head: 'FAILED', cell: ({ failed }) => failed.toLocaleString('en'), align: 'right' },
        { head: 'IN', cell: ({ inputTokens }) => inputTokens.toLocaleString('en'), align: 'right' },
        { head: 'OUT', cell: ({ outputTokens }) => outputTokens.toLocaleString('en'), align: 'right' },
        { head: 'COST', cell: (line) => cost(line.costMicros, line.unpriced), align: 'right' },
      ],
      look,
    ),
    '',
    `${month}: ${cost(total, unpriced)}${unpriced === 0 ? '' : ` (${count(unpriced, 'call')} without a known price)`}`,
  ];
}

export function budgetLines({ month, currency, space, all }: BudgetsView, look: Look): string[] {
  const state = ({ capMicros, spentMicros }: BudgetsView['space']) =>
    `${money(spentMicros, currency)} of ${capMicros === null ? 'no limit' : money(capMicros, currency)}`;
  return pairs(
    [
      ['month', month],
      ['space', state(space)],
      ['all spaces', all && state(all)],
    ],
    look,
  );
}
