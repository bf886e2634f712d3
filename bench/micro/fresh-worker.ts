import type { Loop } from './figure.ts';
import { figures } from './figures.ts';
import { PAGES } from './machine.ts';

/** Measures one figure in a thread that has run nothing else: one type feedback, one heap. */

export interface Pair {
  /** Nanoseconds a page. */
  readonly measured: number;
  readonly bare: number;
}

const WARM_UP_MS = 400;
const SAMPLE_MS = 20;
const SAMPLES = 15;

let sink = 0;

/** Nanoseconds a page, over about `ms` of passes. */
function sample(loop: Loop, ms: number): number {
  let elapsed = 0;
  let passes = 0;
  while (elapsed < ms) {
    loop.prepare?.();
    const began = performance.now();
    sink += loop.pass();
    elapsed += performance.now() - began;
    passes++;
  }
  return (elapsed * 1e6) / (passes * PAGES);
}

export default function freshWorker(name: string): readonly Pair[] {
  const figure = figures[name];
  if (figure === undefined) throw new RangeError(`no figure ${name}`);
  const { measured, bare } = figure.create();
  sample(bare, WARM_UP_MS);
  sample(measured, WARM_UP_MS);
  // In turn, so that both see the machine in the same state.
  const pairs = Array.from({ length: SAMPLES }, () => ({
    measured: sample(measured, SAMPLE_MS),
    bare: sample(bare, SAMPLE_MS),
  }));
  // Whoever looks at the sums keeps the engine from dropping the loops.
  if (Number.isNaN(sink)) throw new RangeError('a loop summed up to no number');
  return pairs;
}
