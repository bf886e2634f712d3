import { writeLock, writeUnlock } from '../locks/mmu-lock.ts';
import { queuedSpinLock, queuedSpinUnlock } from '../locks/queued-spinlock.ts';
import { LRU_BATCH_WORDS } from '../lru/age-in-batches.ts';
import { clearFlushYoungCall, clearYoungCall, testYoungCall } from '../lru/judged-calls.ts';
import { lruAgingWalk, lruCheckReferences } from '../lru/mglru.ts';
import { pageTableLock, pageTableUnlock } from '../lru/page-table-lock.ts';
import { guestAccess } from '../mmu/access.ts';
import { lockForTdpBulk, unlockForTdpBulk } from '../mmu/bulk-lock.ts';
import { clearDirtyLog, getDirtyLog } from '../mmu/dirty-log.ts';
import { addMemslot, deleteMemslot, disableDirtyLogging, enableDirtyLogging } from '../mmu/memslot-update.ts';
import { hostPageOfGfn, pageOfGfn, slotOfGfn } from '../mmu/memslots.ts';
import { PREFAULT_AGAIN, PREFAULT_NO_SLOT, PREFAULT_OK, preFaultMemory } from '../mmu/prefault.ts';
import { recoverHugePages } from '../mmu/recover-huge.ts';
import { zapActivePages } from '../mmu/shadow-pages.ts';
import { trySplitHugePages } from '../mmu/split-huge.ts';
import { pagesOfLevel } from '../mmu/tables.ts';
import { evictTlb, flushTlb } from '../mmu/tlb.ts';
import { leaveGuest, putRoot, reloadRoot } from '../mmu/vcpu.ts';
import { flushRemoteTlbs } from '../mmu/vcpu-state.ts';
import { L1, L2, SMM, type Vm } from '../mmu/vm.ts';
import { slotGfnWriteProtect } from '../mmu/write-protect.ts';
import { zapAllFast } from '../mmu/zap-root.ts';
import type { AgingAnswer } from '../notifier/aging-answer.ts';
import { PAGE_BYTES } from '../notifier/byte-range.ts';
import { dontNeed, hostTouch, protectPages } from '../notifier/host-memory.ts';
import { takePagesBack } from '../notifier/host-pages.ts';
import { clearBitmap, setBitmapBit, testBitmapBit } from '../shared/bitmap.ts';
import { GhostEvent } from '../shared/ghost-event.ts';
import type { Memory, Word } from '../shared/memory.ts';
import type { ScenarioMemslot, ScenarioOperation } from './scenario.ts';
import type { Actor, OneVm, ScenarioVm } from './scenario-machine.ts';

/** Performs one operation of a scenario, in whatever engine the memory belongs to; its result as scenario files have it. */
export function performOperation(m: Memory, machine: ScenarioVm, actor: Actor, operation: ScenarioOperation): string {
  const { thread, own } = actor;
  const { vm } = own;
  switch (operation.op) {
    case 'read':
    case 'write':
      return access(m, machine, actor, operation.gfn, operation.op === 'write', L1);
    case 'nestedRead':
    case 'nestedWrite':
      return access(m, machine, actor, operation.gfn, operation.op === 'nestedWrite', L2);
    case 'smmRead':
    case 'smmWrite':
      return access(m, machine, actor, operation.gfn, operation.op === 'smmWrite', SMM);
    case 'vcpuExit':
      leaveGuest(m, vm, thread);
      return 'ok';
    case 'evictTlb':
      evictTlb(m, vm, thread, operation.gfn);
      return 'ok';
    case 'flushTlb':
      flushTlb(m, vm, thread);
      return 'ok';
    case 'createShadowRoot':
      leaveGuest(m, vm, thread);
      return reloadRoot(m, vm, thread, L2) ? 'ok' : 'no memory';
    case 'loadRoot':
      leaveGuest(m, vm, thread);
      return reloadRoot(m, vm, thread, L1) ? 'ok' : 'no memory';
    case 'putRoot':
      leaveGuest(m, vm, thread);
      putRoot(m, vm, thread, L1);
      return 'ok';
    case 'prefault':
      leaveGuest(m, vm, thread);
      return prefaultText(preFaultMemory(m, vm, thread, operation.start, operation.end));
    default:
      return hostOperation(m, machine, actor, operation);
  }
}

type HostOperation = Exclude<
  ScenarioOperation,
  { op: 'read' | 'write' | 'nestedRead' | 'nestedWrite' | 'smmRead' | 'smmWrite' | 'vcpuExit' | 'evictTlb' }
>;

function hostOperation(m: Memory, machine: ScenarioVm, actor: Actor, operation: HostOperation): string {
  const { thread, own } = actor;
  const { vm } = own;
  switch (operation.op) {
    case 'testYoung':
      return operation.bitmap
        ? testThroughBitmap(m, machine, actor, operation.start, operation.end)
        : testPageByPage(m, machine, actor, operation.start, operation.end);
    case 'clearYoung': {
      const bitmap = select(m, machine, thread, operation.end, operation.bitmap);
      return clearYoung(m, actor, bytes(operation.start), bytes(operation.end), bitmap);
    }
    case 'clearFlushYoung': {
      pageTableLock(m, vm, thread);
      const answer = clearFlushYoungCall(m, vm, thread, bytes(operation.start), bytes(operation.end));
      pageTableUnlock(m, vm, thread);
      return answerText(answer);
    }
    case 'damonMkold':
      return clearYoung(m, actor, operation.address, operation.address + PAGE_BYTES, 0);
    case 'lruWalk': {
      const young = emptyBitmap(m, machine, thread);
      lruAgingWalk(m, vm, thread, operation.start, operation.end, young, lruBatch(machine, thread));
      return youngText(m, young, operation.start, operation.end);
    }
    case 'lruEvict': {
      const young = emptyBitmap(m, machine, thread);
      const referenced = lruCheckReferences(m, vm, thread, operation.page, young, lruBatch(machine, thread));
      return referenced ? `referenced ${youngText(m, young, 0, vm.pages)}` : 'evict';
    }
    case 'invalidate':
      if (vm.machine.hugePages) dontNeed(m, vm, thread, operation.start, operation.end);
      else takePagesBack(m, vm, thread, operation.start, operation.end);
      return 'ok';
    case 'hostWrite':
      for (let page = operation.start; page < operation.end; page++) hostTouch(m, vm, thread, page, true);
      return 'ok';
    case 'hostProtect':
      protectPages(m, vm, thread, operation.start, operation.end);
      return 'ok';
    default:
      return vmmOperation(m, machine, actor, operation);
  }
}

type VmmOperation = Exclude<
  HostOperation,
  {
    op:
      | 'testYoung'
      | 'clearYoung'
      | 'clearFlushYoung'
      | 'damonMkold'
      | 'lruWalk'
      | 'lruEvict'
      | 'invalidate'
      | 'hostWrite'
      | 'hostProtect';
  }
>;

/** One call into KVM by the VMM. */
function vmmOperation(m: Memory, machine: ScenarioVm, actor: Actor, operation: VmmOperation): string {
  const { thread, own } = actor;
  const { vm, slotsLock } = own;
  if (actor.isVcpu) leaveGuest(m, vm, thread);
  // slots_lock keeps whoever changes slots, or hands out their logs, from meeting another.
  queuedSpinLock(m, slotsLock, thread);
  const result = underSlotsLock(m, machine, actor, operation);
  queuedSpinUnlock(m, slotsLock, thread);
  return result;
}

function underSlotsLock(m: Memory, machine: ScenarioVm, actor: Actor, operation: VmmOperation): string {
  const { thread, own } = actor;
  const { vm } = own;
  switch (operation.op) {
    case 'dirtyLogOn': {
      const slot = slotIndex(own, operation.slot);
      enableDirtyLogging(m, vm, thread, slot);
      notePages(m, own, slot, GhostEvent.loggingBegun);
      return 'ok';
    }
    case 'dirtyLogOff': {
      const slot = slotIndex(own, operation.slot);
      notePages(m, own, slot, GhostEvent.loggingEnded);
      disableDirtyLogging(m, vm, thread, slot);
      return 'ok';
    }
    case 'getDirtyLog':
      return handOutDirtyLog(m, machine, actor, slotIndex(own, operation.slot));
    case 'clearDirtyLog':
      return clearHandedOut(m, machine, actor, slotIndex(own, operation.slot));
    case 'addMemslot': {
      const slot = slotIndex(own, operation.slot);
      const { gfn, hva, pages, as, log } = own.slots[slot] as ScenarioMemslot;
      addMemslot(m, vm, slot, gfn, hva, pages, as, log);
      if (log) notePages(m, own, slot, GhostEvent.loggingBegun);
      return 'ok';
    }
    case 'deleteMemslot': {
      const slot = slotIndex(own, operation.slot);
      notePages(m, own, slot, GhostEvent.loggingEnded);
      deleteMemslot(m, vm, thread, slot);
      return 'ok';
    }
    case 'zapAll':
      zapAllFast(m, vm, thread);
      return 'ok';
    case 'dropShadowPages':
      writeLock(m, vm.mmuLock, thread);
      if (vm.hasShadowMmu) zapActivePages(m, vm);
      writeUnlock(m, vm.mmuLock);
      return 'ok';
    case 'splitHuge': {
      const { slot, first } = hugePageOf(m, vm, operation.gfn);
      lockForTdpBulk(m, vm, thread);
      trySplitHugePages(m, vm, thread, slot, first, first + pagesOfLevel(vm, 2));
      unlockForTdpBulk(m, vm);
      return 'ok';
    }
    case 'recoverHuge':
      recoverHugePages(m, vm, thread, hugePageOf(m, vm, operation.gfn).slot);
      return 'ok';
    case 'protectShadow': {
      writeLock(m, vm.mmuLock, thread);
      const slot = slotOfGfn(m, vm, operation.gfn, 0);
      const page = pageOfGfn(m, vm, slot, operation.gfn);
      m.note(GhostEvent.shadowProtectBegin, page, 0);
      if (slotGfnWriteProtect(m, vm, thread, slot, operation.gfn, 1)) flushRemoteTlbs(m, vm);
      m.note(GhostEvent.shadowProtectEnd, page, 0);
      writeUnlock(m, vm.mmuLock);
      return 'ok';
    }
    default:
      throw new RangeError(`${operation.op} is no operation of the VMM`);
  }
}

function access(m: Memory, machine: ScenarioVm, actor: Actor, gfn: number, write: boolean, mode: number): string {
  const { thread: vcpu, own } = actor;
  const { vm } = own;
  const page = hostPageOfGfn(m, vm, gfn, mode === SMM ? 1 : 0);
  guestAccess(m, vm, vcpu, gfn, page, write, mode);
  if (!machine.staysInGuest) leaveGuest(m, vm, vcpu);
  return 'ok';
}

function clearYoung(m: Memory, { thread, own }: Actor, start: number, end: number, bitmap: Word): string {
  const { vm } = own;
  pageTableLock(m, vm, thread);
  const answer = clearYoungCall(m, vm, thread, start, end, bitmap);
  pageTableUnlock(m, vm, thread);
  return answerText(answer);
}

function prefaultText(error: number): string {
  switch (error) {
    case PREFAULT_OK:
      return 'ok';
    case PREFAULT_NO_SLOT:
      return 'no slot';
    case PREFAULT_AGAIN:
      return 'again';
    default:
      return 'unsupported';
  }
}

function testPageByPage(m: Memory, machine: ScenarioVm, { thread, own }: Actor, start: number, end: number): string {
  const young = emptyBitmap(m, machine, thread);
  let fast = false;
  for (let page = start; page < end; page++) {
    pageTableLock(m, own.vm, thread);
    const answer = testYoungCall(m, own.vm, thread, bytes(page), bytes(page + 1), 0);
    pageTableUnlock(m, own.vm, thread);
    fast ||= answer.fast;
    if (answer.answer === 'young') setBitmapBit(m, young, end - 1 - page);
  }
  return youngText(m, young, start, end) + (fast ? ' fast' : '');
}

function testThroughBitmap(m: Memory, machine: ScenarioVm, { thread, own }: Actor, start: number, end: number): string {
  const bitmap = emptyBitmap(m, machine, thread);
  pageTableLock(m, own.vm, thread);
  const answer = testYoungCall(m, own.vm, thread, bytes(start), bytes(end), bitmap);
  pageTableUnlock(m, own.vm, thread);
  if (answer.answer === 'unreliable') return answerText(answer);
  return youngText(m, bitmap, start, end) + (answer.fast ? ' fast' : '');
}

/** The thread's bitmap with the selected pages, or 0 if there is none. */
function select(m: Memory, machine: ScenarioVm, thread: number, end: number, pages: readonly number[] | null): Word {
  if (pages === null) return 0;
  const bitmap = emptyBitmap(m, machine, thread);
  for (const page of pages) setBitmapBit(m, bitmap, end - 1 - page);
  return bitmap;
}

function emptyBitmap(m: Memory, machine: ScenarioVm, thread: number): Word {
  const bitmap = machine.bitmaps + thread * machine.bitmapWords;
  clearBitmap(m, bitmap, machine.pages);
  return bitmap;
}

function lruBatch(machine: ScenarioVm, thread: number): Word {
  return machine.lruBatches + thread * LRU_BATCH_WORDS;
}

/** `young {0, 2}`, or `old`. */
function youngText(m: Memory, bitmap: Word, start: number, end: number): string {
  const pages: number[] = [];
  for (let page = start; page < end; page++) if (testBitmapBit(m, bitmap, end - 1 - page)) pages.push(page);
  return pages.length === 0 ? 'old' : `young {${pages.join(', ')}}`;
}

function answerText({ answer, fast }: AgingAnswer): string {
  return fast ? `${answer} fast` : answer;
}

/** Hands the log out; where the VMM clears it itself, that is what announces protection. */
function handOutDirtyLog(m: Memory, machine: ScenarioVm, { thread, own }: Actor, slot: number): string {
  const { vm } = own;
  const out = machine.dirtyLogs + thread * machine.dirtyLogWords;
  const judged = !vm.machine.manualDirtyProtect;
  if (judged) notePages(m, own, slot, GhostEvent.handOutBegin);
  getDirtyLog(m, vm, thread, slot, out);
  const { gfn, hva, pages } = own.slots[slot] as ScenarioMemslot;
  const dirty: number[] = [];
  for (let i = 0; i < pages; i++) {
    const isDirty = testBitmapBit(m, out, i);
    if (isDirty) dirty.push(gfn + i);
    if (judged) m.note(GhostEvent.handOutEnd, hva + i, isDirty ? 1 : 0);
  }
  return `dirty {${dirty.join(', ')}}`;
}

/** Clears what the thread was handed out last, and says what that was. */
function clearHandedOut(m: Memory, machine: ScenarioVm, { thread, own }: Actor, slot: number): string {
  const { vm } = own;
  const selected = machine.dirtyLogs + thread * machine.dirtyLogWords;
  const { gfn, hva, pages } = own.slots[slot] as ScenarioMemslot;
  const cleared: number[] = [];
  for (let i = 0; i < pages; i++) {
    if (!testBitmapBit(m, selected, i)) continue;
    cleared.push(i);
    m.note(GhostEvent.handOutBegin, hva + i, 0);
  }
  clearDirtyLog(m, vm, thread, slot, selected);
  for (const i of cleared) m.note(GhostEvent.handOutEnd, hva + i, 1);
  return `dirty {${cleared.map((i) => gfn + i).join(', ')}}`;
}

function notePages(m: Memory, own: OneVm, slot: number, event: number): void {
  const { hva, pages } = own.slots[slot] as ScenarioMemslot;
  for (let i = 0; i < pages; i++) m.note(event, hva + i, 0);
}

function slotIndex({ slots }: OneVm, id: number): number {
  return slots.findIndex((slot) => slot.id === id);
}

function hugePageOf(m: Memory, vm: Vm, gfn: number): { slot: number; first: number } {
  return { slot: slotOfGfn(m, vm, gfn, 0), first: gfn & ~(pagesOfLevel(vm, 2) - 1) };
}

function bytes(page: number): number {
  return page * PAGE_BYTES;
}
