import { describe, expect, it, vi } from 'vitest';
import { HarnessError } from '../../../src/shared/harness-error.ts';
import { derivePrng } from '../../../src/shared/seed.ts';
import { createArena, singleThreadMemory } from '../../support/arena.ts';

const arena = createArena((layout) =>
  layout.region({ name: 'lock', count: 1, wordClass: 'shared', meaning: 'waited for' }),
);

describe('ThreadMemory', () => {
  it('gives up a wait at its bound, and names the word', () => {
    const m = singleThreadMemory(arena, { waitBoundMs: 1 });
    m.store(arena.parts, -1);
    const wait = () => m.awaitBits(arena.parts, 0xff, 0);
    expect(wait).toThrow(HarnessError);
    expect(wait).toThrow('waited 1 ms for lock & 0xff to become 0x0; it is 0xffffffff');
    expect(m.words[arena.waiters + (arena.parts & 63)]).toBe(0);
  });

  it('keeps its bound where the word changes all the time, so that no slice of the wait ever runs out', () => {
    const m = singleThreadMemory(arena, { waitBoundMs: 1 });
    m.store(arena.parts, 1);
    let slices = 0;
    const wait = vi.spyOn(Atomics, 'wait').mockImplementation(() => {
      if (++slices > 1_000_000) throw new Error('waits for ever');
      return 'not-equal';
    });
    expect(() => m.awaitBits(arena.parts, 1, 0)).toThrow(HarnessError);
    wait.mockRestore();
  });

  it('chooses by its seed', () => {
    const choices = () => {
      const m = singleThreadMemory(arena, { prng: derivePrng('1', 'choices') });
      return Array.from({ length: 20 }, () => m.choose(3));
    };
    expect(choices()).toEqual(choices());
    expect(new Set(choices())).toEqual(new Set([0, 1, 2]));
  });

  it('refuses to choose without a seed', () => {
    expect(() => singleThreadMemory(arena).choose(2)).toThrow(HarnessError);
  });

  it('passes ghost events to its sink', () => {
    const notes: number[][] = [];
    const sink = { note: (...event: number[]) => void notes.push(event) };
    singleThreadMemory(arena, { sink }).note(1, 2, 3);
    expect(notes).toEqual([[1, 2, 3]]);
  });
});
