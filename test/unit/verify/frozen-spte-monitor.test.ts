import { describe, expect, it } from 'vitest';
import { GhostEvent } from '../../../src/shared/ghost-event.ts';
import { FROZEN_BITS, NONPRESENT_MARKER } from '../../../src/shared/spte.ts';
import { createFrozenSpteMonitor } from '../../../src/verify/frozen-spte-monitor.ts';
import { leaf, MonitorRun } from '../../support/verify/monitor-run.ts';

const TABLES = 40;
const ENTRIES = 4;
const [ZAPPER, AGER] = [0, 1];
/** Entry 1 of table 2. */
const SPTE = TABLES + 2 * ENTRIES + 1;
const FROZEN = NONPRESENT_MARKER | FROZEN_BITS;

const start = (): MonitorRun =>
  new MonitorRun(
    createFrozenSpteMonitor({
      tables: TABLES,
      entries: ENTRIES,
      tableCount: 3,
      tablesBefore: 0,
      threadName: (thread) => ['vmm', 'mm'][thread] ?? 'nobody',
    }),
  );
const frozen = (value = FROZEN): MonitorRun => start().change(ZAPPER, SPTE, leaf(), value);

describe('sentinel-clobbered', () => {
  it('is a change of a frozen SPTE by another thread', () => {
    expect(frozen().change(AGER, SPTE, FROZEN, 0x800004a0 | 0).breaches).toEqual([
      {
        property: 'sentinel-clobbered',
        class: 'forbidden',
        reason: null,
        page: null,
        message: 'mm makes 0x800004a0 of an SPTE that vmm has frozen',
      },
    ]);
  });

  it('is one also if what comes out is a good SPTE, and of either value that is frozen', () => {
    expect(frozen().change(AGER, SPTE, FROZEN, leaf()).found).toEqual(['sentinel-clobbered']);
    expect(frozen(FROZEN_BITS).change(AGER, SPTE, FROZEN_BITS, 0).found).toEqual(['sentinel-clobbered']);
  });

  it('is none if the owner does it, or if the owner is through with it', () => {
    const thawed = frozen().change(ZAPPER, SPTE, FROZEN, NONPRESENT_MARKER);
    expect(thawed.found).toEqual([]);
    expect(thawed.change(AGER, SPTE, NONPRESENT_MARKER, leaf()).found).toEqual([]);
  });

  it('is none of an SPTE that is not frozen, nor of one beside it', () => {
    expect(start().change(ZAPPER, SPTE, 0, leaf()).change(AGER, SPTE, leaf(), 0).found).toEqual([]);
    expect(frozen().change(AGER, SPTE + 1, leaf(), 0).found).toEqual([]);
  });

  it('is told of each owner anew', () => {
    const twice = frozen().change(ZAPPER, SPTE, FROZEN, 0).change(AGER, SPTE, 0, FROZEN);
    expect(twice.change(AGER, SPTE, FROZEN, 0).found).toEqual([]);
    expect(twice.change(AGER, SPTE, 0, FROZEN).change(ZAPPER, SPTE, FROZEN, 0).found).toEqual(['sentinel-clobbered']);
  });

  it('is told once: what was clobbered is not frozen any more', () => {
    const clobbered = frozen().change(AGER, SPTE, FROZEN, 0x4a0);
    expect(clobbered.change(AGER, SPTE, 0x4a0, 0).change(ZAPPER, SPTE, 0, leaf()).found).toHaveLength(1);
  });

  it('is none once the table was handed out again, and no other table is', () => {
    const recycled = (table: number): MonitorRun => frozen().note(AGER, GhostEvent.tableRecycled, -1, table);
    expect(recycled(2).change(AGER, SPTE, FROZEN, 0).found).toEqual([]);
    expect(recycled(1).change(AGER, SPTE, FROZEN, 0).found).toEqual(['sentinel-clobbered']);
  });

  it('is none of what was frozen before anybody looked', () => {
    expect(start().change(AGER, SPTE, FROZEN, 0).found).toEqual([]);
  });

  it('looks at no word that is no SPTE, but at the first and the last that is one', () => {
    const clobber = (word: number): readonly string[] =>
      start().change(ZAPPER, word, 0, FROZEN).change(AGER, word, FROZEN, 0).found;
    expect([TABLES - 1, TABLES + 4 * ENTRIES].flatMap(clobber)).toEqual([]);
    expect([TABLES, TABLES + 4 * ENTRIES - 1].flatMap(clobber)).toHaveLength(2);
  });
});
