import { InputError } from '../shared/input-error.ts';
import { inLine, shortJson } from './input-place.ts';
import { operationForms, operationNames, operationUsage } from './operation-forms.ts';
import type { ScenarioOperation, ScenarioOperationName } from './scenario.ts';
import { MAX_PAGES, MAX_RANGE_PAGES, PAGE_BYTES } from './scenario-limits.ts';

const NUMBER = '(?:0[xX][0-9a-fA-F]+|[0-9]+)';
const SINGLE = new RegExp(`^${NUMBER}$`);
const RANGE = new RegExp(`^(${NUMBER})\\.\\.(${NUMBER})$`);
const BITMAP = new RegExp(`^bitmap=(${NUMBER}(?:\\+${NUMBER})*)$`);

/** The last address of which a whole page is below the highest host virtual page. */
const MAX_ADDRESS = (MAX_PAGES - 1) * PAGE_BYTES;

/**
 * Reads one operation: its name and what belongs to it, divided by blanks. Whether the scenario has such a gfn, page or
 * slot is not looked at.
 *
 * @throws InputError with the place, and the operations or the form that would have been accepted
 */
export function parseOperation(text: string, line: number, file: string | null): ScenarioOperation {
  return inLine(file, line, () => {
    const words = text.split(/\s+/).filter((word) => word !== '');
    const [name, ...rest] = words;
    if (name === undefined) throw new InputError(`an empty operation; accepted: ${operationNames.join(', ')}`);
    if (!isOperationName(name)) {
      throw new InputError(`there is no operation ${shortJson(name)}; accepted: ${operationNames.join(', ')}`);
    }
    return parseNamed(name, new Words(name, rest), { text: words.join(' '), line });
  });
}

function isOperationName(name: string): name is ScenarioOperationName {
  return Object.hasOwn(operationForms, name);
}

function parseNamed(op: ScenarioOperationName, words: Words, place: { text: string; line: number }): ScenarioOperation {
  switch (op) {
    case 'createShadowRoot':
    case 'dropShadowPages':
    case 'vcpuExit':
    case 'flushTlb':
    case 'zapAll':
    case 'loadRoot':
    case 'putRoot':
      words.expectAtMost(0);
      return { op, ...place };
    case 'read':
    case 'write':
    case 'nestedRead':
    case 'nestedWrite':
    case 'smmRead':
    case 'smmWrite':
    case 'evictTlb':
    case 'splitHuge':
    case 'recoverHuge':
    case 'protectShadow':
      return { op, gfn: words.only('gfn', MAX_PAGES), ...place };
    case 'dirtyLogOn':
    case 'dirtyLogOff':
    case 'getDirtyLog':
    case 'clearDirtyLog':
    case 'addMemslot':
    case 'deleteMemslot':
      return { op, slot: words.only('slot', MAX_PAGES), ...place };
    case 'lruEvict':
      return { op, page: words.only('host page', MAX_PAGES), ...place };
    case 'damonMkold':
      return { op, address: words.only('address', MAX_ADDRESS + 1), ...place };
    case 'prefault':
    case 'clearFlushYoung':
    case 'lruWalk':
    case 'invalidate':
    case 'hostWrite':
    case 'hostProtect':
      words.expectAtMost(1);
      return { op, ...words.range(), ...place };
    case 'testYoung':
      words.expectAtMost(2);
      return { op, ...words.range(), bitmap: words.hasBitmap(), ...place };
    case 'clearYoung': {
      words.expectAtMost(2);
      const range = words.range();
      return { op, ...range, bitmap: words.selection(range), ...place };
    }
  }
}

interface Range {
  readonly start: number;
  readonly end: number;
}

/** What is written behind the name of an operation. */
class Words {
  readonly #name: ScenarioOperationName;
  readonly #words: readonly string[];

  constructor(name: ScenarioOperationName, words: readonly string[]) {
    this.#name = name;
    this.#words = words;
  }

  expectAtMost(count: number): void {
    const surplus = this.#words[count];
    if (surplus !== undefined) throw this.#wrong(`${shortJson(surplus)} is too much`);
  }

  /** The one number that is all there is, below `limit`. */
  only(what: string, limit: number): number {
    this.expectAtMost(1);
    const word = this.#word(0);
    if (!SINGLE.test(word)) throw this.#wrong(`${shortJson(word)} is no number, decimal or 0x…`);
    const value = Number(word);
    if (value >= limit) {
      throw new InputError(`${this.#name}: ${what} ${word} is too large; accepted: 0 … ${limit - 1}`);
    }
    return value;
  }

  range(): Range {
    const word = this.#word(0);
    const [, first, last] = RANGE.exec(word) ?? [];
    if (first === undefined) throw this.#wrong(`${shortJson(word)} is no range of pages`);
    const start = Number(first);
    const end = Number(last);
    if (start >= end) {
      throw this.#wrong(`${word} is an empty range`, ', where the end is not part of it and more than the start');
    }
    if (end > MAX_PAGES)
      throw new InputError(`${this.#name}: ${word} ends too high; accepted: pages below ${MAX_PAGES}`);
    if (end - start > MAX_RANGE_PAGES) {
      throw new InputError(
        `${this.#name}: ${word} has ${end - start} pages; accepted: at most ${MAX_RANGE_PAGES} pages`,
      );
    }
    return { start, end };
  }

  hasBitmap(): boolean {
    const word = this.#words[1];
    if (word !== undefined && word !== 'bitmap') throw this.#wrong(`${shortJson(word)} is not known`);
    return word === 'bitmap';
  }

  selection({ start, end }: Range): readonly number[] | null {
    const word = this.#words[1];
    if (word === undefined) return null;
    const [, list] = BITMAP.exec(word) ?? [];
    if (list === undefined) throw this.#wrong(`${shortJson(word)} selects no pages`);
    const pages = list.split('+').map(Number);
    for (const [index, page] of pages.entries()) {
      if (page < start || page >= end) {
        throw new InputError(`${this.#name}: page ${page} of the bitmap; accepted: ${start} … ${end - 1}`);
      }
      if (pages.indexOf(page) < index) {
        throw new InputError(`${this.#name}: page ${page} is twice in the bitmap; accepted: each page once`);
      }
    }
    return pages.sort((a, b) => a - b);
  }

  #word(index: number): string {
    const word = this.#words[index];
    if (word === undefined) throw this.#wrong('something is missing');
    return word;
  }

  #wrong(problem: string, explanation = ''): InputError {
    return new InputError(`${this.#name}: ${problem}; accepted: ${operationUsage(this.#name)}${explanation}`);
  }
}
