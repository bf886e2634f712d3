import type { Word } from './memory.ts';
import { formatTable } from './text-table.ts';

/** *shared*: any thread, any time. *private*: one thread only. *constant*: not written after setup. */
export type WordClass = 'shared' | 'private' | 'constant';

export interface RegionSpec {
  readonly name: string;
  /** How many words. */
  readonly count: number;
  readonly wordClass: WordClass;
  readonly meaning: string;
  /** The only thread that touches a private region. */
  readonly owner?: string;
  /** Starts the region on a cache line of its own, so that threads do not share it by accident. */
  readonly padded?: boolean;
  /** Names a word of the region. `read` looks up other words, for names that depend on the state. */
  readonly wordName?: (index: number, read: ReadWord) => string;
}

export interface Region extends RegionSpec {
  readonly offset: Word;
}

export type ReadWord = (word: Word) => number;

const WORDS_PER_CACHE_LINE = 16;

/** Hands out consecutive words of an arena and remembers what they mean. */
export class LayoutBuilder {
  /** Word 0 is never handed out: 0 means "none" wherever a word index is passed. */
  #next = 1;
  readonly #regions: Region[] = [];

  /** Reserves a region and returns its first word. */
  region(spec: RegionSpec): Word {
    if (!Number.isSafeInteger(spec.count) || spec.count < 0) {
      throw new RangeError(`region ${spec.name}: ${spec.count} is not a number of words`);
    }
    if (spec.padded) this.#alignToCacheLine();
    const offset = this.#next;
    this.#next += spec.count;
    if (spec.padded) this.#alignToCacheLine();
    this.#regions.push(Object.freeze({ ...spec, offset }));
    return offset;
  }

  build(): Layout {
    return new Layout([...this.#regions], this.#next);
  }

  #alignToCacheLine(): void {
    this.#next = Math.ceil(this.#next / WORDS_PER_CACHE_LINE) * WORDS_PER_CACHE_LINE;
  }
}

/** What each word of an arena means: the table behind every name in a trace or report. */
export class Layout {
  readonly regions: readonly Region[];
  /** Size of the arena in 32-bit words. */
  readonly wordCount: number;

  constructor(regions: readonly Region[], wordCount: number) {
    this.regions = regions;
    this.wordCount = wordCount;
  }

  regionOf(word: Word): Region | undefined {
    let low = 0;
    let high = this.regions.length - 1;
    while (low <= high) {
      const middle = (low + high) >>> 1;
      const region = this.regions[middle] as Region;
      if (word < region.offset) high = middle - 1;
      else if (word >= region.offset + region.count) low = middle + 1;
      else return region;
    }
    return undefined;
  }

  /** The word's name, such as `mmuLock.cnts` or `spte[gfn 3]`. */
  nameOf(word: Word, read: ReadWord = () => 0): string {
    const region = this.regionOf(word);
    if (region === undefined) return `unused[${word}]`;
    const index = word - region.offset;
    if (region.wordName !== undefined) return region.wordName(index, read);
    return region.count === 1 ? region.name : `${region.name}[${index}]`;
  }

  /** The layout as a table, one region a line. */
  toString(): string {
    const rows = this.regions.map((region) => [
      region.name,
      String(region.offset),
      String(region.count),
      region.owner === undefined ? region.wordClass : `${region.wordClass} (${region.owner})`,
      region.meaning,
    ]);
    return formatTable([['name', 'offset', 'words', 'class', 'meaning'], ...rows]);
  }
}
