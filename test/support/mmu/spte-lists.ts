import { RMAP_LOCKED, RMAP_MANY } from '../../../src/locks/rmap-lock.ts';
import { DESC_COUNT, DESC_MORE, DESC_SPTES, DESC_WORDS, PTE_LIST_EXT, type Vm } from '../../../src/mmu/vm.ts';
import type { Memory, Word } from '../../../src/shared/memory.ts';

/** What is in a list of SPTEs, and what is wrong with the list. */
export interface SpteList {
  readonly sptes: readonly Word[];
  /** Ids of the descriptors that it takes. */
  readonly descriptors: readonly number[];
  readonly faults: readonly string[];
}

/** Reads a list word by word, without the code that walks it in the model. */
export function readSpteList(m: Memory, vm: Vm, head: Word): SpteList {
  const value = m.load(head);
  const faults: string[] = [];
  if ((value & RMAP_LOCKED) !== 0) faults.push('is locked');
  const unlocked = value & ~RMAP_LOCKED;
  if ((unlocked & RMAP_MANY) === 0) return { sptes: unlocked === 0 ? [] : [unlocked >>> 2], descriptors: [], faults };
  const sptes: Word[] = [];
  const descriptors: number[] = [];
  for (let rest = unlocked; rest !== 0; ) {
    if ((rest & RMAP_MANY) === 0) faults.push('goes on to something that is no descriptor');
    const id = rest >>> 2;
    if (descriptors.includes(id)) {
      faults.push(`comes back to descriptor ${id}`);
      break;
    }
    const words = vm.pteListDescs + id * DESC_WORDS;
    const count = m.load(words + DESC_COUNT);
    // Only the front may be partly filled.
    const full = descriptors.length === 0 ? count >= 1 && count <= PTE_LIST_EXT : count === PTE_LIST_EXT;
    if (!full) faults.push(`has ${count} entries in descriptor ${descriptors.length + 1}`);
    for (let i = 0; i < Math.min(count, PTE_LIST_EXT); i++) sptes.push(m.load(words + DESC_SPTES + i));
    descriptors.push(id);
    rest = m.load(words + DESC_MORE);
  }
  return { sptes, descriptors, faults };
}

/** Whether every descriptor that was ever taken is in one list of `taken` or was given back, and in no two places. */
export function descriptorFaults(m: Memory, vm: Vm, taken: readonly number[]): string[] {
  const used = m.load(vm.usedPteListDescs);
  const free: number[] = [];
  for (let id = m.load(vm.freePteListDesc); id !== 0; id = m.load(vm.pteListDescs + id * DESC_WORDS + DESC_MORE)) {
    if (free.includes(id)) return [`the free list comes back to descriptor ${id}`];
    free.push(id);
  }
  const known = [...taken, ...free].sort((a, b) => a - b);
  const all = Array.from({ length: used }, (_, i) => i + 1);
  if (String(known) === String(all)) return [];
  return [`descriptors 1 to ${used} are not each in one place: taken ${taken}, free ${free}`];
}
