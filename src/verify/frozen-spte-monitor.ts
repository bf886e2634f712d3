import { GhostEvent } from '../shared/ghost-event.ts';
import type { Word } from '../shared/memory.ts';
import { isFrozen } from '../shared/spte.ts';
import type { Monitor } from './monitor.ts';

export interface FrozenSpteOptions {
  /** The first word of table 0; the tables of a virtual machine lie one behind the other. */
  readonly tables: Word;
  /** Entries of a table. */
  readonly entries: number;
  /** Tables 1 … tableCount. Table 0 is none. */
  readonly tableCount: number;
  /** Tables of other virtual machines, which events number first. */
  readonly tablesBefore: number;
  readonly threadName: (thread: number) => string;
}

/**
 * `sentinel-clobbered`: a frozen SPTE belongs to the thread that has frozen it until its table is handed out again, and
 * nobody else may change it. One ghost word an SPTE: 1 + the thread that it belongs to, or 0.
 *
 * Steps only are seen. What no other thread touches is no step, and can be clobbered by no other thread; what a setup has
 * frozen is in tables that nobody is in any more, and belongs to nobody.
 */
export function createFrozenSpteMonitor(options: FrozenSpteOptions): Monitor {
  const { tables, entries, tableCount, tablesBefore, threadName } = options;
  const allEntries = (tableCount + 1) * entries;
  return {
    name: 'frozen-spte',
    event(ghost, _thread, event, _page, value) {
      if (event !== GhostEvent.tableRecycled) return;
      const table = value - tablesBefore;
      if (table < 0 || table > tableCount) return;
      for (let index = 0; index < entries; index++) ghost.set(table * entries + index, 0);
    },
    wordChanged(ghost, thread, word, before, after, report) {
      const entry = word - tables;
      if (entry < 0 || entry >= allEntries) return;
      const owner = ghost.get(entry) - 1;
      ghost.set(entry, isFrozen(after) ? thread + 1 : 0);
      if (!isFrozen(before) || owner < 0 || owner === thread) return;
      const value = `0x${(after >>> 0).toString(16)}`;
      const message = `${threadName(thread)} makes ${value} of an SPTE that ${threadName(owner)} has frozen`;
      report({ property: 'sentinel-clobbered', class: 'forbidden', reason: null, page: null, message });
    },
  };
}
