/** Runs one pass of a figure; each handles `PAGES` pages. `prepare` is not timed. */
export interface Loop {
  readonly prepare?: () => void;
  readonly pass: () => number;
}

/** A cost, the bare loop it is measured beside, and what it is allowed to be. */
export interface Figure {
  readonly title: string;
  readonly baseline: string;
  /** `ratio` of the two, or their `difference` in nanoseconds; at most `target`. */
  readonly compares: 'ratio' | 'difference';
  readonly target: number;
  readonly create: () => { readonly measured: Loop; readonly bare: Loop };
}
