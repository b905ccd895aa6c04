import { z } from 'zod';
import { Id } from '../wire/common.ts';

/** Payload of the jobs that work on one document. */
export const DocumentPayload = z.strictObject({ documentId: Id });
