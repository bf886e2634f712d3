import type { SeriesStyle } from '../plot/series-style.ts';
import { escapeHtml } from './escape-html.ts';

export interface LegendLine {
  readonly label: string;
  readonly style: SeriesStyle;
  /** How the symbol is filled; null: the line has none. */
  readonly fill: string | null;
}

const SYMBOLS: Readonly<Record<SeriesStyle['symbol'], string>> = {
  circle: '<circle cx="18" cy="7" r="4.5"/>',
  square: '<path d="M14 3h8v8h-8z"/>',
  triangle: '<path d="M18 2.5l5 8.5h-10z"/>',
  diamond: '<path d="M18 2.5l3.5 4.5-3.5 4.5-3.5-4.5z"/>',
  star: '<path d="M18 2l1.3 3.3 3.5.2-2.7 2.3.9 3.5-3-1.9-3 1.9.9-3.5-2.7-2.3 3.5-.2z"/>',
  cross: '<path d="M16.5 3h3v2.5h2.5v3h-2.5v2.5h-3v-2.5h-2.5v-3h2.5z"/>',
};

/** What lines are of. */
export function lineLegendHtml(lines: readonly LegendLine[]): string {
  const items = lines.map(({ label, style: { color, dash, symbol }, fill }) => {
    const dashes = dash === '' ? '' : ` stroke-dasharray="${dash}"`;
    const mark = fill === null ? '' : `<g fill="${fill}" stroke="${color}" stroke-width="1.5">${SYMBOLS[symbol]}</g>`;
    const line = `<path d="M0 7h36" stroke="${color}" stroke-width="2"${dashes} fill="none"/>`;
    return item(`<svg viewBox="0 0 36 14" width="36" height="14" aria-hidden="true">${line}${mark}</svg>`, label);
  });
  return list(items);
}

/** What areas are of. */
export function areaLegendHtml(areas: readonly { readonly label: string; readonly color: string }[]): string {
  return list(
    areas.map(({ label, color }) => item(`<span class="swatch" style="background: ${color}"></span>`, label)),
  );
}

function item(sample: string, label: string): string {
  return `<li>${sample} ${escapeHtml(label)}</li>`;
}

function list(items: readonly string[]): string {
  return `<ul class="legend">${items.join('')}</ul>`;
}
