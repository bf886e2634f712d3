import type { Table } from '../table.ts';
import { escapeHtml } from './escape-html.ts';
import { tableHtml } from './table-html.ts';

export interface Figure {
  readonly title: string;
  /** SVG. */
  readonly picture: string;
  /** HTML. */
  readonly legend: string;
  readonly note?: string;
  /** The same in figures. */
  readonly table: Table;
  /** Too wide to be shrunk to a phone's screen: it scrolls in a box of its own instead. */
  readonly isWide?: boolean;
}

/** A picture with its title, legend and figures. */
export function figureHtml({ title, picture, legend, note, table, isWide = false }: Figure): string {
  const box = isWide
    ? `class="picture wide scroll" tabindex="0" role="region" aria-label="${escapeHtml(title)}"`
    : 'class="picture"';
  return `<figure>
<figcaption>${escapeHtml(title)}</figcaption>
${legend}
<div ${box}>${picture}</div>
${note === undefined ? '' : `<p class="remark">${escapeHtml(note)}</p>`}
<details class="figures"><summary>in figures</summary>${tableHtml(table)}</details>
</figure>`;
}

/** Figures side by side, as many as there is room for. */
export function figuresHtml(figures: readonly string[]): string {
  return `<div class="gallery">\n${figures.join('\n')}\n</div>`;
}
