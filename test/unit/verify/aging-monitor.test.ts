import { describe, expect, it } from 'vitest';
import { GhostEvent } from '../../../src/shared/ghost-event.ts';
import { type ReasonId, reasonText } from '../../../src/shared/property.ts';
import { EPT, PAGE_SIZE_BIT } from '../../../src/shared/spte.ts';
import { type AgingMonitorOptions, createAgingMonitor } from '../../../src/verify/aging-monitor.ts';
import { leaf, MonitorRun } from '../../support/verify/monitor-run.ts';

const [MM, DAMON, LRU] = [4, 5, 6];
const [V0, V1] = [0, 1];
const LARGE = leaf() | PAGE_SIZE_BIT;

function start(options: Partial<AgingMonitorOptions> = {}): MonitorRun {
  return new MonitorRun(
    createAgingMonitor({
      pages: 6,
      callers: [MM, DAMON, LRU],
      pagesPerLargeLeaf: 4,
      passesAccessedOn: false,
      skipsInvalidRoots: true,
      toleratesNonatomicAccessed: true,
      ...options,
    }),
  );
}

describe('a call, alone,', () => {
  it('must find a page old that nobody has accessed', () => {
    expect(start().test(MM, 'old').clear(MM, 'old').found).toEqual([]);
    expect(start().test(MM, 'young').found).toEqual(['access-misreported']);
    expect(start().clear(MM, 'young').found).toEqual(['access-misreported']);
  });

  it('must find a page young that was accessed, until a clear has reported it', () => {
    const run = start().access(V0).test(MM, 'young').test(DAMON, 'young').clear(MM, 'young');
    expect(run.test(MM, 'old').clear(DAMON, 'old').found).toEqual([]);
    expect(start().access(V0).test(MM, 'old').found).toEqual(['access-lost']);
    expect(start().access(V0).clear(MM, 'old').found).toEqual(['access-lost']);
    expect(start().access(V0).clear(MM, 'young').clear(MM, 'young').found).toEqual(['access-misreported']);
  });

  it('reports only the pages that it covers', () => {
    const run = start().access(V0, 1).access(V0, 2).test(MM, 'old', 0).clear(MM, 'young', 1);
    expect(run.test(MM, 'young', 2).test(MM, 'old', 1).found).toEqual([]);
    expect(run.test(MM, 'old', 2).breaches).toMatchObject([{ property: 'access-lost', class: 'forbidden', page: 2 }]);
  });

  it('is one finding, if it is wrong: from there on everything is possible', () => {
    const run = start().access(V0).test(MM, 'old');
    expect(run.test(MM, 'old').clear(MM, 'young').found).toEqual(['access-lost']);
    expect(run.test(MM, 'old', 1).test(MM, 'young', 1).found).toEqual(['access-lost', 'access-misreported']);
  });

  it('says what is wrong in a sentence, without a reason where there is none', () => {
    const [lost] = start().access(V0, 3).test(MM, 'old', 3).breaches;
    expect(lost).toEqual({
      property: 'access-lost',
      class: 'forbidden',
      reason: null,
      page: 3,
      message: expect.stringMatching(/^page 3 looks old, /),
    });
    const [misreported] = start().test(MM, 'young', 3).breaches;
    expect(misreported?.message).toMatch(/^page 3 is reported young, /);
  });

  it('that is declared for no such thread is an error of the harness', () => {
    expect(() => start().beginTest(9)).toThrow('thread 9 is not declared to make aging calls');
  });
});

describe('an answer', () => {
  it('of nothing says nothing, and the call has changed nothing', () => {
    expect(start().test(MM, 'nothing').test(MM, 'old').found).toEqual([]);
    expect(start().access(V0).clear(MM, 'nothing').test(MM, 'young').found).toEqual([]);
    expect(start().access(V0).clear(MM, 'nothing').test(MM, 'old').found).toEqual(['access-lost']);
  });

  it('of young for a whole range is young for the pages whose SPTE was found young, and old for the others', () => {
    const begun = (): MonitorRun => start().access(V0, 0).beginClear(MM, 0).beginClear(MM, 1);
    const found = begun().note(MM, GhostEvent.clearedYoung, 0, leaf());
    expect(found.answer(MM, 'youngIfFound', 0).answer(MM, 'youngIfFound', 1).found).toEqual([]);
    expect(found.test(MM, 'old', 0).found).toEqual([]);
    const missed = begun().note(MM, GhostEvent.clearedYoung, 1, leaf());
    expect(missed.answer(MM, 'youngIfFound', 0).answer(MM, 'youngIfFound', 1).found).toEqual([
      'access-lost',
      'access-misreported',
    ]);
    const tested = start().access(V0).beginTest(MM).note(MM, GhostEvent.testedYoung, 0, leaf());
    expect(tested.answer(MM, 'youngIfFound').test(MM, 'young').found).toEqual([]);
  });

  it('of young for a range does not count what another caller has found, or an earlier call', () => {
    const other = start().access(V0).beginTest(MM).beginTest(DAMON).note(DAMON, GhostEvent.testedYoung, 0, leaf());
    expect(other.answer(MM, 'youngIfFound').found).toEqual(['access-lost']);
    const earlier = start().access(V0).beginTest(MM).note(MM, GhostEvent.testedYoung, 0, leaf()).answer(MM, 'young');
    expect(earlier.beginTest(MM).answer(MM, 'youngIfFound').found).toEqual(['access-lost']);
  });
});

describe('while an access is under way', () => {
  it('either answer is right, again and again', () => {
    for (const first of ['young', 'old'] as const) {
      for (const second of ['young', 'old'] as const) {
        const run = start().beginAccess(V0).clear(MM, first).clear(MM, second).endAccess(V0);
        expect(run.clear(MM, 'young').found).toEqual([]);
      }
    }
  });

  it('a page that was tested young stays young', () => {
    expect(start().beginAccess(V0).test(MM, 'young').test(MM, 'old').found).toEqual(['access-lost']);
  });

  it('it is so until the last of several has ended', () => {
    const run = start().beginAccess(V0).beginAccess(V1).endAccess(V0).clear(MM, 'young').clear(MM, 'young');
    expect(run.endAccess(V1).clear(MM, 'young').clear(MM, 'young').found).toEqual(['access-misreported']);
  });

  it('of another page it is not so', () => {
    expect(start().beginAccess(V0, 1).test(MM, 'young', 0).found).toEqual(['access-misreported']);
  });
});

describe('calls beside accesses and each other', () => {
  it('may answer either if an access comes while they run', () => {
    for (const answer of ['young', 'old'] as const) {
      expect(start().beginTest(MM).access(V0).answer(MM, answer).test(MM, 'young').found).toEqual([]);
    }
    const old = start().beginClear(MM).access(V0).answer(MM, 'old');
    expect(old.test(MM, 'old').found).toEqual(['access-lost']);
    const young = start().beginClear(MM).endAccess(V0).answer(MM, 'young');
    expect(young.test(MM, 'young').found).toEqual(['access-misreported']);
  });

  it('of which one clears: an access is reported by one of three clears, and by no more', () => {
    const begun = (): MonitorRun => start().access(V0).beginClear(MM).beginClear(DAMON).beginClear(LRU);
    const answers = ['young', 'old'] as const;
    for (const first of answers) {
      for (const second of answers) {
        for (const third of answers) {
          const run = begun().answer(MM, first).answer(DAMON, second).answer(LRU, third);
          const young = [first, second, third].filter((answer) => answer === 'young').length;
          expect(run.found).toEqual(young === 1 ? [] : [young === 0 ? 'access-lost' : 'access-misreported']);
        }
      }
    }
  });

  it('of which two test: both may come before the clear, or behind it, or one each', () => {
    const begun = (): MonitorRun => start().access(V0).beginTest(MM).beginTest(DAMON).beginClear(LRU);
    for (const first of ['young', 'old'] as const) {
      for (const second of ['young', 'old'] as const) {
        const run = begun().answer(LRU, 'young').answer(MM, first).answer(DAMON, second);
        expect(run.test(MM, 'old').found).toEqual([]);
      }
    }
  });

  it('keep their order: a test behind a clear is not young of what that clear reported', () => {
    const run = start().access(V0).beginTest(MM).clear(DAMON, 'young').beginTest(LRU);
    expect(run.answer(MM, 'young').answer(LRU, 'young').found).toEqual(['access-misreported']);
  });

  it('that test both, young and then old in this order, are wrong', () => {
    const run = start().beginTest(MM).beginTest(DAMON).access(V0);
    expect(run.answer(MM, 'young').answer(DAMON, 'old').found).toEqual([]);
    expect(start().access(V0).test(MM, 'young').test(DAMON, 'old').found).toEqual(['access-lost']);
  });
});

describe('what is documented is tolerated, with its reason, and nothing else is:', () => {
  const invalidRoot = (run: MonitorRun): MonitorRun =>
    run.note(MM, GhostEvent.rootInvalidateBegin, -1).access(V0).note(MM, GhostEvent.rootInvalidateEnd, -1);
  const loses: Partial<Record<ReasonId, (run: MonitorRun) => MonitorRun>> = {
    'tlb-hit': (run) => run.note(V0, GhostEvent.tlbHit, 0, leaf()),
    zapped: (run) => run.access(V0).note(MM, GhostEvent.zapEnd, 0, leaf()),
    'invalid-root': invalidRoot,
    'nonatomic-accessed': (run) => run.access(V0).note(V1, GhostEvent.nonatomicUpdate, 0, leaf()),
    'collapse-first-child': (run) => run.access(V0).note(MM, GhostEvent.leafCollapsed, 0, LARGE),
    'prefault-rewrites': (run) => run.access(V0).note(V1, GhostEvent.prefaultRewrote, 0, leaf()),
  };
  const misreports: Partial<Record<ReasonId, (run: MonitorRun) => MonitorRun>> = {
    'nonatomic-accessed': (run) => run.note(V1, GhostEvent.nonatomicUpdate, 0, leaf()),
    'cas-failed': (run) => run.note(MM, GhostEvent.ageGaveUp, 0, leaf()),
    'huge-granularity': (run) => run.note(MM, GhostEvent.testedYoung, 0, LARGE),
    'split-inherits': (run) => run.note(MM, GhostEvent.leafSplit, 0, LARGE),
    'collapse-first-child': (run) => run.note(MM, GhostEvent.leafCollapsed, 0, LARGE),
  };

  it.each(Object.entries(loses))('%s loses an access', (reason, play) => {
    const lost = play(start()).test(MM, 'old');
    expect(lost.breaches).toMatchObject([{ property: 'access-lost', class: 'tolerated', reason, page: 0 }]);
    // It need not: the other answer is right, too.
    expect(play(start()).test(MM, 'young').found).toEqual([]);
    // An access behind it is not lost for it.
    expect(play(start()).access(V1).test(MM, 'old').found).toEqual(['access-lost']);
    // And no other page is excused, but for the whole root.
    const other = reason === 'invalid-root' ? 'access-lost (invalid-root)' : 'access-lost';
    expect(play(start().access(V0, 5)).test(MM, 'old', 5).found).toEqual([other]);
  });

  it.each(Object.entries(misreports))('%s misreports a page', (reason, play) => {
    const young = play(start()).test(MM, 'young');
    expect(young.breaches).toMatchObject([{ property: 'access-misreported', class: 'tolerated', reason, page: 0 }]);
    expect(play(start()).test(MM, 'old').found).toEqual([]);
    expect(play(start()).test(MM, 'young', 5).found).toEqual(['access-misreported']);
  });

  it('every reason is one of these', () => {
    expect(new Set([...Object.keys(loses), ...Object.keys(misreports)])).toEqual(new Set(Object.keys(reasonText)));
  });

  it('what is tolerated once is settled: the next call is judged anew', () => {
    const run = start().note(V0, GhostEvent.tlbHit, 0, leaf()).test(MM, 'old').test(MM, 'old');
    expect(run.found).toEqual(['access-lost (tlb-hit)']);
    expect(run.access(V0).test(MM, 'old').found).toEqual(['access-lost (tlb-hit)', 'access-lost']);
  });

  it('the last exception of the page is the reason', () => {
    const run = start().note(V0, GhostEvent.tlbHit, 0, leaf()).note(MM, GhostEvent.zapEnd, 0, leaf());
    expect(run.test(MM, 'old').found).toEqual(['access-lost (zapped)']);
  });

  it('a misreport is none of a reason that only loses', () => {
    for (const play of [loses.zapped, loses['prefault-rewrites']]) {
      expect(play?.(start()).clear(MM, 'young').clear(MM, 'young').found).toEqual(['access-misreported']);
    }
  });

  it('a zap of nothing loses nothing', () => {
    for (const spte of [0, EPT.accessed]) {
      expect(start().access(V0).note(MM, GhostEvent.zapEnd, 0, spte).test(MM, 'old').found).toEqual(['access-lost']);
    }
  });

  it('a zap that hands Accessed on to the host page counts as reported', () => {
    const zapped = (): MonitorRun =>
      start({ passesAccessedOn: true }).access(V0).note(MM, GhostEvent.zapEnd, 0, leaf());
    expect(zapped().test(MM, 'old').found).toEqual([]);
    expect(zapped().test(MM, 'young').found).toEqual([]);
    expect(zapped().test(MM, 'old').test(MM, 'young').found).toEqual(['access-misreported']);
  });

  it('plain stores, only where the rules have them', () => {
    const run = start({ toleratesNonatomicAccessed: false }).access(V0);
    expect(run.note(V1, GhostEvent.nonatomicUpdate, 0, leaf()).test(MM, 'old').found).toEqual(['access-lost']);
  });

  it('a root that is being invalidated excuses accesses until nobody uses it any more', () => {
    expect(invalidRoot(start()).access(V0).test(MM, 'old').found).toEqual(['access-lost']);
    const twice = start().note(MM, GhostEvent.rootInvalidateBegin, -1).note(LRU, GhostEvent.rootInvalidateBegin, -1);
    twice.note(MM, GhostEvent.rootInvalidateEnd, -1).access(V0);
    expect(twice.test(MM, 'old').found).toEqual(['access-lost (invalid-root)']);
    const before = start().access(V0).note(MM, GhostEvent.rootInvalidateBegin, -1);
    expect(before.test(MM, 'old').found).toEqual(['access-lost (invalid-root)']);
    const aged = start({ skipsInvalidRoots: false }).access(V0).note(MM, GhostEvent.rootInvalidateBegin, -1);
    expect(aged.test(MM, 'old').found).toEqual(['access-lost']);
  });
});

describe('an access to a frame that no slot has', () => {
  it('is over when it has been emulated, and sets nothing any more', () => {
    const ended = (outcome: number): ReturnType<typeof start> =>
      start().beginAccess(V0).note(V0, GhostEvent.faultEnd, 0, outcome).clear(MM, 'young').test(MM, 'young');
    expect(ended(0).found).toEqual([]);
    expect(ended(5).found).toEqual(['access-misreported']);
  });
});

describe('a table that is cut off from its root', () => {
  const cutOff = (passesAccessedOn: boolean) =>
    start({ skipsInvalidRoots: false, passesAccessedOn }).access(V0).note(V1, GhostEvent.teardownBegin, -1);

  it('hands what it knows on, where the rules say so, else it is as good as zapped; until the end every access in it may be missed', () => {
    expect(cutOff(true).test(MM, 'old').found).toEqual([]);
    expect(cutOff(true).access(V0).test(MM, 'old').found).toEqual([]);
    expect(cutOff(false).test(MM, 'old').found).toEqual(['access-lost (zapped)']);
    expect(cutOff(false).access(V0).test(MM, 'old').found).toEqual(['access-lost (zapped)']);
  });

  it('excuses nothing behind its end', () => {
    const run = cutOff(true).test(MM, 'old').note(V1, GhostEvent.teardownEnd, -1).access(V0);
    expect(run.test(MM, 'old').found).toEqual(['access-lost']);
  });
});

describe('a zap of one of several SPTEs', () => {
  it('leaves to a later call what another one knows, if this one was under way', () => {
    for (const passesAccessedOn of [true, false]) {
      // Through L2, before the call; through L1, behind the call's look at it; then L2's is zapped.
      const run = start({ passesAccessedOn })
        .access(V0)
        .beginClear(MM)
        .access(V0)
        .note(V0, GhostEvent.zapEnd, 0, leaf());
      run.answer(MM, 'old').clear(MM, 'young');
      expect(run.found).toEqual(passesAccessedOn ? [] : ['access-lost (zapped)']);
      expect(run.clear(MM, 'young').found.at(-1)).toBe('access-misreported');
    }
  });
});

describe('a 2M leaf', () => {
  it('speaks for all of its pages when it is split, and when 4K leaves become one', () => {
    for (const event of [GhostEvent.leafSplit, GhostEvent.leafCollapsed]) {
      const reason = event === GhostEvent.leafSplit ? 'split-inherits' : 'collapse-first-child';
      const run = start().note(MM, event, 0, LARGE);
      for (let page = 0; page < 4; page++) run.test(MM, 'young', page);
      expect(run.found).toEqual(Array(4).fill(`access-misreported (${reason})`));
      expect(start().note(MM, event, 0, LARGE).test(MM, 'young', 4).found).toEqual(['access-misreported']);
    }
  });

  it('is split without losing anything', () => {
    expect(start().access(V0, 2).note(MM, GhostEvent.leafSplit, 0, LARGE).test(MM, 'old', 2).found).toEqual([
      'access-lost',
    ]);
  });

  it('does not reach beyond the last page', () => {
    expect(start().note(MM, GhostEvent.leafSplit, 4, LARGE).test(MM, 'old', 5).found).toEqual([]);
  });

  it('that is cleared loses accesses to its other pages: the call reported the leaf as a whole', () => {
    const run = start().access(V0, 1).note(MM, GhostEvent.clearedYoung, 1, LARGE);
    expect(run.test(MM, 'old', 1).found).toEqual([]);
    const tested = start().access(V0, 1).note(MM, GhostEvent.testedYoung, 1, LARGE);
    expect(tested.test(MM, 'old', 1).found).toEqual(['access-lost']);
  });
});
