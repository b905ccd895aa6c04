import type { FastifyInstance } from 'fastify';
import { findPage } from './page-files.ts';

/** Mounts the built-in page at `/`: public, since it shows nothing until somebody has signed in. */
export function servePage(app: FastifyInstance): void {
  const { files, contentSecurityPolicy } = findPage();
  for (const [path, file] of files) {
    app.get(path, (_request, reply) =>
      reply
        .header('content-type', file.contentType)
        .header('content-security-policy', contentSecurityPolicy)
        .header('cache-control', 'no-cache')
        .send(file.body()),
    );
  }
}
