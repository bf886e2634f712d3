import { expect, it } from 'vitest';
import { ExactLru } from '../../../src/reclaim/exact-lru.ts';

function evictedBy(lru: ExactLru): number[] {
  const evicted: number[] = [];
  lru.reclaim((page) => evicted.push(page));
  return evicted;
}

it('exact LRU evicts 32 pages, those whose last access is the longest ago', () => {
  const lru = new ExactLru(64);
  for (let page = 0; page < 64; page++) lru.faultedIn(page);
  for (const page of [10, 3]) lru.accessed(page);
  const order = [...Array(64).keys()].filter((page) => page !== 10 && page !== 3);
  expect(evictedBy(lru)).toEqual(order.slice(0, 32));
  expect(evictedBy(lru)).toEqual([...order.slice(32), 10, 3]);
  expect(evictedBy(lru)).toEqual([]);
});

it('exact LRU learns nothing from aging passes', () => {
  const lru = new ExactLru(2);
  lru.faultedIn(0);
  lru.faultedIn(1);
  lru.age();
  expect(evictedBy(lru)).toEqual([0, 1]);
});
