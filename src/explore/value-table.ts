/** Numbers distinct JSON-able values in order of arrival: what threads return, what they throw. */
export class ValueTable<Value> {
  readonly #ids = new Map<string, number>();
  readonly #values: Value[] = [];

  idOf(value: Value): number {
    // undefined has no JSON of its own at the top level.
    const key = JSON.stringify(value) ?? 'undefined';
    const known = this.#ids.get(key);
    if (known !== undefined) return known;
    const id = this.#values.length;
    this.#ids.set(key, id);
    this.#values.push(value);
    return id;
  }

  valueOf(id: number): Value {
    return this.#values[id] as Value;
  }

  get size(): number {
    return this.#values.length;
  }
}
