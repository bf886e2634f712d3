import type { ThreadProgram } from '../src/explore/decision-trees.ts';

const ACCESSED = 1;
const DIRTY = 2;
const PAGES = 3;

/** Words of the reference program: one a page. */
export const referenceWords = new Int32Array(PAGES);

/**
 * Three vCPUs visit the pages, each beginning at another one, and mark those that they find unmarked; an ager makes
 * two passes over the pages. Narrow results: only what the program uses comes back.
 */
export const narrowThreads: readonly ThreadProgram[] = [
  ...[0, 1, 2].map(
    (vcpu): ThreadProgram => ({
      name: `vcpu${vcpu}`,
      run: (m) => {
        for (let i = 0; i < PAGES; i++) {
          const page = (vcpu + i) % PAGES;
          if (!m.testBits(page, ACCESSED)) m.setBits(page, ACCESSED | DIRTY);
        }
      },
    }),
  ),
  {
    name: 'ager',
    run: (m) => {
      const young: boolean[] = [];
      for (let pass = 0; pass < 2; pass++) {
        for (let page = 0; page < PAGES; page++) {
          const accessed = m.testBits(page, ACCESSED);
          if (accessed) m.clearBits(page, ACCESSED);
          young.push(accessed);
        }
      }
      return young;
    },
  },
];

/** The same program with operations that return whole words. */
export const wideThreads: readonly ThreadProgram[] = [
  ...[0, 1, 2].map(
    (vcpu): ThreadProgram => ({
      name: `vcpu${vcpu}`,
      run: (m) => {
        for (let i = 0; i < PAGES; i++) {
          const page = (vcpu + i) % PAGES;
          if ((m.load(page) & ACCESSED) === 0) m.fetchOr(page, ACCESSED | DIRTY);
        }
      },
    }),
  ),
  {
    name: 'ager',
    run: (m) => {
      const young: boolean[] = [];
      for (let pass = 0; pass < 2; pass++) {
        for (let page = 0; page < PAGES; page++) {
          const accessed = (m.load(page) & ACCESSED) !== 0;
          if (accessed) m.fetchAnd(page, ~ACCESSED);
          young.push(accessed);
        }
      }
      return young;
    },
  },
];
