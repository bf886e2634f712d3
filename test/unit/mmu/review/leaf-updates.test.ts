import { describe, expect, it } from 'vitest';
import { getDirtyLog } from '../../../../src/mmu/dirty-log.ts';
import { HOST_ACCESSED, HOST_DIRTY } from '../../../../src/mmu/host-page-table.ts';
import { enableDirtyLogging } from '../../../../src/mmu/memslot-update.ts';
import { mmuSpteUpdate } from '../../../../src/mmu/shadow-spte.ts';
import type { MachineSpec } from '../../../../src/mmu/vm.ts';
import { slotGfnWriteProtect, tdpMmuProtectMasked, WRITE_ACCESS } from '../../../../src/mmu/write-protect.ts';
import type { Memory, Word } from '../../../../src/shared/memory.ts';
import { WRITABLE } from '../../../../src/shared/spte.ts';
import { ruleValues } from '../../../../src/variants/rule-mutants.ts';
import { mergedKernels } from '../../../../src/variants/variants.ts';
import type { SequentialVm } from '../../../support/mmu/sequential-vm.ts';
import { access, clearYoung, createSmallVm, leafSpte, leafWord } from '../../../support/mmu/small-vm.ts';
import { replaceOperations } from '../../../support/replaced-memory.ts';

const GFN = 3;
const SLOT = 0;
const noAdBits: MachineSpec = { adBits: false };

/** By which operation a word is written. */
function writesOf(word: Word, m: Memory, run: (through: Memory) => void): string[] {
  const writes: string[] = [];
  run(
    replaceOperations(m, (own) => ({
      store: (at, value) => {
        if (at === word) writes.push('store');
        own.store(at, value);
      },
      exchange: (at, value) => {
        if (at === word) writes.push('exchange');
        return own.exchange(at, value);
      },
      clearBits: (at, mask) => {
        if (at === word) writes.push('and');
        own.clearBits(at, mask);
      },
    })),
  );
  return writes;
}

function hostFlags({ m, vm }: SequentialVm): number {
  return m.load(vm.hostPtes + GFN) & (HOST_DIRTY | HOST_ACCESSED);
}

function forget({ m, vm }: SequentialVm): void {
  m.clearBits(vm.hostPtes + GFN, HOST_DIRTY | HOST_ACCESSED);
}

describe.each(mergedKernels)('$name', ({ rules }) => {
  const handsOn = rules.marksHostPageDirty === 'when-lost';

  it('write-protects a frame for good by an exchange where the leaf is volatile, else by a store', () => {
    for (const isVolatile of [true, false]) {
      const sequential = createSmallVm(rules);
      const { m, vm, host } = sequential;
      access(sequential, GFN, true);
      const leaf = leafWord(sequential, GFN);
      if (isVolatile) m.clearBits(leaf, vm.spte.dirty);
      const writes = writesOf(leaf, m, (through) => {
        expect(slotGfnWriteProtect(through, vm, host, SLOT, GFN, 1)).toBe(true);
      });
      expect(writes).toEqual([isVolatile ? 'exchange' : 'store']);
    }
  });

  it.each(ruleValues.protectsMaskedBy)('protects the pages of a log by protectsMaskedBy=%s', (protectsMaskedBy) => {
    for (const isVolatile of [true, false]) {
      const sequential = createSmallVm({ ...rules, protectsMaskedBy });
      const { m, vm, host } = sequential;
      access(sequential, GFN, true);
      const leaf = leafWord(sequential, GFN);
      if (isVolatile) m.clearBits(leaf, vm.spte.dirty);
      const writes = writesOf(leaf, m, (through) => {
        tdpMmuProtectMasked(through, vm, host, SLOT, 0, 1 << GFN, WRITE_ACCESS);
      });
      const atomically = protectsMaskedBy === 'exchange-or-store' ? 'exchange' : 'and';
      expect(writes).toEqual([isVolatile ? atomically : 'store']);
    }
  });

  it('hands on what a leaf without a Dirty bit knew when logging takes W away', () => {
    const sequential = createSmallVm(rules, { machine: { ...noAdBits, memslotsChange: true } });
    const { m, vm, host } = sequential;
    access(sequential, GFN, true);
    forget(sequential);
    enableDirtyLogging(m, vm, host, SLOT);
    expect(leafSpte(sequential, GFN) & WRITABLE).toBe(0);
    expect(hostFlags(sequential) & HOST_DIRTY).toBe(handsOn ? HOST_DIRTY : 0);
  });

  it('hands on what a leaf knew when its page is taken out of the log', () => {
    for (const machine of [{}, noAdBits]) {
      const sequential = createSmallVm(rules, { machine: { ...machine, memslotsChange: true } });
      const { m, vm, host, bitmap } = sequential;
      enableDirtyLogging(m, vm, host, SLOT);
      access(sequential, GFN, true);
      forget(sequential);
      getDirtyLog(m, vm, host, SLOT, bitmap);
      expect(m.load(bitmap)).toBe(1 << GFN);
      // Without Dirty W goes, and with it what told of dirt; an AND of that one bit marks the page in any case.
      const marks = handsOn && (machine === noAdBits || rules.protectsMaskedBy === 'fetch-and-or-store');
      expect(hostFlags(sequential) & HOST_DIRTY).toBe(marks ? HOST_DIRTY : 0);
    }
  });

  it.each([true, false])('ages what becomes writable meanwhile, with trackingHandsDirtOn=%s', (trackingHandsDirtOn) => {
    const sequential = createSmallVm({ ...rules, trackingHandsDirtOn }, { machine: noAdBits });
    const { m } = sequential;
    access(sequential, GFN, true);
    const leaf = leafWord(sequential, GFN);
    m.clearBits(leaf, WRITABLE);
    forget(sequential);
    // A fast page fault between the look and the write.
    const through = replaceOperations(m, (own) => ({
      exchange: (word, value) => {
        if (word === leaf) own.setBits(leaf, WRITABLE);
        return own.exchange(word, value);
      },
    }));
    clearYoung(sequential, GFN, through);
    const exchanges = rules.tracksAccessBy === 'exchange-or-store';
    expect(hostFlags(sequential)).toBe(exchanges && trackingHandsDirtOn ? HOST_DIRTY : 0);
  });

  it('ages by access tracking in the shadow MMU, and hands nothing on but what was writable when it looked', () => {
    for (const writable of [true, false]) {
      const sequential = createSmallVm(rules, { machine: { ...noAdBits, tdpMmu: false } });
      access(sequential, GFN, true);
      if (!writable) sequential.m.clearBits(leafWord(sequential, GFN), WRITABLE);
      forget(sequential);
      expect(clearYoung(sequential, GFN).answer).toBe('young');
      expect(hostFlags(sequential)).toBe(writable && rules.tracksDirtyFirst ? HOST_DIRTY : 0);
    }
  });

  it.each(ruleValues.writeLossFlushes)('asks for a flush when writeLossFlushes=%s goes', (writeLossFlushes) => {
    const { mmuWritable } = createSmallVm(rules).vm.spte;
    for (const [taken, flushes] of [
      [WRITABLE, writeLossFlushes === 'writable'],
      [WRITABLE | mmuWritable, true],
    ] as const) {
      const sequential = createSmallVm({ ...rules, writeLossFlushes }, { machine: { tdpMmu: false } });
      const { m, vm } = sequential;
      access(sequential, GFN, true);
      const leaf = leafWord(sequential, GFN);
      expect(mmuSpteUpdate(m, vm, leaf, m.load(leaf) & ~taken)).toBe(flushes);
    }
  });
});
