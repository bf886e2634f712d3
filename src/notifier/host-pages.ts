import { hostVersionOf, NEXT_VERSION } from '../mmu/host-page-table.ts';
import { mmuNotifierInvalidateRangeEnd, mmuNotifierInvalidateRangeStart } from '../mmu/invalidate-subscribers.ts';
import type { Vm } from '../mmu/vm.ts';
import { GhostEvent } from '../shared/ghost-event.ts';
import type { Memory } from '../shared/memory.ts';

/**
 * The host takes back what is behind [startPage, endPage) and puts other pages there, as migration does: between the
 * start and the end of the invalidation the pages get a new version, and guests that come back find that one. Only for
 * hosts without huge pages.
 */
export function takePagesBack(m: Memory, vm: Vm, thread: number, startPage: number, endPage: number): void {
  mmuNotifierInvalidateRangeStart(m, vm, thread, startPage, endPage);
  for (let page = startPage; page < endPage; page++) {
    const entry = m.fetchAdd(vm.hostPtes + page, NEXT_VERSION);
    m.note(GhostEvent.revoked, page, hostVersionOf(entry));
  }
  mmuNotifierInvalidateRangeEnd(m, vm, thread, startPage, endPage);
}
