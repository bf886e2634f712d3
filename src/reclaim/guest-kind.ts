import type { Rules } from '../mmu/rules.ts';
import { L1, L2 } from '../mmu/vm.ts';

/**
 * Who makes the accesses: L1, through the TDP MMU; a nested guest, L2, through shadow pages and rmaps; or each those of its
 * own memory, L2's being the upper half.
 */
export const guestKinds = ['l1', 'l2', 'mixed'] as const;

export type GuestKind = (typeof guestKinds)[number];

/** The mode in which a vCPU accesses the page: `L1` or `L2`. */
export function modeOf(kind: GuestKind, page: number, pages: number): number {
  return isL2Page(kind, page, pages) ? L2 : L1;
}

export function isL2Page(kind: GuestKind, page: number, pages: number): boolean {
  return kind === 'l2' || (kind === 'mixed' && page >= pages / 2);
}

/** Whether a host under these rules has such guests: the arm64 that is modelled has no shadow pages. */
export function hasGuests(rules: Rules, kind: GuestKind): boolean {
  return kind === 'l1' || rules.fastPass !== 'read-lock';
}
