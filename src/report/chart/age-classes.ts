import type { PageAgeMap } from '../../stress/page-ages.ts';

/** Shades of a heat map. */
export const AGE_CLASSES = 8;

/** Ages in classes, each about three times as old as the one before. */
export interface AgeClasses {
  /** Lower bounds in milliseconds of all classes but the first, ascending. */
  readonly bounds: readonly number[];
  readonly labels: readonly string[];
}

/** Classes for several maps, so that a shade means the same in each. */
export function ageClasses(maps: readonly PageAgeMap[]): AgeClasses {
  let oldest = 0;
  for (const { agesMs } of maps) for (const ages of agesMs) for (const age of ages) oldest = Math.max(oldest, age);
  let top = 0;
  while (boundAt(top) < oldest) top++;
  const bounds = Array.from({ length: AGE_CLASSES - 1 }, (_, index) => boundAt(top - AGE_CLASSES + 1 + index));
  const texts = bounds.map(msText);
  const between = texts.slice(1).map((text, index) => `${texts[index]} – ${text}`);
  return { bounds, labels: [`under ${texts[0]}`, ...between, `over ${texts.at(-1)}`] };
}

export function ageClassOf(ageMs: number, { bounds }: AgeClasses): number {
  const index = bounds.findIndex((bound) => ageMs < bound);
  return index === -1 ? bounds.length : index;
}

/** 0.1, 0.3, 1, 3 … ms. */
function boundAt(index: number): number {
  const power = Math.floor(index / 2);
  return Number(((index - 2 * power === 1 ? 3 : 1) * 10 ** power).toPrecision(3));
}

function msText(ms: number): string {
  if (ms >= 1000) return `${ms / 1000} s`;
  return ms < 1 ? `${Number((ms * 1000).toPrecision(3))} µs` : `${ms} ms`;
}
