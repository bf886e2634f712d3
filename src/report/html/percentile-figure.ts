import type { LatencyCurve } from '../../run/latency.ts';
import { curveTable } from '../bench-tables.ts';
import { withSeparators } from '../number-text.ts';
import { percentilePlot } from '../plot/percentile-plot.ts';
import { seriesStyle } from '../plot/series-style.ts';
import { figureHtml } from './figure-html.ts';
import { lineLegendHtml } from './legend-html.ts';

export interface NamedCurve {
  /** Of the variant. */
  readonly name: string;
  /** Of its looks. */
  readonly index: number;
  readonly curve: LatencyCurve;
}

/** Curves of one kind of latency, one a variant; null where nothing was measured. */
export function percentileFigure(title: string, curves: readonly NamedCurve[]): string | null {
  const measured = curves.filter(({ curve }) => curve.points.length > 0);
  if (measured.length === 0) return null;
  return figureHtml({
    title,
    picture: percentilePlot(`${title}: latency against percentile`, measured),
    legend: lineLegendHtml(
      measured.map(({ name, index, curve }) => ({
        label: `${name} (${withSeparators(curve.count)})`,
        style: seriesStyle(index),
        fill: null,
      })),
    ),
    table: curveTable(curves),
  });
}
