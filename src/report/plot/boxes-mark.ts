import type { MarkOptions, RenderFunction } from '@observablehq/plot';

/** A rectangle in the units of the plot's scales. */
export interface Box {
  readonly x1: number;
  readonly x2: number;
  readonly y1: number;
  readonly y2: number;
}

export interface BoxLayer {
  readonly fill: string;
  readonly boxes: readonly Box[];
}

type Scale = (value: number) => number;

/** Rectangles of one colour as one path each layer: a picture of ten thousand of them stays small. */
export function boxesMark(layers: readonly BoxLayer[]): RenderFunction & MarkOptions {
  return (_index, scales, _values, _dimensions, context) => {
    const x = scales.x as Scale;
    const y = scales.y as Scale;
    const { document } = context as unknown as { readonly document: SvgDocument };
    const group = document.createElementNS('http://www.w3.org/2000/svg', 'g');
    group.setAttribute('shape-rendering', 'crispEdges');
    for (const { fill, boxes } of layers) {
      if (boxes.length === 0) continue;
      const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
      path.setAttribute('fill', fill);
      path.setAttribute('d', boxes.map((box) => boxPath(box, x, y)).join(''));
      group.append(path);
    }
    return group as never;
  };
}

function boxPath({ x1, x2, y1, y2 }: Box, x: Scale, y: Scale): string {
  const left = shortened(x(x1));
  const top = shortened(Math.min(y(y1), y(y2)));
  const width = shortened(x(x2) - x(x1));
  const height = shortened(Math.abs(y(y2) - y(y1)));
  return `M${left} ${top}h${width}v${height}h${-width}z`;
}

function shortened(value: number): number {
  return Math.round(value * 100) / 100;
}

/** As much of a document as is needed here: the project is compiled without those of browsers. */
interface SvgDocument {
  createElementNS(namespace: string, name: string): SvgElement;
}

interface SvgElement {
  setAttribute(name: string, value: string): void;
  append(child: SvgElement): void;
}
