import type { DocumentView, UploadResult } from '../../../../wire/documents.ts';
import { call, upload } from './api.ts';
import { act, announce, byId, el, wordsOf } from './dom.ts';
import type { Lock } from './rights.ts';

const LOOK_AGAIN_MS = 800;
const pause = () => new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));

function stateOf({ status, reason, chunks, vectors }: DocumentView): string {
  if (status === 'failed') return `failed: ${reason ?? 'unknown'}`;
  return status === 'ready' ? `ready (${vectors} of ${chunks} by meaning)` : `${status} …`;
}

async function followed(id: string, state: HTMLElement): Promise<void> {
  for (;;) {
    const document = await call<DocumentView>('GET', `/api/documents/${id}`);
    state.textContent = stateOf(document);
    state.className = document.status === 'failed' ? 'error' : '';
    const settled = document.status === 'ready' && document.vectors === document.chunks;
    if (settled || document.status === 'failed' || document.status === 'superseded') return;
    await pause();
  }
}

async function takeIn(file: File): Promise<void> {
  const state = el('small', {}, 'uploading …');
  byId('uploads', HTMLElement).prepend(el('li', {}, el('span', {}, file.name), state));
  try {
    const { document, outcome } = await upload<UploadResult>(file);
    await followed(document.id, state);
    if (outcome === 'known') state.textContent = `here already, ${state.textContent}`;
  } catch (error) {
    state.textContent = wordsOf(error);
    state.className = 'error';
  }
}

/** Takes files in one after the other; each shows how far it is. */
async function takeAll(files: FileList | null | undefined): Promise<void> {
  const list = Array.from(files ?? []);
  if (list.length === 0) return;
  announce(`Taking in ${list.length} ${list.length === 1 ? 'file' : 'files'}.`);
  for (const file of list) await takeIn(file);
  announce('Each file tells how it went.');
}

/** Wires the file field and dropping files anywhere; whoever may not upload is told so. */
export function openUpload({ title: refusal }: Lock): void {
  const field = byId('file', HTMLInputElement);
  const hovering = (is: boolean) => document.body.classList.toggle('hovering', is);
  field.addEventListener('change', () => act(() => takeAll(field.files))());
  document.addEventListener('dragover', (event) => {
    event.preventDefault();
    hovering(true);
  });
  document.addEventListener('dragleave', ({ relatedTarget }) => hovering(relatedTarget !== null));
  document.addEventListener('drop', (event) => {
    event.preventDefault();
    hovering(false);
    if (refusal === undefined) act(() => takeAll(event.dataTransfer?.files))();
    else announce(refusal, 'error');
  });
}
