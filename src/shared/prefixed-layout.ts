import { LayoutBuilder, type RegionSpec } from './layout.ts';
import type { Word } from './memory.ts';

/** Lays words out as a part of a larger arena: their names begin with a prefix. */
export class PrefixedLayout extends LayoutBuilder {
  readonly #whole: LayoutBuilder;
  readonly #prefix: string;

  constructor(whole: LayoutBuilder, prefix: string) {
    super();
    this.#whole = whole;
    this.#prefix = prefix;
  }

  override region(spec: RegionSpec): Word {
    const { name, wordName } = spec;
    return this.#whole.region({
      ...spec,
      name: this.#prefix + name,
      ...(wordName && { wordName: (index, read) => this.#prefix + wordName(index, read) }),
    });
  }
}
