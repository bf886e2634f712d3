import { InputError } from '../shared/input-error.ts';
import { parseSeed } from '../shared/seed.ts';

/** What all rows of a run share. */
export interface ReclaimConfig {
  readonly seed: string;
  /** Pages of guest memory. */
  readonly pages: number;
  /** Fraction of them that is hot. */
  readonly hot: number;
  /** Share of accesses that go to hot pages. */
  readonly hotAccesses: number;
  /** Pages that the host lets the guest have at a time. */
  readonly limit: number;
  readonly rounds: number;
  /** Accesses in a round. An aging pass follows, if there are not as many generations as there may be. */
  readonly accesses: number;
  /** Fraction of accesses that write. */
  readonly writes: number;
}

export type ReclaimSettings = { readonly seed: string } & {
  readonly [Key in Exclude<keyof ReclaimConfig, 'seed'>]?: ReclaimConfig[Key];
};

export const MAX_RECLAIM_PAGES = 2 ** 16;
export const MAX_ROUNDS = 2 ** 16;
export const MAX_ROUND_ACCESSES = 2 ** 20;

export const DEFAULT_RECLAIM_PAGES = 2048;
export const DEFAULT_ROUNDS = 64;

/**
 * Fills in the defaults.
 *
 * @throws InputError if a setting is out of its range, or they do not fit each other
 */
export function completeReclaimConfig(settings: ReclaimSettings): ReclaimConfig {
  const pages = settings.pages ?? DEFAULT_RECLAIM_PAGES;
  const config: ReclaimConfig = {
    hot: 0.2,
    hotAccesses: 0.9,
    limit: Math.floor(pages / 2),
    rounds: DEFAULT_ROUNDS,
    accesses: pages,
    writes: 0.3,
    ...settings,
    pages,
  };
  const { seed } = config;
  if (typeof seed !== 'string' || parseSeed(seed) === undefined) {
    throw new InputError(`seed ${seed}: accepted: a decimal number, 0x and hex digits, or a 40-digit commit id`);
  }
  checkCount('--pages', pages, 2, MAX_RECLAIM_PAGES);
  checkCount('--rounds', config.rounds, 1, MAX_ROUNDS);
  checkCount('--accesses', config.accesses, 1, MAX_ROUND_ACCESSES);
  checkFraction('--hot', config.hot);
  checkFraction('--hot-accesses', config.hotAccesses);
  checkFraction('--writes', config.writes);
  checkCount('--limit', config.limit, 1, pages);
  const hotPages = hotPagesOf(config);
  if (hotPages === 0 || hotPages === pages) {
    throw new InputError(
      `--hot: ${hotPages} of ${pages} pages would be hot; accepted: fractions that leave hot and cold pages`,
    );
  }
  return config;
}

export function hotPagesOf({ pages, hot }: ReclaimConfig): number {
  return Math.round(pages * hot);
}

function checkCount(option: string, value: number, least: number, most: number): void {
  if (!(Number.isInteger(value) && value >= least && value <= most)) {
    throw new InputError(`${option}: ${value}; accepted: whole numbers ${least} … ${most}`);
  }
}

function checkFraction(option: string, value: number): void {
  if (!(value >= 0 && value <= 1)) throw new InputError(`${option}: ${value}; accepted: numbers 0 … 1`);
}
