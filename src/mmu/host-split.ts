import type { Memory } from '../shared/memory.ts';
import { hasWholePmd, hostPmdWord } from './host-page-state.ts';
import { HOST_PRESENT, sameHostPage } from './host-page-table.ts';
import { invalidateRangeEnd, invalidateRangeStart } from './invalidate.ts';
import type { Vm } from './vm.ts';

/**
 * __split_huge_pmd: all of the 2M page that contains `page` is invalidated, and each of its pages keeps what is behind it in
 * an entry of its own. Nothing happens if there is no 2M page. The caller holds `vm.srcu`.
 */
export function splitHostHugePage(m: Memory, vm: Vm, thread: number, page: number): void {
  if (!hasWholePmd(vm, page)) return;
  const word = hostPmdWord(vm, page);
  if (!m.testBits(word, HOST_PRESENT)) return;
  const first = page & ~(vm.entries - 1);
  invalidateRangeStart(m, vm, thread, first, first + vm.entries);
  const entry = m.load(word);
  for (let i = first; i < first + vm.entries; i++) m.store(vm.hostPtes + i, entry);
  m.store(word, sameHostPage(entry, 0));
  invalidateRangeEnd(m, vm, thread, first, first + vm.entries);
}
