import type { ProviderPreset, ProviderView, RoleView } from '../../../../wire/models.ts';
import type { RouteOutput } from '../../../../wire/routes.ts';
import { call } from './api.ts';
import { announce, el, wordsOf } from './dom.ts';
import { showPanel } from './panel.ts';
import type { Lock } from './rights.ts';

const PRESETS: Readonly<Record<ProviderPreset, string>> = {
  ollama: 'Ollama',
  openai: 'OpenAI',
  anthropic: 'Anthropic',
  'hugging-face': 'Hugging Face',
  vllm: 'vLLM',
  'llama-server': 'llama-server',
  runpod: 'RunPod',
  local: 'A GGUF file in Jiwa',
  custom: 'Any other OpenAI-compatible address',
};

type Models = RouteOutput<'listModels'>;

const locked = (is: boolean) => (is ? ' · set by the environment' : '');

function roleLine({ role, provider, model, locked: fixed }: RoleView): HTMLElement {
  return el('p', {}, el('strong', {}, role), ` ${provider} · ${model}${locked(fixed)}`);
}

function providerLine({ id, baseUrl, hasKey, locked: fixed }: ProviderView): HTMLElement {
  const key = hasKey ? ' · has a key' : '';
  return el('p', {}, el('strong', {}, id), ` ${baseUrl ?? ''}${key}${locked(fixed)}`);
}

/** Saves a provider and gives it the role of chat; the server tries both with a real call before it keeps them. */
async function save(given: FormData): Promise<void> {
  const text = (name: string) => {
    const value = given.get(name);
    return typeof value === 'string' ? value.trim() : '';
  };
  const [provider, model, baseUrl, key] = ['provider', 'model', 'address', 'key'].map(text);
  await call('PUT', `/api/models/providers/${provider}`, {
    preset: provider,
    model,
    ...(baseUrl === '' ? {} : { baseUrl }),
    ...(key === '' ? {} : { key: { value: key } }),
  });
  await call('PUT', '/api/models/roles/chat', { provider, model });
  await showModels({});
  announce(`${model} answers from now on.`);
}

/** Files of models that can answer. */
function suggestions(local: Models['local']): HTMLElement[] {
  return local.flatMap(({ name, fault }) => (fault === undefined ? el('option', { value: name }) : []));
}

function form({ local }: Models): HTMLElement {
  const failed = el('p', { class: 'error', role: 'alert' });
  const button = el('button', { class: 'strong' }, 'Try and save');
  const made = el(
    'form',
    {},
    el('h3', {}, 'Choose who answers'),
    el(
      'label',
      {},
      'Provider',
      el(
        'select',
        { name: 'provider' },
        ...Object.entries(PRESETS).map(([value, name]) => el('option', { value }, name)),
      ),
    ),
    el(
      'label',
      {},
      'Address',
      el('input', { name: 'address', type: 'url', placeholder: 'as usual; ends in /v1' }),
    ),
    el(
      'label',
      {},
      'Key',
      el('input', { name: 'key', type: 'password', autocomplete: 'off', placeholder: 'if it wants one' }),
    ),
    el(
      'label',
      {},
      'Model',
      el('input', {
        name: 'model',
        required: true,
        list: 'local-models',
        placeholder: 'for example qwen3:4b',
      }),
    ),
    el('datalist', { id: 'local-models' }, ...suggestions(local)),
    failed,
    button,
  );
  made.addEventListener('submit', (event) => {
    event.preventDefault();
    button.disabled = true;
    failed.textContent = '';
    announce('Trying the model …');
    save(new FormData(made)).catch((error: unknown) => {
      button.disabled = false;
      failed.textContent = wordsOf(error);
      announce('The model was not saved.');
    });
  });
  return made;
}

/** Which models serve, beside the conversation; with a form that chooses the chat model, or what its lock says. */
export async function showModels({ title: refusal }: Lock): Promise<void> {
  const models = await call<Models>('GET', '/api/models');
  const roles = models.roles.filter(({ inherited }) => !inherited);
  const none = el('p', { class: 'note' }, 'No model is set: answers are quotes from memory.');
  showPanel(
    'Models',
    ...(roles.length === 0 ? [none] : roles.map(roleLine)),
    refusal === undefined ? form(models) : el('p', { class: 'note' }, refusal),
    el('h3', {}, 'Providers'),
    ...(models.providers.length === 0 ? [el('p', {}, 'None.')] : models.providers.map(providerLine)),
    el('h3', {}, 'Embedder'),
    ...models.embedders.map(({ id, state, vectors, of }) =>
      el('p', {}, el('strong', {}, id), ` ${state} · ${vectors} of ${of} vectors`),
    ),
  );
}
