import { describe, expect, it } from 'vitest';
import { GhostEvent } from '../../../src/shared/ghost-event.ts';
import { createDirtyMonitor } from '../../../src/verify/dirty-monitor.ts';
import { leaf, MonitorRun } from '../../support/verify/monitor-run.ts';

const VMM = 2;

class DirtyRun extends MonitorRun {
  constructor(writeProtects = true, aliased: readonly number[] = []) {
    super(createDirtyMonitor({ pages: 3, writeProtects, aliased: new Set(aliased) }));
    // Writable until the first hand-out: logging has begun, and nobody was waited for.
    for (let page = 0; page < 3; page++) this.logging(page);
  }

  logging(page = 0): this {
    return this.note(VMM, GhostEvent.madeWritable, page).note(VMM, GhostEvent.loggingBegun, page);
  }

  noLogging(page = 0): this {
    return this.note(VMM, GhostEvent.loggingEnded, page);
  }

  write(vcpu = 0, page = 0): this {
    return this.beginAccess(vcpu, page, true).endAccess(vcpu, page);
  }

  /** A write that faults first. */
  faultAndWrite(vcpu = 0, page = 0): this {
    return this.beginAccess(vcpu, page, true).note(vcpu, GhostEvent.madeWritable, page).endAccess(vcpu, page);
  }

  beginHandOut(page = 0): this {
    return this.note(VMM, GhostEvent.handOutBegin, page);
  }

  endHandOut(dirty: boolean, page = 0): this {
    return this.note(VMM, GhostEvent.handOutEnd, page, dirty ? 1 : 0);
  }

  handOut(dirty: boolean, page = 0): this {
    return this.beginHandOut(page).endHandOut(dirty, page);
  }
}

const start = (): DirtyRun => new DirtyRun();

describe('a shadow write-protect', () => {
  const protect = (run: DirtyRun): DirtyRun =>
    run.note(VMM, GhostEvent.shadowProtectBegin, 0).note(VMM, GhostEvent.shadowProtectEnd, 0);

  it('announces that its page is not written without a fault', () => {
    expect(protect(start()).write().breaches).toMatchObject([{ property: 'write-unprotected', page: 0 }]);
    expect(protect(start()).faultAndWrite().breaches).toEqual([]);
  });

  it('is of a frame: another frame of the same page may be written', () => {
    expect(protect(new DirtyRun(true, [0])).write().breaches).toEqual([]);
  });
});

describe('dirty-lost', () => {
  it('is a write that ended before the log was handed out, and is not in it', () => {
    expect(start().write().handOut(false).breaches).toEqual([
      {
        property: 'dirty-lost',
        class: 'forbidden',
        reason: null,
        page: 0,
        message: 'page 0 was written before its dirty log was handed out, and is not in it',
      },
    ]);
    expect(start().write().handOut(true).found).toEqual([]);
  });

  it('is said once of a write', () => {
    expect(start().write().handOut(false).handOut(false).found).toEqual(['dirty-lost']);
  });

  it('is nothing that was only read, or of another page', () => {
    expect(start().access(0).handOut(false).found).toEqual([]);
    expect(start().write(0, 1).handOut(false, 0).found).toEqual([]);
    expect(start().write(0, 1).handOut(false, 1).found).toEqual(['dirty-lost']);
  });

  it('is no write that is still under way, or that comes meanwhile: it is in this log or in the next', () => {
    expect(start().beginAccess(0, 0, true).handOut(false).endAccess(0).handOut(true).found).toEqual([]);
    expect(start().beginHandOut().write().endHandOut(true).found).toEqual([]);
    const late = (): DirtyRun => start().beginHandOut().write().endHandOut(false);
    expect(late().handOut(true).found).toEqual([]);
    expect(late().handOut(false).found).toEqual(['dirty-lost']);
  });

  it('counts a write through the TLB', () => {
    const hit = start().note(0, GhostEvent.tlbHit, 0, leaf()).note(0, GhostEvent.tlbWrote, 0);
    expect(hit.handOut(false).found).toEqual(['dirty-lost']);
    expect(start().note(0, GhostEvent.tlbHit, 0, leaf()).handOut(false).found).toEqual([]);
  });

  it('is no write that a buffer may still hold, until its vCPU has passed it on', () => {
    const logged = (): DirtyRun => new DirtyRun(false).write();
    const flushed = (vcpu: number): DirtyRun => logged().handOut(false).note(vcpu, GhostEvent.pmlFlushed, -1);
    expect(logged().handOut(false).found).toEqual([]);
    expect(flushed(0).handOut(true).found).toEqual([]);
    expect(flushed(0).handOut(false).found).toEqual(['dirty-lost']);
    expect(flushed(1).handOut(false).found).toEqual([]);
  });

  it('is no write of before logging began', () => {
    expect(start().write().note(VMM, GhostEvent.loggingBegun, 0).handOut(false).found).toEqual([]);
  });

  it('tells the accesses of several vCPUs apart', () => {
    const run = start().beginAccess(0, 0, true).beginAccess(1, 0).endAccess(1).handOut(false);
    expect(run.endAccess(0).handOut(false).found).toEqual(['dirty-lost']);
  });

  it('forgets that an access was a write when it has ended', () => {
    const run = start().write().handOut(true);
    expect(run.note(0, GhostEvent.accessEnd, 0, leaf()).handOut(false).found).toEqual([]);
  });
});

describe('write-unprotected', () => {
  it('is a write without a fault to a page that was handed out as dirty', () => {
    const run = start().faultAndWrite().handOut(true).write();
    expect(run.breaches).toMatchObject([{ property: 'write-unprotected', class: 'forbidden', reason: null, page: 0 }]);
    expect(start().faultAndWrite().handOut(true).faultAndWrite().found).toEqual([]);
  });

  it('is none of a page that was not handed out, or only read', () => {
    expect(start().handOut(false).write().found).toEqual([]);
    expect(start().faultAndWrite().handOut(true).access(0).found).toEqual([]);
    expect(start().faultAndWrite().handOut(true).write(0, 1).found).toEqual([]);
  });

  it('is none of a page that became writable while the log was handed out', () => {
    const run = start().faultAndWrite().beginHandOut().note(0, GhostEvent.madeWritable, 0).endHandOut(true);
    expect(run.write().found).toEqual([]);
  });

  it('is one of a page that became writable before the hand-out, and not since', () => {
    expect(start().note(0, GhostEvent.madeWritable, 0).handOut(true).write().found).toEqual(['write-unprotected']);
  });

  it('is a write behind the beginning of logging', () => {
    expect(start().noLogging().note(VMM, GhostEvent.loggingBegun, 0).write().found).toEqual(['write-unprotected']);
    expect(start().noLogging().note(VMM, GhostEvent.loggingBegun, 0).faultAndWrite().found).toEqual([]);
  });

  it('is none where the machine logs otherwise', () => {
    const run = new DirtyRun(false).note(VMM, GhostEvent.loggingBegun, 0).write().handOut(true).write();
    expect(run.handOut(true).found).toEqual([]);
  });

  it('is one through the TLB, too', () => {
    expect(start().write().handOut(true).note(0, GhostEvent.tlbWrote, 0).found).toEqual(['write-unprotected']);
  });
});

it('events that are none of its own change nothing', () => {
  const run = start();
  for (const event of Object.values(GhostEvent)) {
    if (event === GhostEvent.handOutEnd || event === GhostEvent.loggingBegun || event === GhostEvent.tlbWrote) continue;
    run.note(1, event, 2, 0);
  }
  expect(run.handOut(false, 2).found).toEqual([]);
});

describe('A page that is not logged', () => {
  it('loses no dirt: logging has ended', () => {
    expect(start().noLogging().write().handOut(false).breaches).toEqual([]);
    expect(start().write().noLogging().handOut(false).breaches).toEqual([]);
  });

  it('is logged again when logging begins again', () => {
    expect(start().noLogging().logging().write().handOut(false).breaches).toHaveLength(1);
  });

  it('is not judged where several slots map it, since the write may have been through another', () => {
    expect(new DirtyRun(true, [0]).write().handOut(false).breaches).toEqual([]);
    expect(new DirtyRun(true, [0]).write(0, 1).handOut(false, 1).breaches).toHaveLength(1);
  });
});
