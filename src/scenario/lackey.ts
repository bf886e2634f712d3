import { InputError } from '../shared/input-error.ts';
import { AccessStore, MAX_ACCESSES } from './access-store.ts';
import { MAX_PAGES, PageNumbering } from './page-numbering.ts';

/** The page accesses of a real program, in their order. */
export interface ProgramTrace {
  /** One word an access, on shared memory: `page << 1 | write`. Pages count from 0 in order of first touch. */
  readonly accesses: Int32Array;
  readonly count: number;
  readonly pages: number;
  readonly writtenPages: number;
  readonly reads: number;
  readonly writes: number;
}

export interface LackeyLimits {
  readonly accesses?: number;
  readonly pages?: number;
}

/** Largest access that a trace may have. Lackey itself stays at or below 512 bytes. */
export const MAX_ACCESS_BYTES = 2 ** 20;

/** Lackey's own lines are shorter; a longer one is something else, and is not kept. */
const MAX_LINE_BYTES = 128;
const PAGE_BYTES = 4096;
const PAGES_IN_64_BITS = 2 ** 52;
/** Hex digits of an address within its page. */
const OFFSET_DIGITS = 3;
const MAX_ADDRESS_DIGITS = 16;
/** Up to this many digits the page's number fits into the integers that the engine is fast with. */
const SHORT_ADDRESS_DIGITS = 10;

const NEWLINE = 0x0a;
const RETURN = 0x0d;
const SPACE = 0x20;
const COMMA = 0x2c;
const ZERO = 0x30;
const LETTER_I = 0x49;
const LETTER_L = 0x4c;
const LETTER_M = 0x4d;
const LETTER_S = 0x53;

const NO_DIGIT = 16;
const HEX_DIGITS = new Uint8Array(256).fill(NO_DIGIT);
for (let digit = 0; digit < 16; digit++) {
  const text = digit.toString(16);
  HEX_DIGITS[text.charCodeAt(0)] = digit;
  HEX_DIGITS[text.toUpperCase().charCodeAt(0)] = digit;
}

/**
 * Decodes what `valgrind --tool=lackey --trace-mem=yes` prints, fed in pieces of any size: instruction fetches
 * (`I  addr,size`) and loads (` L addr,size`) are reads, stores (` S`) and modifies (` M`) are writes, and all other
 * lines belong to valgrind or to the program and are skipped.
 */
export class LackeyDecoder {
  readonly #store: AccessStore;
  readonly #numbering: PageNumbering;
  /** The last line of the previous piece, which the next one continues. */
  readonly #partial = new Uint8Array(MAX_LINE_BYTES + 1);
  #partialLength = 0;
  #line = 0;
  #count = 0;
  #writes = 0;
  #written = new Uint8Array(1024);
  #writtenPages = 0;

  constructor(limits: LackeyLimits = {}) {
    this.#store = new AccessStore(limits.accesses ?? MAX_ACCESSES);
    this.#numbering = new PageNumbering(limits.pages ?? MAX_PAGES);
  }

  push(piece: Uint8Array): void {
    const firstEnd = this.#partialLength === 0 ? 0 : piece.indexOf(NEWLINE) + 1;
    if (this.#partialLength > 0) {
      this.#keep(piece.subarray(0, firstEnd === 0 ? piece.length : firstEnd));
      if (firstEnd === 0) return;
      this.#finishPartialLine();
    }
    const lastEnd = piece.lastIndexOf(NEWLINE) + 1;
    if (lastEnd > firstEnd) this.#decodeLines(piece, firstEnd, lastEnd);
    this.#keep(piece.subarray(Math.max(firstEnd, lastEnd)));
  }

  /** Ends the trace, whose last line need not end in a newline. */
  finish(): ProgramTrace {
    if (this.#partialLength > 0) {
      this.#keep(Uint8Array.of(NEWLINE));
      this.#finishPartialLine();
    }
    return {
      accesses: this.#store.words.subarray(0, this.#count),
      count: this.#count,
      pages: this.#numbering.count,
      writtenPages: this.#writtenPages,
      reads: this.#count - this.#writes,
      writes: this.#writes,
    };
  }

  /** Of a line that is too long only the length counts. */
  #keep(bytes: Uint8Array): void {
    const room = MAX_LINE_BYTES - this.#partialLength;
    if (bytes.length <= room) this.#partial.set(bytes, this.#partialLength);
    this.#partialLength = Math.min(this.#partialLength + bytes.length, MAX_LINE_BYTES + 1);
  }

  #finishPartialLine(): void {
    if (this.#partialLength <= MAX_LINE_BYTES) this.#decodeLines(this.#partial, 0, this.#partialLength);
    else this.#line++;
    this.#partialLength = 0;
  }

  /** Decodes whole lines: the byte before `end` is a newline. */
  #decodeLines(bytes: Uint8Array, start: number, end: number): void {
    let at = start;
    while (at < end) {
      this.#line++;
      const write = kindOf(bytes, at);
      if (write >= 0) at = this.#decodeAccess(bytes, at + 3, write);
      while (bytes[at++] !== NEWLINE);
    }
  }

  /** Decodes `addr,size` and returns where it ends, or where it turned out to be no access. */
  #decodeAccess(bytes: Uint8Array, start: number, write: number): number {
    let at = start;
    while ((HEX_DIGITS[bytes[at] as number] as number) < NO_DIGIT) at++;
    const digits = at - start;
    if (digits === 0 || bytes[at] !== COMMA) return at;
    if (digits > MAX_ADDRESS_DIGITS) this.#fail(`an address of ${digits} hex digits; expected at most 16`);
    const page = pageOf(bytes, start, at);
    const offset = digits > OFFSET_DIGITS ? at - OFFSET_DIGITS : start;
    const firstByte = hexNumber(bytes, offset, at);

    const sizeStart = ++at;
    let size = 0;
    for (let digit = decimalDigit(bytes, at); digit >= 0 && size <= MAX_ACCESS_BYTES; digit = decimalDigit(bytes, at)) {
      size = size * 10 + digit;
      at++;
    }
    const ended = bytes[at] === NEWLINE || (bytes[at] === RETURN && bytes[at + 1] === NEWLINE);
    if (!ended || at === sizeStart || size === 0 || size > MAX_ACCESS_BYTES) {
      this.#fail(`the size of the access is malformed; expected 1 … ${MAX_ACCESS_BYTES} in decimal`);
    }
    const lastPage = page + Math.floor((firstByte + size - 1) / PAGE_BYTES);
    if (lastPage >= PAGES_IN_64_BITS) this.#fail('the access ends beyond 64 bits; expected addresses below 2^64');
    for (let touched = page; touched <= lastPage; touched++) this.#append(touched, write);
    return at;
  }

  #append(page: number, write: number): void {
    const number = this.#numbering.numberOf(page);
    if (this.#count === this.#store.words.length) this.#store.growFor(this.#count);
    this.#store.words[this.#count++] = (number << 1) | write;
    if (write === 0) return;
    this.#writes++;
    if (number >= this.#written.length) this.#growWritten(number);
    if (this.#written[number] === 0) {
      this.#written[number] = 1;
      this.#writtenPages++;
    }
  }

  #growWritten(number: number): void {
    const grown = new Uint8Array(Math.max(number + 1, this.#written.length * 2));
    grown.set(this.#written);
    this.#written = grown;
  }

  #fail(problem: string): never {
    throw new InputError(`line ${this.#line}: ${problem}`);
  }
}

/** 0 if the line is a read, 1 if it is a write, -1 if it is something else. */
function kindOf(bytes: Uint8Array, at: number): number {
  if (bytes[at + 2] !== SPACE) return -1;
  const first = bytes[at];
  const second = bytes[at + 1];
  if (first === LETTER_I) return second === SPACE ? 0 : -1;
  if (first !== SPACE) return -1;
  if (second === LETTER_L) return 0;
  return second === LETTER_S || second === LETTER_M ? 1 : -1;
}

/** The address without the digits of its place in the page. */
function pageOf(bytes: Uint8Array, start: number, end: number): number {
  const pageEnd = end - OFFSET_DIGITS;
  if (end - start <= SHORT_ADDRESS_DIGITS) return hexNumber(bytes, start, pageEnd);
  let page = 0;
  for (let at = start; at < pageEnd; at++) page = page * 16 + (HEX_DIGITS[bytes[at] as number] as number);
  return page;
}

/** Up to seven hex digits. */
function hexNumber(bytes: Uint8Array, start: number, end: number): number {
  let value = 0;
  for (let at = start; at < end; at++) value = (value << 4) | (HEX_DIGITS[bytes[at] as number] as number);
  return value;
}

function decimalDigit(bytes: Uint8Array, at: number): number {
  const digit = (bytes[at] as number) - ZERO;
  return digit >= 0 && digit <= 9 ? digit : -1;
}
