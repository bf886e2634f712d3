import { GhostEvent } from '../shared/ghost-event.ts';
import { tableName } from '../shared/spte.ts';
import type { Monitor } from '../verify/monitor.ts';

/** Ghost word 0: the threads with an open read side section. */
const OPEN = 0;
/** Ghost word 1: one more than the highest table that was ever retired. */
const TABLES = 1;
/** Then two words a table: whether it is retired, and which older sections are still open. */
const FIRST_TABLE = 2;

/**
 * `use-after-free` as RCU decides it. A table that was unlinked may be recycled, and must no longer be entered, as
 * soon as every section that was open at its unlinking has ended. Sections that begin later do not count: they cannot
 * reach the table, and protect nothing if they do.
 */
export const rcuMonitor: Monitor = {
  name: 'rcu',
  event(ghost, thread, event, _page, value, report) {
    const bit = 1 << thread;
    const retired = FIRST_TABLE + 2 * value;
    const pending = retired + 1;
    switch (event) {
      case GhostEvent.rcuReadLock:
        ghost.set(OPEN, ghost.get(OPEN) | bit);
        return;
      case GhostEvent.rcuReadUnlock:
        ghost.set(OPEN, ghost.get(OPEN) & ~bit);
        for (let table = 0; table < ghost.get(TABLES); table++) {
          const at = FIRST_TABLE + 2 * table + 1;
          ghost.set(at, ghost.get(at) & ~bit);
        }
        return;
      case GhostEvent.tableRetired:
        ghost.set(TABLES, Math.max(ghost.get(TABLES), value + 1));
        ghost.set(retired, 1);
        ghost.set(pending, ghost.get(OPEN));
        return;
      case GhostEvent.tableRecycled:
        if (ghost.get(pending) !== 0) {
          report(
            useAfterFree(`${tableName(value)} is handed out again while a section older than its unlinking is open`),
          );
        }
        ghost.set(retired, 0);
        ghost.set(pending, 0);
        return;
      case GhostEvent.tableEntered:
        if (ghost.get(retired) === 1 && ghost.get(pending) === 0) {
          report(useAfterFree(`${tableName(value)} is entered after its grace period`));
        }
        return;
      default:
    }
  },
};

function useAfterFree(message: string) {
  return { property: 'use-after-free', class: 'forbidden', reason: null, page: null, message } as const;
}
