import { describe, expect, it } from 'vitest';
import { BITMAP_GIVEN, GhostEvent } from '../../../src/shared/ghost-event.ts';
import { createFlagsMonitor } from '../../../src/verify/flags-monitor.ts';
import { MonitorRun } from '../../support/verify/monitor-run.ts';

const MM = 0;
const YOUNG = 1;
const UNRELIABLE = 2;
const FAST = 4;

class FlagsRun extends MonitorRun {
  constructor() {
    super(createFlagsMonitor(3));
  }

  begin(...pages: readonly number[]): this {
    for (const page of pages) this.note(MM, GhostEvent.callBegin, page);
    return this;
  }

  finds(page: number): this {
    return this.note(MM, GhostEvent.clearedYoung, page);
  }

  returns(flags: number, ...pages: readonly number[]): this {
    this.note(MM, GhostEvent.callFlags, -1, flags);
    for (const page of pages) this.note(MM, GhostEvent.callEnd, page);
    return this;
  }
}

describe('wrong-flags', () => {
  it.each([YOUNG, FAST])('is a young answer (%i) without a young page that is covered', (flags) => {
    expect(new FlagsRun().begin(0).finds(0).returns(flags, 0).found).toEqual([]);
    expect(new FlagsRun().begin(0).returns(flags, 0).found).toEqual(['wrong-flags']);
    expect(new FlagsRun().begin(0).finds(1).returns(flags, 0).found).toEqual(['wrong-flags']);
  });

  it('is an old answer with one', () => {
    expect(new FlagsRun().begin(0, 1).returns(0, 0, 1).found).toEqual([]);
    expect(new FlagsRun().begin(0, 1).finds(1).returns(0, 0, 1).found).toEqual(['wrong-flags']);
  });

  it('is an unreliable answer without a bitmap', () => {
    expect(
      new FlagsRun()
        .begin(0)
        .finds(0)
        .returns(UNRELIABLE | BITMAP_GIVEN, 0).found,
    ).toEqual([]);
    expect(new FlagsRun().begin(0).returns(UNRELIABLE, 0).found).toEqual(['wrong-flags']);
  });

  it('looks at one call at a time', () => {
    const run = new FlagsRun().begin(0).finds(0).returns(YOUNG, 0).begin(0).returns(0, 0);
    expect(run.found).toEqual([]);
    // A batch of MGLRU has pages that it covers, and no flags of its own.
    const batch = new FlagsRun().begin(0).finds(0).note(MM, GhostEvent.callEnd, 0).begin(1).returns(0, 1);
    expect(batch.found).toEqual([]);
  });
});
