import { z } from 'zod';
import { AuditCheck, AuditLogChoice, AuditPage, AuditQuery, EraseSpace } from './audit.ts';
import { BackupQuery, ImportSpace } from './archives.ts';
import { type Route, ok } from './route.ts';
import { JobStarted } from './system.ts';

/** A space as a whole: its audit log, its archive, its end. */
export const spaceRoutes = {
  listAudit: {
    method: 'GET',
    path: '/api/audit',
    tag: 'Space',
    summary: 'The audit log, newest first.',
    action: 'audit:read',
    query: AuditQuery,
    response: AuditPage,
    ...ok,
  },
  verifyAudit: {
    method: 'GET',
    path: '/api/audit/verify',
    tag: 'Space',
    summary: 'Checks that no entry of the audit log was changed, taken out or put in.',
    action: 'audit:read',
    query: AuditLogChoice,
    response: AuditCheck,
    ...ok,
  },
  exportSpace: {
    method: 'GET',
    path: '/api/export',
    tag: 'Space',
    summary:
      'Everything of the space as one tar archive: objects, rows as JSON lines, a manifest with hashes.',
    action: 'space:export',
    audit: 'space-exported',
    response: z.unknown(),
    answers: 'bytes',
    status: 200,
  },
  importSpace: {
    method: 'POST',
    path: '/api/spaces/import',
    tag: 'Space',
    summary: 'Brings a space from its archive, with all its ids; the caller is a host of it.',
    action: 'system:people',
    limit: 'upload',
    audit: 'space-import-asked',
    form: ImportSpace,
    response: JobStarted,
    answers: 'json',
    status: 202,
  },
  backUp: {
    method: 'GET',
    path: '/api/backup',
    tag: 'Space',
    summary: 'The whole installation as one tar archive: all spaces, people, settings and objects.',
    action: 'system:backup',
    query: BackupQuery,
    response: z.unknown(),
    answers: 'bytes',
    status: 200,
  },
  eraseSpace: {
    method: 'POST',
    path: '/api/erasure',
    tag: 'Space',
    summary: 'Erases all that the space remembers, and all its members but the caller.',
    action: 'space:erase',
    audit: 'space-erasure-asked',
    body: EraseSpace,
    response: JobStarted,
    answers: 'json',
    status: 202,
  },
} as const satisfies Record<string, Route>;
