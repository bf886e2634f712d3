import { plot } from 'simple-ascii-chart';

export interface AsciiSeries {
  readonly label: string;
  readonly points: readonly (readonly [x: number, y: number])[];
}

export interface AsciiAxis {
  readonly label: string;
  readonly least: number;
  readonly most: number;
  readonly ticks: readonly number[];
  readonly text: (tick: number) => string;
}

const WIDTH = 64;
const HEIGHT = 14;
/** One a series, so that they can be told apart without colour. */
const SYMBOLS = ['o', 'x', '+', '*', '#', '%', '@'];

/**
 * A chart made of letters, both axes logarithmic; lines run from point to point unless `onlyPoints`. Where series meet, the
 * first one is seen.
 */
export function asciiChart(series: readonly AsciiSeries[], x: AsciiAxis, y: AsciiAxis, onlyPoints = false): string {
  const lines = series.map(({ points }) => {
    const logged = points.map(([px, py]): Point => [Math.log10(px), Math.log10(py)]);
    return onlyPoints ? logged : atEachColumn(logged, Math.log10(x.least), Math.log10(x.most));
  });
  // The library does not tell whose point it draws.
  const symbolOf = new Map<string, string>();
  for (const [index, points] of [...lines.entries()].reverse()) {
    for (const point of points) symbolOf.set(point.join(), SYMBOLS[index % SYMBOLS.length] ?? 'o');
  }
  const corner: Point[] = [
    [Math.log10(x.least), Math.log10(y.least)],
    [Math.log10(x.most), Math.log10(y.most)],
  ];
  const chart = plot([corner, ...lines.toReversed()], {
    width: WIDTH,
    height: HEIGHT,
    customXAxisTicks: x.ticks.map(Math.log10),
    customYAxisTicks: y.ticks.map(Math.log10),
    formatter: (value, { axis }) => (axis === 'x' ? x : y).text(Number((10 ** value).toPrecision(6))),
    lineFormatter: ({ x: px, y: py, plotX, plotY }) => ({
      x: plotX,
      y: plotY,
      symbol: symbolOf.get([px, py].join()) ?? ' ',
    }),
    symbols: { axis: { n: '│', e: '─' } },
  });
  const legend = series.map(({ label }, index) => `${SYMBOLS[index % SYMBOLS.length]} ${label}`).join('   ');
  const rows = chart.split('\n').map((row) => row.trimEnd());
  return [`${y.label} (up) by ${x.label}`, ...rows.filter((row) => row !== ''), legend].join('\n');
}

type Point = [x: number, y: number];

/** Steps between points as a curve of percentiles has them: each column has the value of the next point. */
function atEachColumn(points: readonly Point[], least: number, most: number): Point[] {
  const last = points.at(-1)?.[0] ?? least;
  return Array.from({ length: WIDTH }, (_, column) => least + ((most - least) * column) / (WIDTH - 1)).flatMap((x) => {
    const next = points.find(([px]) => px >= x - 1e-9);
    return x > last + 1e-9 || next === undefined ? [] : [[x, next[1]] as Point];
  });
}
