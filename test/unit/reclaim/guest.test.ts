import { describe, expect, it } from 'vitest';
import { HOST_PRESENT, HOST_WRITABLE } from '../../../src/mmu/host-page-table.ts';
import { Guest } from '../../../src/reclaim/guest.ts';
import { type GuestKind, guestKinds } from '../../../src/reclaim/guest-kind.ts';
import { Oops } from '../../../src/shared/oops.ts';
import { variantNamed } from '../../../src/variants/named-rules.ts';

const PAGES = 100;

const machines = ['mmu-lock-6.1', 'mmu-lock-6.12', 'lockless-7.3'].flatMap((variant) =>
  guestKinds.map((kind) => ({ variant, kind })),
);

/** A guest whose pages are all resident and have not been accessed. */
function guestOf({ variant, kind }: { variant: string; kind: GuestKind }): Guest {
  const guest = new Guest(variantNamed(variant).rules, PAGES, kind);
  for (let page = 0; page < PAGES; page++) guest.swapIn(page);
  return guest;
}

function walk(guest: Guest): number[] {
  const young: number[] = [];
  guest.agingWalk((page) => young.push(page));
  return young.sort((a, b) => a - b);
}

function check(guest: Guest, page: number): { referenced: boolean; young: number[] } {
  const young: number[] = [];
  const referenced = guest.checkReferences(page, (found) => young.push(found));
  return { referenced, young: young.sort((a, b) => a - b) };
}

describe.each(machines)('a guest under $variant: $kind', (machine) => {
  it('is asked about a page that it accessed, once', () => {
    const guest = guestOf(machine);
    guest.access(40, true);
    expect(check(guest, 40)).toEqual({ referenced: true, young: [40] });
    expect(check(guest, 40)).toEqual({ referenced: false, young: [] });
    guest.access(40, false);
    expect(check(guest, 40)).toEqual({ referenced: true, young: [40] });
    expect(check(guest, 41).referenced).toBe(false);
    guest.access(50, true);
    expect(check(guest, 50)).toEqual({ referenced: true, young: [50] });
  });

  it('loses pages that are evicted, and has them again when they are swapped in', () => {
    const guest = guestOf(machine);
    guest.access(3, true);
    guest.evict(3);
    expect(check(guest, 3)).toEqual({ referenced: false, young: [] });
    guest.swapIn(3);
    guest.access(3, false);
    expect(check(guest, 3)).toEqual({ referenced: true, young: [3] });
  });

  it('finds memory absent at first, and when it was evicted; swapped in it is private', () => {
    const guest = new Guest(variantNamed(machine.variant).rules, PAGES, machine.kind);
    const { m, vm } = guest.machine;
    const flags = () => m.load(vm.hostPtes + 5) & (HOST_PRESENT | HOST_WRITABLE);
    expect(flags()).toBe(0);
    guest.swapIn(5);
    expect(flags()).toBe(HOST_PRESENT | HOST_WRITABLE);
    guest.evict(5);
    expect(flags()).toBe(0);
  });

  it('reaches memory of L2 through shadow pages: an invalidation that forgets them changes nothing', () => {
    const guest = new Guest({ ...variantNamed(machine.variant).rules, zapsRmaps: false }, PAGES, machine.kind);
    const isStillMapped = [7, 49, 50, 93].map((page) => {
      guest.swapIn(page);
      guest.access(page, true);
      guest.evict(page);
      return check(guest, page).referenced;
    });
    const expected = {
      l1: [false, false, false, false],
      l2: [true, true, true, true],
      mixed: [false, false, true, true],
    };
    expect(isStillMapped).toEqual(expected[machine.kind]);
  });

  it('counts evictions of pages of which an access went unreported', () => {
    const guest = guestOf(machine);
    for (const page of [1, 2]) guest.access(page, false);
    check(guest, 1);
    guest.evict(1);
    const reported = guest.misreported;
    guest.evict(2);
    // From Linux 6.12 on, the look around page 1 has met page 2.
    const missed = machine.variant === 'mmu-lock-6.1' ? 1 : 0;
    expect([reported, guest.misreported]).toEqual([0, missed]);
    guest.evict(2);
    expect(guest.misreported).toBe(missed);
  });

  it('finds neighbours young when it looks around, where the kernel does', () => {
    const guest = guestOf(machine);
    for (const page of [10, 20, 30, 90]) guest.access(page, false);
    const young = machine.variant === 'mmu-lock-6.1' ? [20] : [10, 20, 30];
    expect(check(guest, 20)).toEqual({ referenced: true, young });
  });

  it('is walked page by page, where the kernel asks it while aging', () => {
    const guest = guestOf(machine);
    for (const page of [0, 31, 32, 99]) guest.access(page, false);
    const asks = machine.variant !== 'mmu-lock-6.1';
    expect(walk(guest)).toEqual(asks ? [0, 31, 32, 99] : []);
    expect(walk(guest)).toEqual([]);
    expect(guest.agingCalls).toBe(asks ? 2 * PAGES : 0);
    expect(guest.staleYoung).toBe(0);
  });
});

describe('a guest under version 3', () => {
  it('is walked in batches: a call tests each, another clears those in which something was young', () => {
    const guest = guestOf({ variant: 'v3', kind: 'l1' });
    expect([walk(guest), guest.agingCalls]).toEqual([[], 2]);
    // The last page of its batch, so that nothing is trimmed.
    guest.access(63, false);
    expect([walk(guest), guest.agingCalls]).toEqual([[63], 5]);
    expect([walk(guest), guest.agingCalls]).toEqual([[], 7]);
  });

  it('has its page, and both of two batches around, asked about for a check that looks around', () => {
    const guest = guestOf({ variant: 'v3', kind: 'l1' });
    // Pages [18, 82) around page 50, in one batch.
    for (const page of [50, 81]) guest.access(page, false);
    expect(check(guest, 50)).toEqual({ referenced: true, young: [50, 81] });
    expect(guest.agingCalls).toBe(3);
    expect(check(guest, 50)).toEqual({ referenced: false, young: [] });
    expect(guest.agingCalls).toBe(4);
  });

  it('is reported young again where a trimmed clear has missed it', () => {
    const guest = guestOf({ variant: 'v3', kind: 'l1' });
    // Bits 53 and 33 of the batch; the trimmed range ends at page 30, whose bit is taken to be 0, and page 10's 20.
    for (const page of [10, 30]) guest.access(page, false);
    expect([walk(guest), guest.staleYoung]).toEqual([[10, 30], 0]);
    expect([walk(guest), guest.staleYoung]).toEqual([[10, 30], 2]);
    guest.access(30, false);
    expect([walk(guest), guest.staleYoung]).toEqual([[10, 30], 3]);
    for (const page of [10, 30]) guest.evict(page);
    expect(guest.misreported).toBe(0);
  });

  it('is not, with a clear of the whole batch', () => {
    const rules = { ...variantNamed('v3').rules, lruAsksKvm: 'in-whole-batches' as const };
    const guest = new Guest(rules, PAGES, 'l1');
    for (const page of [10, 30, 80]) guest.swapIn(page);
    for (const page of [10, 30, 80]) guest.access(page, false);
    expect([walk(guest), guest.agingCalls]).toEqual([[10, 30, 80], 4]);
    expect([walk(guest), guest.agingCalls]).toEqual([[], 6]);
    for (const page of [10, 30]) guest.access(page, false);
    expect(check(guest, 30)).toEqual({ referenced: true, young: [10, 30] });
    expect([walk(guest), guest.agingCalls, guest.staleYoung]).toEqual([[], 11, 0]);
  });

  it('is blind in batches once there are rmaps, and not when it is about to evict', () => {
    const guest = guestOf({ variant: 'v3', kind: 'l2' });
    for (const page of [40, 41]) guest.access(page, false);
    expect([walk(guest), guest.agingCalls]).toEqual([[], 2]);
    expect(check(guest, 40)).toEqual({ referenced: true, young: [40] });
    expect(check(guest, 40)).toEqual({ referenced: false, young: [] });
    expect(guest.agingCalls).toBe(4);
  });

  it('crashes the host when that finds memory of L1 young', () => {
    const guest = guestOf({ variant: 'v3', kind: 'mixed' });
    guest.access(99, false);
    guest.access(0, false);
    expect(check(guest, 99).referenced).toBe(true);
    expect(() => check(guest, 0)).toThrow(Oops);
  });
});
