/**
 * Identical threads are interchangeable: of the states that differ only in which of them is where, one stands for all.
 * Sound only if no thread's identity is in memory or in ghost words.
 */
export class Symmetry {
  /** Groups of at least two columns of a state row whose threads are identical. */
  readonly groups: readonly (readonly number[])[];

  /** `sameAs` names, for each thread, the first one that runs the same program. */
  constructor(sameAs: readonly number[]) {
    const columns = new Map<number, number[]>();
    sameAs.forEach((representative, thread) => {
      columns.set(representative, [...(columns.get(representative) ?? []), thread + 1]);
    });
    this.groups = [...columns.values()].filter((group) => group.length > 1);
  }

  /** Undefined where no two threads are identical. */
  static of(sameAs: readonly number[]): Symmetry | undefined {
    const symmetry = new Symmetry(sameAs);
    return symmetry.groups.length > 0 ? symmetry : undefined;
  }

  /**
   * Brings the row into its canonical order. `marks` has a bit for each thread that the caller follows (the one that
   * ran last, those asleep); the result marks the threads that they have become.
   */
  sort(row: Int32Array, marks: number): number {
    let marked = marks << 1;
    for (const group of this.groups) {
      // Insertion sort: groups are small and, after one step, nearly sorted.
      for (let i = 1; i < group.length; i++) {
        for (let j = i; j > 0; j--) {
          const left = group[j - 1] as number;
          const right = group[j] as number;
          const smaller = row[right] as number;
          if ((row[left] as number) <= smaller) break;
          row[right] = row[left] as number;
          row[left] = smaller;
          const differ = ((marked >>> left) ^ (marked >>> right)) & 1;
          marked ^= (differ << left) | (differ << right);
        }
      }
    }
    return marked >>> 1;
  }

  /** All different rows that the canonical row stands for. */
  orbit(row: Int32Array): Int32Array[] {
    let rows: Int32Array[] = [row.slice()];
    for (const group of this.groups) rows = rows.flatMap((one) => arrangements(one, group));
    return rows;
  }
}

/** The different rows that permuting these columns leads to. */
function arrangements(row: Int32Array, columns: readonly number[]): Int32Array[] {
  const [column, ...others] = columns;
  if (column === undefined) return [row];
  const tried = new Set<number>();
  const rows: Int32Array[] = [];
  for (const from of columns) {
    const value = row[from] as number;
    if (tried.has(value)) continue;
    tried.add(value);
    const swapped = row.slice();
    swapped[from] = row[column] as number;
    swapped[column] = value;
    rows.push(...arrangements(swapped, others));
  }
  return rows;
}
