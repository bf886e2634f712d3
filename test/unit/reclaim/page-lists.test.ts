import { describe, expect, it } from 'vitest';
import { PageLists } from '../../../src/reclaim/page-lists.ts';

/** Takes pages off the list's tail until it is empty. */
function drain(lists: PageLists, list: number): number[] {
  const pages: number[] = [];
  for (let page = lists.tail(list); page !== undefined; page = lists.tail(list)) {
    lists.remove(page);
    pages.push(page);
  }
  return pages;
}

describe('PageLists', () => {
  it('are empty at first', () => {
    expect(drain(new PageLists(4, 2), 0)).toEqual([]);
  });

  it('give back first from the tail what was added at the head first', () => {
    const lists = new PageLists(8, 1);
    for (const page of [3, 0, 7]) lists.addHead(0, page);
    expect(drain(lists, 0)).toEqual([3, 0, 7]);
  });

  it('keep lists apart, and let go of a page anywhere', () => {
    const lists = new PageLists(8, 2);
    for (const page of [0, 1, 2, 3]) lists.addHead(0, page);
    for (const page of [4, 5]) lists.addHead(1, page);
    lists.remove(1);
    lists.addHead(1, 1);
    expect([drain(lists, 0), drain(lists, 1)]).toEqual([
      [0, 2, 3],
      [4, 5, 1],
    ]);
  });

  it('refuse a page that is on a list', () => {
    const lists = new PageLists(4, 2);
    lists.addHead(0, 2);
    expect(() => lists.addHead(1, 2)).toThrow('page 2 is on a list already');
  });
});
