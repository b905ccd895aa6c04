import { serveTasks } from '../../src/adapters/compute/serve-tasks.ts';
import { sampleTasks } from './compute-sample-tasks.ts';

// Entry of the threads in the tests of compute.
serveTasks(sampleTasks);
