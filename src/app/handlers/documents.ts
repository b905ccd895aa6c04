import { acceptDocument } from '../../ingest/accept-document.ts';
import { forgetDocument } from '../../ingest/forget-document.ts';
import { getDocument, listDocuments } from '../../ingest/list-documents.ts';
import { listPlaces, listSources } from '../../ingest/list-places.ts';
import { originalDocument } from '../../ingest/original-document.ts';
import { retryDocument } from '../../ingest/retry-document.ts';
import { readSetting } from '../../operations/settings.ts';
import type { Handlers } from '../../surfaces/http/handlers.ts';
import type { Bound } from '../bound.ts';
import { settingsDeps } from '../settings.ts';

const MB = 1_000_000;

export function documentHandlers({ services, within }: Bound) {
  return {
    async uploadDocument(access, { form, file }, signal) {
      const ctx = within(access, signal);
      const maxUploadBytes = (await readSetting('upload.limitMb', settingsDeps(services), ctx)) * MB;
      const input = { userId: access.userId, file, fields: form };
      return acceptDocument(input, { ...services, maxUploadBytes }, ctx);
    },
    listDocuments: (access, { query }, signal) => listDocuments(query, services, within(access, signal)),
    listSources: (access, { query }, signal) => listSources(query, services, within(access, signal)),
    listPlaces: (access, { query }, signal) => listPlaces(query, services, within(access, signal)),
    getDocument: (access, { params }, signal) =>
      getDocument({ documentId: params.id }, services, within(access, signal)),
    getOriginal: (access, { params }, signal) =>
      originalDocument({ documentId: params.id }, services, within(access, signal)),
    retryDocument: (access, { params }, signal) =>
      retryDocument({ documentId: params.id }, services, within(access, signal)),
    deleteDocument: (access, { params }, signal) =>
      forgetDocument({ documentId: params.id }, services, within(access, signal)),
  } satisfies Partial<Handlers>;
}
