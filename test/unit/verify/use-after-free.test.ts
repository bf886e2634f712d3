import { describe, expect, it } from 'vitest';
import { GhostEvent } from '../../../src/shared/ghost-event.ts';
import { Interleaving } from '../../support/verify/interleaving.ts';

const TABLE = 3;

function begin(): Interleaving {
  const run = new Interleaving();
  run.words[run.rcuEpoch] = 1;
  return run;
}

const openSection = (run: Interleaving): void => run.aging.note(GhostEvent.rcuReadLock, -1, 0);
const enter = (run: Interleaving, table: number): void => run.aging.note(GhostEvent.tableEntered, -1, table);
const closeSection = (run: Interleaving): void => run.aging.note(GhostEvent.rcuReadUnlock, -1, 0);

describe('A table is used after it was freed', () => {
  it('if a section enters it that has been open since before its retirement', () => {
    const run = begin();
    openSection(run);
    run.retire(TABLE);
    run.recycle(TABLE);
    enter(run, TABLE);
    expect(run.violations).toEqual({ 'use-after-free': 1 });
    expect(run.details).toEqual([expect.stringContaining(`table #${TABLE}`)]);
  });

  it('if it is recycled while a section is in it', () => {
    const run = begin();
    openSection(run);
    enter(run, TABLE);
    run.retire(TABLE);
    run.recycle(TABLE);
    closeSection(run);
    expect(run.violations).toEqual({ 'use-after-free': 1 });
  });

  it('once for each time that it is recycled', () => {
    const run = begin();
    openSection(run);
    run.retire(TABLE);
    run.recycle(TABLE);
    for (let i = 0; i < 3; i++) enter(run, TABLE);
    closeSection(run);
    expect(run.violations).toEqual({ 'use-after-free': 1 });
  });

  it('also where RCU stamps change their sign', () => {
    const run = begin();
    run.words[run.rcuEpoch] = 2 ** 31 - 1;
    openSection(run);
    run.retire(TABLE);
    run.recycle(TABLE);
    enter(run, TABLE);
    expect(run.violations).toEqual({ 'use-after-free': 1 });
  });
});

describe('No table is used too late', () => {
  it('if it was retired but not recycled while the section is open', () => {
    const run = begin();
    openSection(run);
    run.retire(TABLE);
    enter(run, TABLE);
    closeSection(run);
    expect(run.violations).toEqual({});
  });

  it('if it is recycled after the section has ended', () => {
    const run = begin();
    openSection(run);
    enter(run, TABLE);
    run.retire(TABLE);
    closeSection(run);
    run.recycle(TABLE);
    openSection(run);
    enter(run, TABLE);
    closeSection(run);
    expect(run.violations).toEqual({});
  });

  it('if it was retired before the section began', () => {
    const run = begin();
    run.retire(TABLE);
    openSection(run);
    run.recycle(TABLE);
    enter(run, TABLE);
    closeSection(run);
    expect(run.violations).toEqual({});
  });

  it('if another table was recycled too early', () => {
    const run = begin();
    openSection(run);
    run.retire(TABLE);
    run.recycle(TABLE);
    enter(run, TABLE + 1);
    closeSection(run);
    expect(run.violations).toEqual({});
  });
});
