/** A pure CPU task that may run on another thread: input and output survive structured cloning. */
export interface ComputeTask<I, O> {
  readonly name: string;
  run(input: I): O;
}

/** Runs pure CPU tasks off the event loop. Errors thrown by the task come through as they are. */
export interface Compute {
  run<I, O>(task: ComputeTask<I, O>, input: I, signal: AbortSignal): Promise<O>;
  close(): Promise<void>;
}
