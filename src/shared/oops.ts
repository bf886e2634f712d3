/** What makes the kernel stop a thread where it is, with whatever it holds. */
export const oopsProperties = ['null-dereference', 'out-of-range'] as const;

export type OopsProperty = (typeof oopsProperties)[number];

/**
 * The kernel crashes here: the thread does nothing any more, and its locks stay held. Protocol code throws it and never
 * catches it.
 */
export class Oops extends Error {
  /** The property that the crash violates; the explorer reports it. */
  readonly property: OopsProperty;
  /** The host virtual page concerned. */
  readonly page: number;
  /** What the thread had answered before, and `oops`; filled in by whoever runs the thread. */
  value: readonly string[] = ['oops'];

  constructor(property: OopsProperty, page: number, message: string) {
    super(message);
    this.name = 'Oops';
    this.property = property;
    this.page = page;
  }
}

/** @throws Oops always */
export function crash(property: OopsProperty, page: number, message: string): never {
  throw new Oops(property, page, message);
}
