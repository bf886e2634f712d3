import { fileURLToPath } from 'node:url';
import { Piscina } from 'piscina';
import { workerExecArgv } from '../../src/run/worker-files.ts';
import type { Pair } from './fresh-worker.ts';

export type { Pair };

export async function runFigure(name: string): Promise<readonly Pair[]> {
  const pool = new Piscina({
    filename: fileURLToPath(
      new URL(import.meta.url.endsWith('.ts') ? './fresh-worker.ts' : './fresh-worker.js', import.meta.url),
    ),
    minThreads: 1,
    maxThreads: 1,
    execArgv: workerExecArgv(),
  });
  try {
    return await pool.run(name);
  } finally {
    await pool.destroy();
  }
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? Number.NaN;
}
