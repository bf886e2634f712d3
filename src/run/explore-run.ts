import { ExploreGauge, type ExploreReply, type ExploreTask } from '../explore/explore-task.ts';
import { Gang } from './gang.ts';

export interface ExploreRunOptions {
  readonly module: URL;
  readonly maxStates: number | null;
  readonly milliseconds: number | null;
  readonly signal: AbortSignal;
  readonly onProgress?: (gauges: Readonly<Float64Array>) => void;
}

const PROGRESS_EVERY_MS = 250;

/** Explores what a module exports, in a thread of its own, so that this one can show progress and stop it. */
export async function exploreModule(options: ExploreRunOptions): Promise<ExploreReply> {
  const control = new Int32Array(new SharedArrayBuffer(4));
  const gauges = new Float64Array(new SharedArrayBuffer(8 * Object.keys(ExploreGauge).length));
  const stop = (): void => {
    Atomics.store(control, 0, 1);
  };
  options.signal.addEventListener('abort', stop, { once: true });
  if (options.signal.aborted) stop();
  const gang = new Gang(1);
  const timer = setInterval(() => options.onProgress?.(gauges), PROGRESS_EVERY_MS);
  try {
    const { maxStates, milliseconds } = options;
    const task: ExploreTask = { module: options.module.href, maxStates, milliseconds, control, gauges };
    const outcome = await gang.start<ExploreTask, ExploreReply>('explore', 'explore', task).outcome;
    return outcome.status === 'returned' ? outcome.result : { problem: outcome.message };
  } finally {
    clearInterval(timer);
    await gang.end();
  }
}
