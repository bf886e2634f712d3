import { Piscina } from 'piscina';
import { type WorkerName, workerExecArgv, workerFile } from './worker-files.ts';

/** One worker of a gang: who it is, and how it ended. */
export interface GangMember<Result> {
  readonly name: string;
  readonly outcome: Promise<GangOutcome<Result>>;
}

export type GangOutcome<Result> =
  | { readonly status: 'returned'; readonly result: Result }
  | { readonly status: 'failed'; readonly message: string };

/** As many threads as tasks, each running one task from beginning to end, all at once. */
export class Gang {
  readonly #pool: Piscina;
  readonly #size: number;
  #started = 0;

  constructor(size: number) {
    this.#size = size;
    // Fewer threads than tasks would leave the gang waiting for a member that is never started.
    this.#pool = new Piscina({
      minThreads: size,
      maxThreads: size,
      concurrentTasksPerWorker: 1,
      idleTimeout: Number.POSITIVE_INFINITY,
      execArgv: workerExecArgv(),
    });
  }

  start<Task, Result>(name: string, worker: WorkerName, task: Task): GangMember<Result> {
    if (++this.#started > this.#size) throw new RangeError(`a gang of ${this.#size} has no thread for ${name}`);
    const outcome = this.#pool.run(task, { filename: workerFile(worker) }).then(
      (result: Result): GangOutcome<Result> => ({ status: 'returned', result }),
      (error: unknown): GangOutcome<Result> => ({ status: 'failed', message: describe(name, error) }),
    );
    return { name, outcome };
  }

  /** Ends every thread, whatever it does. The arena they shared must not be used again. */
  async end(): Promise<void> {
    await this.#pool.destroy();
  }
}

function describe(name: string, error: unknown): string {
  return `${name}: ${error instanceof Error ? error.message : String(error)}`;
}
