import { expect, it } from 'vitest';
import { completeReclaimConfig } from '../../../src/reclaim/reclaim-config.ts';
import { type GuestMemory, ReclaimSimulation } from '../../../src/reclaim/reclaim-simulation.ts';
import type { Reclaimer } from '../../../src/reclaim/reclaimer.ts';

/** First in, first out, one page at a time; with a note of all that happens. */
class NotingFifo implements Reclaimer, GuestMemory {
  readonly notes: string[] = [];
  readonly #pages: number[] = [];

  faultedIn(page: number): void {
    this.notes.push(`faultedIn ${page}`);
    this.#pages.push(page);
  }

  accessed(page: number): void {
    this.notes.push(`accessed ${page}`);
  }

  age(): void {
    this.notes.push('age');
  }

  reclaim(evict: (page: number) => void): void {
    this.notes.push('reclaim');
    const page = this.#pages.shift();
    if (page !== undefined) evict(page);
  }

  access(page: number): void {
    this.notes.push(`access ${page}`);
  }

  swapIn(page: number): void {
    this.notes.push(`swapIn ${page}`);
  }

  evict(page: number): void {
    this.notes.push(`evict ${page}`);
  }
}

it('a simulation evicts where the limit is reached, brings pages in, accesses them, and ages after each round', () => {
  // The only hot page and the only cold one, of which one fits.
  const config = completeReclaimConfig({ seed: '1', pages: 2, hot: 0.5, hotAccesses: 0.5, limit: 1, accesses: 40 });
  const fifo = new NotingFifo();
  const simulation = new ReclaimSimulation(config, fifo, fifo);
  expect(simulation.position.round).toBe(0);
  for (const round of [1, 2]) {
    simulation.runRound();
    expect(simulation.position).toEqual({ round, access: 40 });
  }

  const accesses = fifo.notes.flatMap((note) => (note.startsWith('access ') ? [Number(note.slice(7))] : []));
  expect(new Set(accesses)).toEqual(new Set([0, 1]));
  const expected = accesses.flatMap((page, i) => {
    const before = accesses[i - 1];
    const isThere = page === before;
    const comes = isThere ? [] : [`swapIn ${page}`, `faultedIn ${page}`];
    const goes = isThere || before === undefined ? [] : ['reclaim', `evict ${before}`];
    return [...goes, ...comes, `access ${page}`, `accessed ${page}`, ...((i + 1) % 40 === 0 ? ['age'] : [])];
  });
  expect(fifo.notes).toEqual(expected);
  const evictions = fifo.notes.filter((note) => note.startsWith('evict ')).length;
  expect(simulation.figures()).toMatchObject({ accesses: 80, evictions });
  const ofPage = [0, 1].map((page) => simulation.hotEvictions((each) => each === page));
  expect(Math.max(...ofPage)).toBe(simulation.figures().hotEvictions);
  expect(Math.min(...ofPage)).toBe(0);
});

it('a simulation tells at which access of which round it is', () => {
  const config = completeReclaimConfig({ seed: '1', pages: 2, hot: 0.5, limit: 1, accesses: 3 });
  const fifo = new NotingFifo();
  const positions: unknown[] = [];
  const access = (): void => {
    positions.push(simulation.position);
  };
  const memory: GuestMemory = { swapIn(): void {}, evict(): void {}, access };
  const simulation = new ReclaimSimulation(config, fifo, memory);
  simulation.runRound();
  simulation.runRound();
  expect(positions).toEqual([1, 2].flatMap((round) => [1, 2, 3].map((each) => ({ round, access: each }))));
});
