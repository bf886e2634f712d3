import { describe, expect, it } from 'vitest';
import { guestAccess } from '../../../src/mmu/access.ts';
import type { Rules } from '../../../src/mmu/rules.ts';
import { leaveGuest, reloadRoot } from '../../../src/mmu/vcpu.ts';
import { L1, L2 } from '../../../src/mmu/vm.ts';
import { PAGE_BYTES } from '../../../src/notifier/byte-range.ts';
import {
  mmuNotifierClearFlushYoung,
  mmuNotifierClearYoung,
  mmuNotifierTestYoung,
} from '../../../src/notifier/subscribers.ts';
import { setBitmapBit, testBitmapBit } from '../../../src/shared/bitmap.ts';
import { GhostEvent, LockKind } from '../../../src/shared/ghost-event.ts';
import type { GhostSink } from '../../../src/shared/ghost-sink.ts';
import { Oops } from '../../../src/shared/oops.ts';
import { type TruthTableRow, v3TruthTable } from '../../../src/variants/v3-truth-table.ts';
import { findVariant } from '../../../src/variants/variants.ts';
import { createSequentialVm, type SequentialVm } from '../../support/mmu/sequential-vm.ts';
import { leafSpte } from '../../support/mmu/small-vm.ts';

const PAGE = 1;
const OTHER = 2;
const PAGES = 4;

type Action = 'test' | 'clear' | 'clear-flush';

/** Which locks a call takes, and how many walks over memslots it makes. */
class Watch implements GhostSink {
  walks = 0;
  reads = 0;
  writes = 0;

  note(event: number, _page: number, value: number): void {
    if (event !== GhostEvent.lockAcquired) return;
    if (value === LockKind.srcu) this.walks++;
    if (value === LockKind.mmuLockRead) this.reads++;
    if (value === LockKind.mmuLockWrite) this.writes++;
  }

  reset(): void {
    this.walks = 0;
    this.reads = 0;
    this.writes = 0;
  }
}

class Machine {
  readonly #watch = new Watch();
  readonly #row: TruthTableRow;
  readonly #sequential: SequentialVm;

  constructor(row: TruthTableRow) {
    this.#row = row;
    const { rules } = findVariant(row.variant) ?? { rules: undefined };
    this.#sequential = createSequentialVm(
      {
        geometry: { levels: 2, entryBits: 2 },
        slots: [{ gfn: 0, page: 0, pages: PAGES }],
        vcpus: 1,
        pages: PAGES,
        tlbEntries: 0,
        tables: 24,
        machine: { tdpMmu: row.tdp, adBits: row.adBits, nested: row.tdp && row.rmaps },
      },
      rules as Rules,
      this.#watch,
    );
    const { m, vm } = this.#sequential;
    if (row.tdp && row.rmaps) {
      reloadRoot(m, vm, 0, L2);
      leaveGuest(m, vm, 0);
    }
  }

  /** The page becomes young in the MMU that the row is about. */
  access(page = PAGE): this {
    const { m, vm } = this.#sequential;
    guestAccess(m, vm, 0, page, page, false, this.#mode);
    leaveGuest(m, vm, 0);
    return this;
  }

  /** One call over all pages; with a bitmap, a clear selects `selected`. */
  call(action: Action, selected: readonly number[] = [PAGE]): { answer: string; path: string; lock: string } {
    const { m, vm, host, bitmap } = this.#sequential;
    m.storeOwn(bitmap, 0);
    if (action === 'clear') for (const page of selected) setBitmapBit(m, bitmap, PAGES - 1 - page);
    const given = this.#row.bitmap ? bitmap : 0;
    this.#watch.reset();
    let flags: number | 'oops';
    try {
      const answer =
        action === 'clear-flush'
          ? mmuNotifierClearFlushYoung(m, vm, host, 0, PAGES * PAGE_BYTES)
          : (action === 'test' ? mmuNotifierTestYoung : mmuNotifierClearYoung)(
              m,
              vm,
              host,
              0,
              PAGES * PAGE_BYTES,
              given,
            );
      flags = answer.flags;
    } catch (error) {
      if (!(error instanceof Oops)) throw error;
      flags = 'oops';
    }
    const { walks, reads, writes } = this.#watch;
    const lock = writes > 0 ? 'write' : reads > 0 ? 'read' : 'none';
    const name = flags === 'oops' ? 'oops' : (['0', 'YOUNG', 'UNRELIABLE', '', 'FAST'][flags] ?? String(flags));
    const gaveUp = walks > 0 && (walks > 1 || name === 'UNRELIABLE') ? 'fast gives up' : '';
    const went = writes > 0 ? 'slow' : walks > 0 && gaveUp === '' ? 'fast' : '';
    return { answer: name, path: [gaveUp, went].filter(Boolean).join(', ') || 'nothing', lock };
  }

  /** Pages that the last test has marked. */
  get marked(): number[] {
    const { m, bitmap } = this.#sequential;
    return [0, 1, 2, 3].filter((page) => testBitmapBit(m, bitmap, PAGES - 1 - page));
  }

  /** Whether the page is still young, as its SPTE says. */
  isYoung(page: number): boolean {
    return (leafSpte(this.#sequential, page, this.#mode) & this.#sequential.vm.spte.accessed) !== 0;
  }

  get #mode(): number {
    return this.#row.tdp && this.#row.mappedBy === 'shadow MMU' ? L2 : L1;
  }
}

const title = ({ variant, call, bitmap, tdp, adBits, rmaps, mappedBy }: TruthTableRow): string =>
  `${variant}: ${call}, bitmap ${bitmap}, TDP ${tdp}, A/D ${adBits}, rmaps ${rmaps}, page in the ${mappedBy}`;

describe('The truth table of version 3', () => {
  it('has each situation once', () => {
    expect(new Set(v3TruthTable.map(title)).size).toBe(v3TruthTable.length);
  });

  describe.each(v3TruthTable.map((row) => [title(row), row] as const))('%s', (_, row) => {
    const actions: readonly Action[] = row.call === 'clear_flush_young' ? ['clear-flush'] : ['test', 'clear'];

    it.each(actions)('%s of a young page', (action) => {
      expect(new Machine(row).access().call(action)).toEqual({ answer: row.young, path: row.path, lock: row.lock });
    });

    it.each(actions)('%s of an old page', (action) => {
      expect(new Machine(row).call(action)).toEqual({ answer: row.old, path: row.path, lock: row.lock });
    });

    it.runIf(row.bitmap)('what a test leaves in the bitmap', () => {
      const machine = new Machine(row).access();
      machine.call('test');
      expect(machine.marked).toEqual(row.young === 'UNRELIABLE' ? [] : [PAGE]);
    });

    it.runIf(row.call !== 'clear_flush_young' && row.adBits)('what a clear makes old', () => {
      const machine = new Machine(row).access(PAGE).access(OTHER);
      machine.call('clear', [PAGE]);
      const young = [PAGE, OTHER].filter((page) => machine.isYoung(page));
      expect(young).toEqual({ all: [], selected: [OTHER], nothing: [PAGE, OTHER] }[row.clears]);
    });
  });
});
