import { FONT_SIZE } from './render-plot.ts';

/** Width of a digit, in sizes of the font, and of the space between two labels. */
const EM = 0.6;

/** Ticks whose labels stand side by side without touching; later ones give way, but for the last. */
export function fittingTicks(
  ticks: readonly number[],
  position: (tick: number) => number,
  text: (tick: number) => string,
): readonly number[] {
  const kept: number[] = [];
  const clears = (tick: number, other: number | undefined): boolean =>
    other === undefined ||
    Math.abs(position(tick) - position(other)) >= (EM * FONT_SIZE * (text(tick).length + text(other).length + 1)) / 2;
  for (const tick of ticks) if (clears(tick, kept.at(-1))) kept.push(tick);
  return kept;
}
