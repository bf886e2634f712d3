import type { Vm } from '../mmu/vm.ts';
import { GhostEvent } from '../shared/ghost-event.ts';
import type { Memory } from '../shared/memory.ts';
import { mmuNotifierInvalidateRangeEnd, mmuNotifierInvalidateRangeStart } from './invalidate.ts';

/**
 * The host takes back what is behind [startPage, endPage), as MADV_DONTNEED does: between the start and the end of the
 * invalidation the pages get a new version, and guests that come back find that one.
 */
export function takePagesBack(m: Memory, vm: Vm, thread: number, startPage: number, endPage: number): void {
  mmuNotifierInvalidateRangeStart(m, vm, thread, startPage, endPage);
  for (let page = startPage; page < endPage; page++) {
    const version = m.fetchAdd(vm.hostVersions + page, 1);
    m.note(GhostEvent.revoked, page, version);
  }
  mmuNotifierInvalidateRangeEnd(m, vm, thread, startPage, endPage);
}
