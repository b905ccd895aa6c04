import type { JobView } from '../../../../wire/jobs.ts';
import type { RouteOutput } from '../../../../wire/routes.ts';
import { call } from './api.ts';
import { act, ago, el } from './dom.ts';
import { showPanel } from './panel.ts';
import type { Lock } from './rights.ts';

function steering({ id, status }: JobView, lock: Lock): HTMLElement | undefined {
  const button = (label: string, verb: 'cancel' | 'retry') => {
    const steer = act(async () => {
      await call('POST', `/api/jobs/${id}/${verb}`, {});
      await showJobs(lock);
    });
    return el('button', { class: 'quiet', onclick: steer, ...lock }, label);
  };
  if (status === 'queued' || status === 'running') return button('Cancel', 'cancel');
  return status === 'dead' ? button('Try again', 'retry') : undefined;
}

function jobElement(job: JobView, lock: Lock): HTMLElement {
  const { kind, status, progress, error, createdAt } = job;
  const runs = status === 'running' && progress.total !== undefined;
  return el(
    'section',
    { class: 'job' },
    el('strong', {}, kind),
    el('small', {}, ` ${status} · ${ago(createdAt)} `),
    steering(job, lock),
    runs ? el('progress', { max: progress.total, value: progress.done, 'aria-label': kind }) : undefined,
    error === undefined ? undefined : el('p', { class: 'error' }, error.message),
  );
}

/** Jobs beside the conversation, the newest first; with the lock on cancelling and trying again. */
export async function showJobs(lock: Lock): Promise<void> {
  const lookAgain = act(() => showJobs(lock));
  const { items } = await call<RouteOutput<'listJobs'>>('GET', '/api/jobs?limit=50');
  showPanel(
    'Jobs',
    el('button', { onclick: lookAgain }, 'Look again'),
    ...(items.length === 0 ? [el('p', {}, 'There are none.')] : items.map((job) => jobElement(job, lock))),
  );
}
