import { describe, expect, it } from 'vitest';
import type { Program } from '../../src/explore/program.ts';
import { rcuMonitor } from '../../src/explore/rcu-monitor.ts';
import { GhostEvent } from '../../src/shared/ghost-event.ts';
import type { Memory } from '../../src/shared/memory.ts';
import { exploreReplayed } from '../support/explore-replayed.ts';

const ROOT = 0;
const READER = 1;
const TABLE = 7;

/** A reader walks from the root into the table, if it is linked. */
function reader(m: Memory): void {
  m.store(READER, 1);
  m.note(GhostEvent.rcuReadLock, -1, 0);
  if (m.testBits(ROOT, 1)) {
    // Its first access to the table itself.
    m.load(ROOT);
    m.note(GhostEvent.tableEntered, -1, TABLE);
  }
  m.store(READER, 0);
  m.note(GhostEvent.rcuReadUnlock, -1, 0);
}

function recycler(waits: boolean): (m: Memory) => void {
  return (m) => {
    m.store(ROOT, 0);
    m.note(GhostEvent.tableRetired, -1, TABLE);
    m.load(ROOT);
    if (waits) m.awaitBits(READER, 1, 0);
    m.store(ROOT, 2);
    m.note(GhostEvent.tableRecycled, -1, TABLE);
  };
}

function program(waits: boolean): Program {
  return {
    initial: Int32Array.of(1, 0),
    wordName: (word) => ['root', 'reader'][word] as string,
    threads: [
      { name: 'reader', run: reader },
      { name: 'recycler', run: recycler(waits) },
    ],
    monitors: [rcuMonitor],
  };
}

describe('the RCU ghost', () => {
  it('lets a table be recycled after its grace period', () => {
    expect(exploreReplayed(program(true))).toMatchObject({ verdict: 'holds', complete: true });
  });

  it('finds a table recycled under a reader, with the fewest preemptions', () => {
    const { verdict, violations } = exploreReplayed(program(false));
    expect(verdict).toBe('violated');
    expect(violations).toHaveLength(1);
    expect(violations[0]).toMatchObject({ property: 'use-after-free', provenMinimal: true, cost: { preemptions: 1 } });
  });

  it('finds a step into a table whose grace period has passed', () => {
    const { violations } = exploreReplayed({
      ...program(true),
      threads: [
        {
          name: 'careless',
          run: (m) => {
            const linked = m.testBits(ROOT, 1);
            m.store(READER, 1);
            m.note(GhostEvent.rcuReadLock, -1, 0);
            if (linked) m.note(GhostEvent.tableEntered, -1, TABLE);
          },
        },
        {
          name: 'retirer',
          run: (m) => {
            m.store(ROOT, 0);
            m.note(GhostEvent.tableRetired, -1, TABLE);
            m.load(ROOT);
          },
        },
      ],
    });
    expect(violations.map(({ message }) => message)).toEqual(['table #7 is entered after its grace period']);
  });
});
