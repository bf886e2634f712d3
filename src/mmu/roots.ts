import { readLock, readUnlock, writeLock, writeUnlock } from '../locks/mmu-lock.ts';
import { queuedSpinLock, queuedSpinUnlock } from '../locks/queued-spinlock.ts';
import type { Memory, Word } from '../shared/memory.ts';
import { tableAddressSpace } from './memslots.ts';
import { allocTable, infoWord, initTable, retireTable } from './tables.ts';
import {
  INFO_INVALID,
  INFO_NEXT,
  INFO_REFCOUNT,
  INFO_ZAP_PENDING,
  ROLE_DIRECT,
  ROLE_SMM,
  ROLE_TDP_MMU,
  type Vm,
} from './vm.ts';

export function isRootInvalid(m: Memory, vm: Vm, root: number): boolean {
  return m.load(infoWord(vm, root, INFO_INVALID)) !== 0;
}

export function nextRoot(m: Memory, vm: Vm, root: number): number {
  return m.load(infoWord(vm, root, INFO_NEXT));
}

/** kvm_tdp_mmu_alloc_root: takes a reference to the address space's valid root, or creates one. 0: the pool is empty. */
export function tdpMmuAllocRoot(m: Memory, vm: Vm, thread: number, addressSpace: number): number {
  // Under mmu_lock no root can become invalid, and under the list's lock none can appear: two vCPUs that come at
  // once share one root.
  lockForRoots(m, vm, thread);
  queuedSpinLock(m, vm.pagesLock, thread);
  let root = findValidRoot(m, vm, addressSpace);
  if (root !== 0) m.add(infoWord(vm, root, INFO_REFCOUNT), 1);
  else root = createRoot(m, vm, thread, addressSpace);
  queuedSpinUnlock(m, vm.pagesLock, thread);
  unlockForRoots(m, vm);
  return root;
}

/** Takes `mmu_lock` as it takes to get a TDP root, or to put one. */
export function lockForRoots(m: Memory, vm: Vm, thread: number): void {
  if (vm.rules.tdpRootsTakeMmuLock === 'write') writeLock(m, vm.mmuLock, thread);
  else readLock(m, vm.mmuLock, thread);
}

export function unlockForRoots(m: Memory, vm: Vm): void {
  if (vm.rules.tdpRootsTakeMmuLock === 'write') writeUnlock(m, vm.mmuLock);
  else readUnlock(m, vm.mmuLock);
}

/** kvm_tdp_mmu_put_root: drops a reference; the last one unlinks the root. The caller holds `mmu_lock`. */
export function tdpMmuPutRoot(m: Memory, vm: Vm, thread: number, root: number): void {
  if (m.fetchAdd(infoWord(vm, root, INFO_REFCOUNT), -1) !== 1) return;
  queuedSpinLock(m, vm.pagesLock, thread);
  // list_del_rcu: the root keeps its own link, so that a lockless walk standing on it finds its way on.
  let link: Word = vm.firstRoot;
  for (let other = m.load(link); other !== root; other = m.load(link)) link = infoWord(vm, other, INFO_NEXT);
  m.store(link, nextRoot(m, vm, root));
  queuedSpinUnlock(m, vm.pagesLock, thread);
  retireTable(m, vm, root);
}

function findValidRoot(m: Memory, vm: Vm, addressSpace: number): number {
  let root = m.load(vm.firstRoot);
  while (root !== 0 && (isRootInvalid(m, vm, root) || tableAddressSpace(m, vm, root) !== addressSpace)) {
    root = nextRoot(m, vm, root);
  }
  return root;
}

/** The new root has two references: the vCPU's and the TDP MMU's own, which it keeps until the root is zapped. */
function createRoot(m: Memory, vm: Vm, thread: number, addressSpace: number): number {
  const root = allocTable(m, vm, thread);
  if (root === 0) return 0;
  initTable(m, vm, root, vm.levels, 0, ROLE_DIRECT | ROLE_TDP_MMU | (addressSpace === 0 ? 0 : ROLE_SMM));
  m.store(infoWord(vm, root, INFO_REFCOUNT), 2);
  m.store(infoWord(vm, root, INFO_INVALID), 0);
  m.store(infoWord(vm, root, INFO_ZAP_PENDING), 0);
  m.store(infoWord(vm, root, INFO_NEXT), m.load(vm.firstRoot));
  // list_add_rcu: reachable only when complete.
  m.store(vm.firstRoot, root);
  return root;
}
