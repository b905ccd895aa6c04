import type { Attributes } from '@opentelemetry/api';
import {
  ATTR_ERROR_TYPE,
  ATTR_HTTP_REQUEST_METHOD,
  ATTR_HTTP_RESPONSE_STATUS_CODE,
  ATTR_HTTP_ROUTE,
} from '@opentelemetry/semantic-conventions';
import { unreachable } from '../../core/errors.ts';
import type { Work, WorkEnd } from '../../ports/telemetry.ts';

/** Names of spans: few, and the same for the same kind of work. */
export function spanName(work: Work): string {
  switch (work.kind) {
    case 'request':
      return `${work.method} ${work.route}`;
    case 'use-case':
      return work.name;
    case 'recall':
      return 'recall';
    case 'recall-stage':
      return `recall ${work.stage}`;
    case 'store':
      return `${work.store} ${work.method}`;
    case 'embedder':
      return `embedder ${work.method}`;
    case 'model':
      return `chat ${work.model}`;
    case 'job':
      return `process ${work.job}`;
    default:
      return unreachable(work);
  }
}

/** Attributes by the semantic conventions where these have one; those of language models are not stable yet. */
export function attributesOf(work: Work): Attributes {
  switch (work.kind) {
    case 'request':
      return { [ATTR_HTTP_REQUEST_METHOD]: work.method, [ATTR_HTTP_ROUTE]: work.route };
    case 'use-case':
    case 'recall':
    case 'recall-stage':
      return {};
    case 'store':
      return { 'jiwa.store': work.store, 'jiwa.method': work.method };
    case 'embedder':
      return { 'jiwa.method': work.method, 'jiwa.texts': work.texts };
    case 'model':
      return {
        'gen_ai.operation.name': 'chat',
        'gen_ai.provider.name': work.provider,
        'gen_ai.request.model': work.model,
        'jiwa.role': work.role,
      };
    case 'job':
      return {
        'jiwa.queue': work.queue,
        'jiwa.job.kind': work.job,
        'jiwa.job.id': work.jobId,
        'jiwa.job.attempt': work.attempt,
      };
    default:
      return unreachable(work);
  }
}

/** What the end of work adds. */
export function endAttributes({ outcome, status, usage }: WorkEnd): Attributes {
  return {
    ...(outcome === 'ok' ? {} : { [ATTR_ERROR_TYPE]: outcome }),
    ...(status === undefined ? {} : { [ATTR_HTTP_RESPONSE_STATUS_CODE]: status }),
    ...(usage === undefined
      ? {}
      : { 'gen_ai.usage.input_tokens': usage.input, 'gen_ai.usage.output_tokens': usage.output }),
  };
}
