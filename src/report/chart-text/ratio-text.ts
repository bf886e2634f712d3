import type { Estimate } from '../../run/bench-result.ts';
import { formatTable } from '../../shared/text-table.ts';
import { ratioText } from '../number-text.ts';

export interface RatioTextLine extends Pick<Estimate, 'ratio' | 'low' | 'high'> {
  readonly label: string;
}

const WIDTH = 41;

/** Ratios with their intervals on a logarithmic axis, a line each: `|` is 1, `o` the median, `-` the interval. */
export function ratiosText(lines: readonly RatioTextLine[]): string {
  const low = Math.min(1, ...lines.map((line) => line.low)) / 1.02;
  const high = Math.max(1, ...lines.map((line) => line.high)) * 1.02;
  const column = (ratio: number): number => Math.round(((WIDTH - 1) * Math.log(ratio / low)) / Math.log(high / low));
  const rows = lines.map(({ label, ...line }) => [
    label,
    bar(line, column),
    ratioText(line.ratio),
    `${ratioText(line.low)} – ${ratioText(line.high)}`,
  ]);
  const scale = ratioText(low).padEnd(WIDTH - ratioText(high).length) + ratioText(high);
  return formatTable([['', scale, 'ratio', 'interval'], ...rows], [2]);
}

function bar({ ratio, low, high }: Omit<RatioTextLine, 'label'>, column: (ratio: number) => number): string {
  const cells = new Array<string>(WIDTH).fill(' ');
  cells[column(1)] = '|';
  for (let at = column(low); at <= column(high); at++) cells[at] = at === column(1) ? '+' : '-';
  cells[column(ratio)] = 'o';
  return cells.join('').trimEnd();
}
