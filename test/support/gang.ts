import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { LayoutBuilder } from '../../src/shared/layout.ts';
import type { Prng } from '../../src/shared/prng.ts';
import { ThreadMemory } from '../../src/shared/thread-memory.ts';
import { allocateWords, createArena } from './arena.ts';

/** What one thread of a gang is given. */
export interface GangThread<T> {
  readonly m: ThreadMemory;
  readonly parts: T;
  readonly thread: number;
  readonly threads: number;
  /** Which lock the program shall use: the real one, or one that is broken on purpose. */
  readonly variant: string;
  readonly prng: Prng;
}

/** A program for real threads: the default export of a module, which each thread loads for itself. */
export interface GangProgram<T> {
  /** `import.meta.url` of the program's module. */
  readonly url: string;
  createParts(layout: LayoutBuilder, threads: number): T;
  run(thread: GangThread<T>): void;
}

/** What crosses to the worker. */
export interface GangOrder {
  readonly words: Int32Array;
  readonly thread: number;
  readonly threads: number;
  readonly url: string;
  readonly variant: string;
  readonly seed: string;
  readonly waitBoundMs: number;
}

export interface GangOptions {
  readonly threads: number;
  readonly variant: string;
  readonly seed: string;
  /** Bound of every wait of a thread. */
  readonly waitBoundMs?: number;
}

export interface GangResult<T> {
  readonly m: ThreadMemory;
  readonly parts: T;
  /** What threads threw: a wait that reached its bound, for one. */
  readonly errors: readonly string[];
}

/** A worker reads its entry before any loader is ready for TypeScript, so the entry makes tsx ready by itself. */
const ENTRY = [
  createRequire(import.meta.url).resolve('tsx/cjs'),
  fileURLToPath(new URL('./gang-worker.ts', import.meta.url)),
]
  .map((path) => `require(${JSON.stringify(path)});`)
  .join('');
/** No thread of a gang takes this long unless it hangs outside of the port's bounded waits. */
const HANG_MS = 30_000;

/** Runs a program on `threads` real threads and returns the memory that they leave. */
export async function runGang<T>(
  program: GangProgram<T>,
  { threads, variant, seed, waitBoundMs = 10_000 }: GangOptions,
): Promise<GangResult<T>> {
  const { layout, waiters, parts } = createArena((builder) => program.createParts(builder, threads));
  const words = allocateWords(layout);
  const orders = Array.from({ length: threads }, (_, thread): GangOrder => {
    return { words, thread, threads, url: program.url, variant, seed, waitBoundMs };
  });
  const reports = await Promise.all(orders.map(runThread));
  return { m: new ThreadMemory(words, { waiters, layout }), parts, errors: reports.flatMap((report) => report ?? []) };
}

/** What the thread threw, if anything. */
function runThread(order: GangOrder): Promise<string | undefined> {
  return new Promise((resolve) => {
    const worker = new Worker(ENTRY, { eval: true, workerData: order });
    const settle = (error: string | undefined): void => {
      clearTimeout(timer);
      resolve(error);
    };
    const timer = setTimeout(() => {
      settle(`thread ${order.thread} hangs`);
      void worker.terminate();
    }, HANG_MS);
    worker.once('error', (error) => settle(error.message));
    worker.once('exit', () => settle(undefined));
  });
}
