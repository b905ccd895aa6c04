/** A process that works on jobs and serves nobody. */
export interface OpenedWorker {
  /** Its name in the rows of the jobs it runs. */
  readonly name: string;
  /** Takes no more jobs, lets those that run go on for its grace, hands back what is left, and closes. */
  close(): Promise<void>;
}
