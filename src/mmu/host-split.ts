import type { Memory } from '../shared/memory.ts';
import { hasWholePmd, hostPmdWord, loadHostPmd } from './host-page-state.ts';
import { HOST_CLAIMED, HOST_PRESENT, sameHostPage } from './host-page-table.ts';
import { invalidateRangeEnd, invalidateRangeStart } from './invalidate-subscribers.ts';
import type { Vm } from './vm.ts';

/**
 * __split_huge_pmd: all of the 2M page that contains `page` is invalidated, and each of its pages keeps what is behind it in
 * an entry of its own. Nothing happens if there is no 2M page. The caller holds `vm.srcu`.
 */
export function splitHostHugePage(m: Memory, vm: Vm, thread: number, page: number): void {
  if (!hasWholePmd(vm, page)) return;
  if ((loadHostPmd(m, vm, page) & HOST_PRESENT) === 0) return;
  const first = page & ~(vm.entries - 1);
  invalidateRangeStart(m, vm, thread, first, first + vm.entries);
  splitLocked(m, vm, first);
  invalidateRangeEnd(m, vm, thread, first, first + vm.entries);
}

/** __split_huge_pmd_locked: one thread splits; another that wanted to may find it done when the invalidation has begun. */
function splitLocked(m: Memory, vm: Vm, first: number): void {
  const word = hostPmdWord(vm, first);
  let entry = loadHostPmd(m, vm, first);
  while ((entry & HOST_PRESENT) !== 0 && !m.tryReplace(word, entry, entry | HOST_CLAIMED)) {
    entry = loadHostPmd(m, vm, first);
  }
  if ((entry & HOST_PRESENT) === 0) return;
  for (let i = first; i < first + vm.entries; i++) m.store(vm.hostPtes + i, entry);
  m.store(word, sameHostPage(entry, 0));
  m.wake(word);
}
