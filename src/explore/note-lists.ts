/** One ghost event as the program issued it. */
export interface Note {
  readonly event: number;
  readonly page: number;
  readonly value: number;
}

/** Numbers distinct lists of ghost events; list 0 is empty. */
export class NoteLists {
  readonly #ids = new Map<string, number>([['', 0]]);
  readonly #lists: (readonly Note[])[] = [[]];

  idOf(notes: readonly Note[]): number {
    if (notes.length === 0) return 0;
    const key = notes.map(({ event, page, value }) => `${event},${page},${value}`).join(';');
    const known = this.#ids.get(key);
    if (known !== undefined) return known;
    const id = this.#lists.length;
    this.#ids.set(key, id);
    this.#lists.push([...notes]);
    return id;
  }

  listOf(id: number): readonly Note[] {
    return this.#lists[id] as readonly Note[];
  }
}
