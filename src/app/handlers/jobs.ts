import { cancelJob, getJob, getJobLog, listJobs, retryJob } from '../../operations/jobs.ts';
import { listQueues, pauseQueue, requeueJobs, resumeQueue } from '../../operations/queues.ts';
import type { Handlers } from '../../surfaces/http/handlers.ts';
import { runsInstallation } from '../installation-host.ts';
import type { Bound } from '../bound.ts';
import { jobDefinitions } from '../jobs.ts';

export function jobHandlers({ services, embedders, people, answering, within }: Bound) {
  const cancelling = { ...services, definitions: jobDefinitions(services, embedders, people, answering) };
  return {
    listJobs: (access, { query }, signal) => listJobs(query, services, within(access, signal)),
    getJob: (access, { params }, signal) => getJob(params, services, within(access, signal)),
    getJobLog: (access, { params }, signal) => getJobLog(params, services, within(access, signal)),
    cancelJob: (access, { params }, signal) => cancelJob(params, cancelling, within(access, signal)),
    retryJob: (access, { params }, signal) => retryJob(params, services, within(access, signal)),
    listQueues: (access, _call, signal) =>
      listQueues({ all: runsInstallation(access) }, services, within(access, signal)),
    requeueJobs: (_access, _call, signal) => requeueJobs(services, signal),
    pauseQueue: (_access, { params }) => pauseQueue(params, services),
    resumeQueue: (_access, { params }) => resumeQueue(params, services),
  } satisfies Partial<Handlers>;
}
