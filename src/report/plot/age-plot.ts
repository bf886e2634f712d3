import { axisX, axisY, frame } from '@observablehq/plot';
import type { PageAgeMap } from '../../stress/page-ages.ts';
import { AGE_CLASSES, type AgeClasses, ageClassOf } from '../chart/age-classes.ts';
import { withSeparators } from '../number-text.ts';
import { type Box, boxesMark } from './boxes-mark.ts';
import { FONT_SIZE, renderPlot } from './render-plot.ts';

const WIDTH = 430;
const HEIGHT = 320;
const MARGIN = { marginLeft: 64, marginRight: 18, marginTop: 26, marginBottom: 46 };

/** Age of pages over time: a shade for each class of ages, a column a moment, a row a bin of neighbouring pages. */
export function agePlot(label: string, map: PageAgeMap, classes: AgeClasses): string {
  const end = map.momentsMs.at(-1) ?? 1;
  const layers = Array.from({ length: AGE_CLASSES }, (_, index) => ({
    fill: `var(--heat-${index})`,
    boxes: boxesOfClass(map, classes, index),
  }));
  return renderPlot(
    { label, width: WIDTH, height: HEIGHT },
    {
      ...MARGIN,
      x: { type: 'linear', domain: [0, end / 1000] },
      y: { type: 'linear', domain: [0, map.pages] },
      marks: [
        boxesMark(layers),
        frame({ stroke: 'var(--line)' }),
        axisX({
          label: 'time since the run began, s',
          labelArrow: 'none',
          labelAnchor: 'center',
          ticks: 6,
          fontSize: FONT_SIZE,
        }),
        axisY({ label: 'host page', labelArrow: 'none', ticks: 6, tickFormat: withSeparators, fontSize: FONT_SIZE }),
      ],
    },
  );
}

/** Neighbouring moments of a bin that are of the same class are one box. */
function boxesOfClass(
  { momentsMs, agesMs, pagesPerBin, pages }: PageAgeMap,
  classes: AgeClasses,
  wanted: number,
): Box[] {
  const boxes: Box[] = [];
  const bins = agesMs[0]?.length ?? 0;
  for (let bin = 0; bin < bins; bin++) {
    const place = { y1: bin * pagesPerBin, y2: Math.min(pages, (bin + 1) * pagesPerBin) };
    let from: number | null = null;
    for (let moment = 0; moment <= momentsMs.length; moment++) {
      const age = agesMs[moment]?.[bin];
      const isWanted = age !== undefined && ageClassOf(age, classes) === wanted;
      const began = (momentsMs[moment - 1] ?? 0) / 1000;
      if (isWanted) from ??= began;
      else if (from !== null) {
        boxes.push({ ...place, x1: from, x2: began });
        from = null;
      }
    }
  }
  return boxes;
}
