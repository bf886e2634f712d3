import type { GhostWords } from '../verify/monitor.ts';
import { grown, RowTable } from './row-table.ts';

const INITIAL_COLUMNS = 2;

/**
 * Numbers the distinct contents of memory and ghost words (collapse compression): a state holds one number for all of
 * them. A content is stored as its difference from the initial one, in *live columns* only: cells that some step has
 * changed, found as the search goes.
 */
export class StoreTable {
  /** The content being worked on: the program's words, the memory model's, then ghost cells. */
  readonly words: Int32Array;
  readonly #initial: Int32Array;
  readonly #wordColumn: Int32Array;
  #ghosts = new Int32Array(INITIAL_COLUMNS);
  /** What each column holds: a word, or -1 - a ghost cell. */
  readonly #columns: number[] = [];
  readonly #ghostCells = new Map<string, number>();
  readonly #table = new RowTable(INITIAL_COLUMNS);
  #row = new Int32Array(INITIAL_COLUMNS);

  constructor(initial: Int32Array) {
    this.#initial = initial;
    this.words = initial.slice();
    this.#wordColumn = new Int32Array(initial.length).fill(-1);
  }

  get count(): number {
    return this.#table.count;
  }

  get bytes(): number {
    return this.#table.bytes;
  }

  /** Loads a content into `words` and the ghost cells. */
  load(store: number): void {
    const { rows, stride } = this.#table;
    const columns = this.#columns;
    for (let i = 0; i < columns.length; i++) {
      const cell = columns[i] as number;
      const difference = rows[store * stride + i] as number;
      if (cell >= 0) this.words[cell] = (this.#initial[cell] as number) + difference;
      else this.#ghosts[-1 - cell] = difference;
    }
  }

  /** Says that the step may have changed these words. */
  touch(word: number, count: number): void {
    for (let i = word; i < word + count; i++) {
      if (this.#wordColumn[i] !== -1 || this.words[i] === this.#initial[i]) continue;
      this.#wordColumn[i] = this.#addColumn(i);
    }
  }

  /** The number of the content now in `words` and the ghost cells. */
  intern(): number {
    const columns = this.#columns;
    const row = this.#row;
    for (let i = 0; i < columns.length; i++) {
      const cell = columns[i] as number;
      row[i] =
        cell >= 0
          ? (this.words[cell] as number) - (this.#initial[cell] as number)
          : (this.#ghosts[-1 - cell] as number);
    }
    return this.#table.intern(row);
  }

  /** The word that has taken most values, with their number; undefined if no word has changed. */
  busiestWord(): { readonly word: number; readonly values: number } | undefined {
    const { rows, stride, count } = this.#table;
    let busiest: { word: number; values: number } | undefined;
    this.#columns.forEach((word, column) => {
      if (word < 0) return;
      const seen = new Set<number>();
      for (let row = 0; row < count; row++) seen.add(rows[row * stride + column] as number);
      if (busiest === undefined || seen.size > busiest.values) busiest = { word, values: seen.size };
    });
    return busiest;
  }

  /** The ghost words of one monitor. */
  ghostWords(monitor: number): GhostWords {
    return {
      get: (index) => {
        const cell = this.#ghostCells.get(`${monitor} ${index}`);
        return cell === undefined ? 0 : (this.#ghosts[cell] as number);
      },
      set: (index, value) => {
        // A cell that does not exist yet reads as 0. Finding it may replace the array, so that comes first.
        if (value === 0 && !this.#ghostCells.has(`${monitor} ${index}`)) return;
        const cell = this.#ghostCell(monitor, index);
        this.#ghosts[cell] = value;
      },
    };
  }

  #ghostCell(monitor: number, index: number): number {
    const key = `${monitor} ${index}`;
    const known = this.#ghostCells.get(key);
    if (known !== undefined) return known;
    const cell = this.#ghostCells.size;
    if (cell >= this.#ghosts.length) this.#ghosts = grown(this.#ghosts, 2 * cell);
    this.#ghostCells.set(key, cell);
    this.#addColumn(-1 - cell);
    return cell;
  }

  #addColumn(cell: number): number {
    const column = this.#columns.push(cell) - 1;
    if (column >= this.#table.stride) {
      this.#table.widen(2 * column);
      this.#row = grown(this.#row, 2 * column);
    }
    return column;
  }
}
