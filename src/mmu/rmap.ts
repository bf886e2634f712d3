import { RMAP_LOCKED, RMAP_MANY, rmapLock, rmapUnlock } from '../locks/rmap-lock.ts';
import { GhostEvent, KernelWarning } from '../shared/ghost-event.ts';
import type { Memory, Word } from '../shared/memory.ts';
import { slotGfn, slotIndex } from './memslots.ts';
import { DESC_COUNT, DESC_MORE, DESC_SPTES, DESC_WORDS, PTE_LIST_EXT, type Vm } from './vm.ts';

/**
 * Lists of SPTEs (struct kvm_rmap_head): of each page those that map it, of each shadow page those that point to it. Who
 * changes one holds `mmu_lock` for write.
 */

/** gfn_to_rmap: the head for the page of `level` in `slot` that contains `gfn`. */
export function rmapHead(m: Memory, vm: Vm, slot: number, level: number, gfn: number): Word {
  const heads = vm.rmaps + slotIndex(vm, slot) * vm.rmapsPerSlot;
  const base = slotGfn(m, vm, slot);
  if (level === 1) return heads + gfn - base;
  const shift = vm.entryBits * (level - 1);
  return heads + vm.slotPages + (gfn >>> shift) - (base >>> shift);
}

function descWord(vm: Vm, value: number): Word {
  return vm.pteListDescs + (value >>> 2) * DESC_WORDS;
}

function lock(m: Memory, vm: Vm, head: Word): number {
  return vm.rules.rmapsHaveBitLock ? rmapLock(m, head, vm.rules.rmapLockRechecksEmpty) : m.load(head);
}

function unlock(m: Memory, vm: Vm, head: Word, value: number): void {
  if (vm.rules.rmapsHaveBitLock) rmapUnlock(m, head, value);
  else m.store(head, value);
}

/** pte_list_add: a second SPTE makes the head point to a descriptor, which fills up before the next is put in front. */
export function pteListAdd(m: Memory, vm: Vm, head: Word, sptep: Word): void {
  const value = lock(m, vm, head);
  if (value === 0) {
    // An empty rmap is not locked: only writers come here, and they exclude each other.
    m.store(head, sptep << 2);
    return;
  }
  if ((value & RMAP_MANY) === 0) {
    const id = allocDesc(m, vm);
    const desc = descWord(vm, id << 2);
    m.store(desc + DESC_SPTES, value >>> 2);
    m.store(desc + DESC_SPTES + 1, sptep);
    m.store(desc + DESC_COUNT, 2);
    m.store(desc + DESC_MORE, 0);
    unlock(m, vm, head, (id << 2) | RMAP_MANY);
    return;
  }
  const desc = descWord(vm, value);
  const count = m.load(desc + DESC_COUNT);
  if (count < PTE_LIST_EXT) {
    m.store(desc + DESC_SPTES + count, sptep);
    m.store(desc + DESC_COUNT, count + 1);
    unlock(m, vm, head, value);
    return;
  }
  const id = allocDesc(m, vm);
  const front = descWord(vm, id << 2);
  m.store(front + DESC_SPTES, sptep);
  m.store(front + DESC_COUNT, 1);
  m.store(front + DESC_MORE, value);
  unlock(m, vm, head, (id << 2) | RMAP_MANY);
}

/** pte_list_remove: the last entry of the front descriptor takes the place of the one that goes. */
export function pteListRemove(m: Memory, vm: Vm, head: Word, sptep: Word): void {
  const value = lock(m, vm, head);
  if ((value & RMAP_MANY) === 0) {
    const found = value === sptep << 2;
    if (!found) noteMissing(m);
    unlock(m, vm, head, found ? 0 : value);
    return;
  }
  const front = descWord(vm, value);
  const last = m.load(front + DESC_COUNT) - 1;
  const word = wordInDescs(m, vm, value, sptep);
  if (word === 0) {
    noteMissing(m);
    unlock(m, vm, head, value);
    return;
  }
  m.store(word, m.load(front + DESC_SPTES + last));
  m.store(front + DESC_COUNT, last);
  if (last !== 0) {
    unlock(m, vm, head, value);
    return;
  }
  const more = m.load(front + DESC_MORE);
  unlock(m, vm, head, more);
  freeDesc(m, vm, value >>> 2);
}

/** pte_list_destroy: the list becomes empty at once. The caller has locked it and unlocks it by storing 0. */
function freeDescs(m: Memory, vm: Vm, value: number): void {
  let rest = value;
  while ((rest & RMAP_MANY) !== 0) {
    const more = m.load(descWord(vm, rest) + DESC_MORE);
    freeDesc(m, vm, rest >>> 2);
    rest = more;
  }
}

/** The list as an exclusive writer takes it: no reader sees it until `destroyLockedList`. */
export function lockList(m: Memory, vm: Vm, head: Word): number {
  return lock(m, vm, head);
}

/** Ends what `lockList` began and empties the list. */
export function destroyLockedList(m: Memory, vm: Vm, head: Word, value: number): void {
  freeDescs(m, vm, value);
  unlock(m, vm, head, 0);
}

/**
 * The `index`-th SPTE of a list whose head is `value`, or 0 behind the last: rmap_get_first and rmap_get_next as one
 * look-up, so that a walk needs no iterator object. Descriptors stay as they are while the list is locked.
 */
export function spteOfList(m: Memory, vm: Vm, value: number, index: number): Word {
  if ((value & RMAP_MANY) === 0) return index === 0 ? (value & ~RMAP_LOCKED) >>> 2 : 0;
  let desc = descWord(vm, value);
  let rest = index;
  for (;;) {
    const count = m.load(desc + DESC_COUNT);
    if (rest < count) return m.load(desc + DESC_SPTES + rest);
    rest -= count;
    const more = m.load(desc + DESC_MORE);
    if (more === 0) return 0;
    desc = descWord(vm, more);
  }
}

/** The word that holds `sptep` in the chain of descriptors that `value` points to, or 0. */
function wordInDescs(m: Memory, vm: Vm, value: number, sptep: Word): Word {
  for (let rest = value; rest !== 0; rest = m.load(descWord(vm, rest) + DESC_MORE)) {
    const sptes = descWord(vm, rest) + DESC_SPTES;
    const count = m.load(descWord(vm, rest) + DESC_COUNT);
    for (let i = 0; i < count; i++) if (m.load(sptes + i) === sptep) return sptes + i;
  }
  return 0;
}

/** KVM_BUG_ON_DATA_CORRUPTION: an SPTE is not in the list that it should be in, which stays as it is. */
function noteMissing(m: Memory): void {
  m.note(GhostEvent.kernelWarning, -1, KernelWarning.notInRmap);
}

/**
 * mmu_alloc_pte_list_desc. The kernel takes it from a cache that the vCPU filled before it took `mmu_lock`; here the pool
 * has one for every list that could need it, and `mmu_lock` for write guards it.
 */
function allocDesc(m: Memory, vm: Vm): number {
  const recycled = m.load(vm.freePteListDesc);
  if (recycled !== 0) {
    m.store(vm.freePteListDesc, m.load(vm.pteListDescs + recycled * DESC_WORDS + DESC_MORE));
    return recycled;
  }
  const fresh = m.load(vm.usedPteListDescs) + 1;
  m.store(vm.usedPteListDescs, fresh);
  return fresh;
}

function freeDesc(m: Memory, vm: Vm, id: number): void {
  m.store(vm.pteListDescs + id * DESC_WORDS + DESC_MORE, m.load(vm.freePteListDesc));
  m.store(vm.freePteListDesc, id);
}
