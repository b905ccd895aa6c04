import { serveTasks } from './adapters/compute/serve-tasks.ts';
import { computeTasks } from './compute-tasks.ts';

// Entry of the compute threads: app gives its URL to threadCompute.
serveTasks(computeTasks);
