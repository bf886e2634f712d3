/**
 * xoshiro128** (Blackman and Vigna): small, fast, and the same on every thread. All randomness of a run comes from
 * generators derived from its one printed seed.
 */
export class Prng {
  #a: number;
  #b: number;
  #c: number;
  #d: number;

  constructor(a: number, b: number, c: number, d: number) {
    this.#a = a | 0;
    this.#b = b | 0;
    this.#c = c | 0;
    this.#d = (a | b | c | d) === 0 ? 1 : d | 0;
  }

  /** The next 32 random bits, as an unsigned integer. */
  next(): number {
    const scrambled = Math.imul(rotateLeft(Math.imul(this.#b, 5), 7), 9);
    const shifted = this.#b << 9;
    this.#c ^= this.#a;
    this.#d ^= this.#b;
    this.#b ^= this.#c;
    this.#a ^= this.#d;
    this.#c ^= shifted;
    this.#d = rotateLeft(this.#d, 11);
    return scrambled >>> 0;
  }

  /** A uniform integer in 0 … n-1, for n up to 2^24. */
  below(n: number): number {
    // The bias of at most n / 2^32 is below anything a run can see.
    return Math.floor(this.next() * 2 ** -32 * n);
  }

  /** A uniform number in [0, 1). */
  fraction(): number {
    return (this.next() * 0x200000 + (this.next() >>> 11)) / 0x20000000000000;
  }
}

function rotateLeft(value: number, by: number): number {
  return (value << by) | (value >>> (32 - by));
}
