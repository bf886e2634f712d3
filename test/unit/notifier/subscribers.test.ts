import { describe, expect, it } from 'vitest';
import type { MachineSpec, Vm } from '../../../src/mmu/vm.ts';
import { PAGE_BYTES } from '../../../src/notifier/byte-range.ts';
import {
  mmuNotifierClearFlushYoung,
  mmuNotifierClearYoung,
  mmuNotifierTestYoung,
} from '../../../src/notifier/subscribers.ts';
import { testBitmapBit } from '../../../src/shared/bitmap.ts';
import { GhostEvent, LockKind, srcuKind } from '../../../src/shared/ghost-event.ts';
import type { GhostSink } from '../../../src/shared/ghost-sink.ts';
import type { Variant } from '../../../src/variants/variant.ts';
import { findVariant } from '../../../src/variants/variants.ts';
import { LockTracker } from '../../../src/verify/lock-tracker.ts';
import { accessIn, createTwoVms, type TwoVms } from '../../support/mmu/two-vms.ts';

const END = 2 * PAGE_BYTES;
const NESTED: MachineSpec = { nested: true };
const rulesOf = (name: string) => (findVariant(name) as Variant).rules;

/** Which machines have been asked since the last look, by their SRCU, and what lockdep says of it all. */
class Asked implements GhostSink {
  readonly misuses: number[] = [];
  #asked: string[] = [];
  readonly #locks = new LockTracker();

  note(event: number, _page: number, value: number): void {
    const misuse = this.#locks.note(event, value);
    if (misuse !== undefined) this.misuses.push(misuse);
    if (event !== GhostEvent.lockAcquired) return;
    if (value === LockKind.srcu) this.#asked.push('first');
    if (value === srcuKind(1)) this.#asked.push('second');
  }

  take(): readonly string[] {
    const asked = this.#asked;
    this.#asked = [];
    return asked;
  }
}

function start(variant: string, machine: MachineSpec = {}, second: MachineSpec = {}): TwoVms & { asked: Asked } {
  const asked = new Asked();
  return { ...createTwoVms(rulesOf(variant), asked, machine, second), asked };
}

describe.each(['mmu-lock-6.1', 'mmu-lock-6.12', 'lockless-7.3'])('Under %s', (variant) => {
  it('a test without a bitmap stops at the first machine that is young, the one created last', () => {
    const { m, first, second, host, asked } = start(variant);
    accessIn(first, m, 0);
    accessIn(second, m, 0);
    asked.take();
    expect(mmuNotifierTestYoung(m, first, host, 0, END, 0).answer).toBe('young');
    expect(asked.take()).toEqual(['second']);
  });

  it('a test without a bitmap goes on where a machine is old', () => {
    const { m, first, host, asked } = start(variant);
    accessIn(first, m, 0);
    asked.take();
    expect(mmuNotifierTestYoung(m, first, host, 0, END, 0).answer).toBe('young');
    expect(asked.take()).toEqual(['second', 'first']);
  });

  it.each([
    ['clear_young', (m, vm, host) => mmuNotifierClearYoung(m, vm, host, 0, END, 0)],
    ['clear_flush_young', (m, vm, host) => mmuNotifierClearFlushYoung(m, vm, host, 0, END)],
  ] as [string, (m: TwoVms['m'], vm: Vm, host: number) => { answer: string }][])(
    '%s asks both, and nothing is young afterwards',
    (_, clear) => {
      const { m, first, second, host, asked } = start(variant);
      accessIn(first, m, 0);
      accessIn(second, m, 0);
      asked.take();
      expect(clear(m, first, host).answer).toBe('young');
      expect(asked.take()).toEqual(['second', 'first']);
      expect(mmuNotifierTestYoung(m, first, host, 0, END, 0).answer).toBe('old');
    },
  );

  it.each(['first', 'second'] as const)('a write in the %s that copies a page takes it away from both', (writer) => {
    const vms = start(variant);
    const { m, first, second, asked } = vms;
    // Absent pages, of which reads get the zero page.
    m.fill(first.hostPtes, first.pages, 0);
    accessIn(first, m, 5);
    accessIn(second, m, 5);
    const before = m.load(first.hostPtes + 5);
    asked.take();
    accessIn(vms[writer], m, 5, true);
    expect(m.load(first.hostPtes + 5)).not.toBe(before);
    expect(new Set(asked.take())).toEqual(new Set(['first', 'second']));
    expect(asked.misuses).toEqual([]);
  });
});

describe('A test through a bitmap', () => {
  it.each([true, false])('asks every machine: %s', (bitmapTestAsksAll) => {
    const asked = new Asked();
    const rules = { ...rulesOf('lockless-7.3'), bitmapTestAsksAll };
    const { m, first, second, host, bitmap } = createTwoVms(rules, asked, {});
    accessIn(first, m, 0);
    accessIn(second, m, 1);
    asked.take();
    mmuNotifierTestYoung(m, first, host, 0, END, bitmap);
    expect([testBitmapBit(m, bitmap, 1), testBitmapBit(m, bitmap, 0)]).toEqual([bitmapTestAsksAll, true]);
    expect(asked.take()).toEqual(bitmapTestAsksAll ? ['second', 'first'] : ['second']);
  });
});

describe('Under version 3, of which one machine had a shadow root', () => {
  it('a test through a bitmap answers unreliable and fast at once', () => {
    const { m, first, second, host, bitmap } = start('v3', {}, NESTED);
    m.store(second.shadowRootAllocated, 1);
    accessIn(first, m, 0);
    accessIn(second, m, 1);
    const answer = mmuNotifierTestYoung(m, first, host, 0, END, bitmap);
    expect(answer).toEqual({ answer: 'unreliable', fast: true, flags: 6 });
    expect([testBitmapBit(m, bitmap, 1), testBitmapBit(m, bitmap, 0)]).toEqual([true, false]);
  });
});

describe('Words of the second machine', () => {
  it('have names of their own, and those of the host none', () => {
    const { layout, first, second } = start('lockless-7.3');
    expect(layout.nameOf(second.mmuLock.cnts)).toBe('vm1.mmuLock.cnts');
    expect(layout.nameOf(second.vcpuStates + 16 * second.firstVcpu)).toBe('vm1.vcpuState[vcpu0]');
    expect([second.hostPtes, second.pageTableLock, second.rcu]).toEqual([
      first.hostPtes,
      first.pageTableLock,
      first.rcu,
    ]);
  });
});
