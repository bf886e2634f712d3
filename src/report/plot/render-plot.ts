import { type Markish, type PlotOptions, plot } from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import { escapeHtml } from '../html/escape-html.ts';

/** Of letters in charts, in the units of their view box. */
export const FONT_SIZE = 13;

export interface PlotText {
  /** What the picture shows, for readers who do not see it. */
  readonly label: string;
  readonly width: number;
  readonly height: number;
}

/**
 * A plot as an SVG element in HTML. Its colours are variables of the page's style sheet, and it is as wide as the page lets
 * it be: the size that it is drawn in is that of its view box.
 */
export function renderPlot(
  { label, width, height }: PlotText,
  { marks, ...options }: PlotOptions & { readonly marks: Markish[] },
): string {
  const { document } = parseHTML('<!doctype html><html></html>');
  const svg = plot({
    ...options,
    marks,
    document,
    width,
    height,
    className: 'plot',
    style: { fontSize: `${FONT_SIZE}px` },
  });
  // The page has its own style sheet; one in each picture would apply to all of them.
  svg.querySelector('style')?.remove();
  for (const name of ['width', 'height', 'font-family']) svg.removeAttribute(name);
  // Not by the library, which leaves `<` and `>` in attributes as they are.
  return `<svg role="img" aria-label="${escapeHtml(label)}"${withShortNumbers(svg.outerHTML).slice('<svg'.length)}`;
}

/** Hundredths of a unit are below what can be seen. Only attributes of geometry are touched, no text. */
function withShortNumbers(html: string): string {
  return html.replace(/ (?:d|x|y|x1|x2|y1|y2|cx|cy|r|width|height|transform)="[^"]*"/g, (attribute) =>
    attribute.replace(/-?\d+\.\d{3,}(?:e-\d+)?/g, (number) => String(Number(Number(number).toFixed(2)))),
  );
}
