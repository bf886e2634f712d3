import { formatTable } from '../src/shared/text-table.ts';
import { figures } from './micro/figures.ts';
import { median, type Pair, runFigure } from './micro/run-figure.ts';

/** Each figure is measured in this many fresh workers. */
const RUNS = 5;

const rows: string[][] = [['figure', 'measured', 'bare', 'compared', 'spread', 'target', '']];
let missed = 0;
for (const [name, figure] of Object.entries(figures)) {
  const runs: (readonly Pair[])[] = [];
  for (let run = 0; run < RUNS; run++) runs.push(await runFigure(name));
  const compare = ({ measured, bare }: Pair): number =>
    figure.compares === 'difference' ? measured - bare : measured / bare;
  const measured = runs.map((pairs) => median(pairs.map((pair) => pair.measured)));
  const bare = runs.map((pairs) => median(pairs.map((pair) => pair.bare)));
  const compared = runs.map((pairs) => median(pairs.map(compare)));
  const result = median(compared);
  const met = result <= figure.target;
  if (!met) missed++;
  const unit = figure.compares === 'difference' ? ' ns' : '';
  rows.push([
    figure.title,
    `${median(measured).toFixed(1)} ns`,
    `${median(bare).toFixed(1)} ns`,
    result.toFixed(2) + unit,
    `${Math.min(...compared).toFixed(2)} … ${Math.max(...compared).toFixed(2)}`,
    `≤ ${figure.target}${unit}`,
    met ? 'met' : 'MISSED',
  ]);
}
process.stdout.write(`${formatTable(rows, [1, 2, 3, 4, 5])}\n`);
process.stdout.write(`medians of ${RUNS} fresh workers each; Node ${process.version}\n`);
process.exitCode = missed === 0 ? 0 : 1;
