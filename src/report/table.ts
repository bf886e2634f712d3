import { formatTable } from '../shared/text-table.ts';

/** A table of plain text, before it is known what it is shown in. */
export interface Table {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Indexes of columns that hold numbers. */
  readonly numbers: readonly number[];
}

export function tableText({ head, rows, numbers }: Table): string {
  return formatTable([head, ...rows], numbers);
}
