const SHORT_RANGE = 1.2;

/** Round numbers for a logarithmic axis: powers of ten, with 2 and 5 between them where that leaves few. */
export function logTicks(least: number, most: number, wanted = 5): readonly number[] {
  const decades = Math.log10(most / least);
  const factors = decades >= wanted ? [1] : decades >= wanted / 2 ? [1, 3] : [1, 2, 5];
  const ticks: number[] = [];
  for (let power = Math.floor(Math.log10(least)); power <= Math.ceil(Math.log10(most)); power++) {
    for (const factor of factors) {
      const tick = Number((factor * 10 ** power).toPrecision(6));
      if (tick >= least * 0.999 && tick <= most * 1.001) ticks.push(tick);
    }
  }
  return ticks;
}

/** The same for ratios: where they all are about 1, steps that tell them apart. */
export function ratioTicks(least: number, most: number): readonly number[] {
  const range = most / least;
  if (range > 4) return logTicks(least, most);
  const step = range < SHORT_RANGE ? 0.05 : range < 2 ? 0.2 : 0.5;
  const ticks: number[] = [];
  for (let tick = Math.ceil(least / step); tick * step <= most; tick++) ticks.push(Number((tick * step).toFixed(3)));
  return ticks;
}
