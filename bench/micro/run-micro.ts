import { figures } from './figures.ts';
import { median, type Pair, runFigure } from './run-figure.ts';

/** Each figure is measured in this many fresh workers. */
export const RUNS = 5;

/** One hot path beside a bare loop of the same run: medians of the runs, in nanoseconds. */
export interface MicroResult {
  readonly title: string;
  readonly baseline: string;
  readonly measuredNs: number;
  readonly bareNs: number;
  readonly compares: 'ratio' | 'difference';
  readonly compared: number;
  readonly least: number;
  readonly most: number;
  readonly target: number;
  readonly met: boolean;
}

export async function runMicro(): Promise<readonly MicroResult[]> {
  const results: MicroResult[] = [];
  for (const [name, { title, baseline, compares, target }] of Object.entries(figures)) {
    const runs: (readonly Pair[])[] = [];
    for (let run = 0; run < RUNS; run++) runs.push(await runFigure(name));
    const compare = ({ measured, bare }: Pair): number =>
      compares === 'difference' ? measured - bare : measured / bare;
    const compared = runs.map((pairs) => median(pairs.map(compare)));
    const result = median(compared);
    results.push({
      title,
      baseline,
      measuredNs: median(runs.map((pairs) => median(pairs.map(({ measured }) => measured)))),
      bareNs: median(runs.map((pairs) => median(pairs.map(({ bare }) => bare)))),
      compares,
      compared: result,
      least: Math.min(...compared),
      most: Math.max(...compared),
      target,
      met: result <= target,
    });
  }
  return results;
}
