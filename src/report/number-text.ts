/** 1234567 as `1,234,567`. */
export function withSeparators(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

/** Nanoseconds with a unit that a reader can take in: `312 ns`, `4.2 µs`, `1.31 ms`, `2.05 s`. */
export function durationText(nanoseconds: number | null): string {
  if (nanoseconds === null) return '-';
  if (nanoseconds < 1e3) return `${Math.round(nanoseconds)} ns`;
  const [value, unit] =
    nanoseconds < 1e6
      ? [nanoseconds / 1e3, 'µs']
      : nanoseconds < 1e9
        ? [nanoseconds / 1e6, 'ms']
        : [nanoseconds / 1e9, 's'];
  return `${value.toPrecision(3)} ${unit}`;
}

/** `100 ns`, `3 µs`: without digits that a round number does not have. */
export function roundDurationText(nanoseconds: number): string {
  return durationText(nanoseconds).replace(/\.0+ /, ' ');
}

/** A ratio of times: `0.967`, `1.44`, `12.3`, `1,234`. */
export function ratioText(ratio: number): string {
  return ratio >= 999.5 ? withSeparators(ratio) : ratio.toPrecision(3);
}

/** `99.9`, `99.999`: as many digits as it takes to tell it from 100. */
export function percentileText(percentile: number): string {
  const digits = percentile >= 100 ? 0 : Math.max(0, Math.ceil(-Math.log10(100 - percentile) - 1e-9) + 1);
  return String(Number(percentile.toFixed(digits)));
}
