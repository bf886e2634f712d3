import { describe, expect, it } from 'vitest';
import type { CheckedScenario, CheckResult, CheckViolation } from '../../../src/check/check-result.ts';
import { checkText } from '../../../src/report/check-text.ts';
import { longViolation } from '../../support/report/long-schedule.ts';
import { holding, lostAccess, sampleCheck, staleMapping, violated } from '../../support/report/sample-check.ts';
import { sampleStep } from '../../support/report/sample-steps.ts';
import { withStrangeNames } from '../../support/report/strange-names.ts';

function text(results: readonly CheckedScenario[], changes: Partial<CheckResult> = {}, quiet = false): string {
  return checkText({ ...sampleCheck, results, ...changes }, { quiet, paint: (_, plain) => plain });
}

/** The counterexample alone. */
function story(violation: CheckViolation): string {
  const shown = text([{ ...violated, violations: [violation], outcomes: [] }], {}, true);
  return shown.slice(0, shown.indexOf('\n\nVIOLATED'));
}

describe('checkText', () => {
  it('has a row for each scenario and variant', () => {
    expect(text(sampleCheck.results).split('\n').slice(0, 6)).toEqual([
      'scenario              variant                   verdict   complete                 states  interleavings  seconds  expectation',
      'old-page-is-accessed  lockless-7.3              holds     yes                       1,234          3,003      0.3  met',
      'old-page-is-accessed  lockless-7.3 + clear-old  violated  yes                       1,234          3,003      0.3  met',
      'fault-and-invalidate  lockless-7.3 + no-zap     violated  no: 1,000,000 states  1,000,000        unknown      8.2  unmet',
      'two-vcpus-and-aging   mmu-lock-6.1              holds     yes                       1,234       ~1.23e29      0.3  -',
      'zap-all-while-aging   lockless-6.12             unknown   no: 10 s                  1,234        unknown      0.3  -',
    ]);
  });

  it('tells a counterexample in columns, with what changed, switches, and the point of no return', () => {
    expect(story(lostAccess).split('\n')).toEqual([
      'access-lost, page 0  old-page-is-accessed under lockless-7.3 + clear-old (memory model sc)',
      '  scenario: an access of a page that is old, while it is aged',
      '  property: an access that ended before a covering call began was reported by no call: the page looks old',
      '  expected: the scenario file says that this variant violates it',
      '',
      ' #  mm                                          vcpu0',
      '    clearYoung 0..1:',
      ' 1    xchg rcu.reader[mm]: idle -> epoch 1',
      ' 2    read tdpMmuRoots: table #1',
      ' 3    read table #1.invalid: 0',
      ' 4    read spte[level 2, gfn 0]: 2:PWAdm to table #2',
      ' 5    read spte[gfn 0]: 1:PWaDM version 0  <- page 0 was found old',
      '    ---- mm is preempted, vcpu0 runs ----',
      '                                                read 0:',
      ' 6                                                read spte[level 2, gfn 0]: 2:PWAdm to table #2',
      ' 7                                                read spte[gfn 0]: 1:PWaDM version 0',
      ' 8                                                cmpxchg spte[gfn 0]: Accessed 0 -> 1  <- page 0 was accessed',
      '    ==== point of no return ====',
      '    ---- vcpu0 has ended, mm goes on ----',
      ' 9    atomic and spte[gfn 0]: Accessed 1 -> 0',
      '10    write rcu.reader[mm]: epoch 1 -> idle',
      '    testYoung 0..1:',
      '11    xchg rcu.reader[mm]: idle -> epoch 1',
      '12    read tdpMmuRoots: table #1',
      '13    read table #1.invalid: 0',
      '14    read spte[level 2, gfn 0]: 2:PWAdm to table #2',
      '15    read spte[gfn 0]: 1:PWaDM version 0  <- page 0 was found old',
      '16    write rcu.reader[mm]: epoch 1 -> idle',
      '=> violated: page 0 was accessed by vcpu0 in step 8, and both clearYoung 0..1 and testYoung 0..1 answered old',
      '   (1:PWADM = level 1, Present Writable Accessed Dirty MMU-writable, lower case: clear, !: no A/D bits; version: of the host page; FROZEN: 0x5a0)',
      '',
      '1 preemption, 16 steps. Minimal (proven): no schedule with fewer preemptions violates this.',
      'Point of no return: step 8 of vcpu0. From there on every schedule violates this.',
      'The nearest schedule that violates nothing is the same up to step 7; then mm goes before vcpu0:',
      '  atomic and spte[gfn 0]: 1:PWaDM version 0, unchanged',
      'Replay: pte-aging replay old-page-is-accessed.4f1c09.lockless-7.3.clear-old.5x3x',
    ]);
  });

  it('says who waits, what fails, and that minimality is not proven', () => {
    const shown = story(staleMapping);
    expect(shown).toContain('cmpxchg mmuLock.cnts fails, it is 1 reader\n');
    expect(shown).toContain('---- host waits, vcpu0 goes on ----');
    expect(shown).toContain('spte[level 2, gfn 0]: nonpresent -> 2:PWAdm to table #2\n');
    expect(shown).toContain('2 preemptions, 14 steps. Not proven minimal: a schedule with fewer');
    expect(shown).not.toContain('Point of no return');
    expect(shown).not.toContain('nearest schedule');
  });

  it('tells one story of what one schedule violates', () => {
    const other = { ...lostAccess, property: 'malformed-spte', page: null, message: 'spte[gfn 0] is 0x4a0' };
    const shown = text([{ ...violated, violations: [lostAccess, staleMapping, other], outcomes: [] }], {}, true);
    expect(shown).toContain('access-lost, page 0; malformed-spte  old-page-is-accessed under');
    expect(shown).toContain('\n  property: an SPTE is none of: nonpresent, frozen, a valid present combination\n');
    expect(shown).toMatch(/\n=> violated: page 0 .*\n=> violated: spte\[gfn 0\] is 0x4a0\n/);
    expect(shown.match(/Replay: /g)).toHaveLength(2);
  });

  it('leaves a point of no return out behind which there is no step', () => {
    const shown = story({ ...lostAccess, pointOfNoReturn: lostAccess.schedule.length - 1 });
    expect(shown.toLowerCase()).not.toContain('point of no return');
    expect(shown).toContain('nearest schedule');
  });

  it('says that what nobody expected is violated, and nothing of an expectation', () => {
    const shown = text([{ ...violated, expectation: 'none' }], {}, true);
    expect(shown).not.toContain('expected');
  });

  it('replays with the file of a scenario that is not a shipped one, quoted for a shell', () => {
    const file = "it's mine.yaml";
    const replayed = text([{ ...violated, file }], {}, true);
    expect(replayed).toContain(`Replay: pte-aging replay ${lostAccess.replay} --scenario 'it'\\''s mine.yaml'\n`);
  });

  it('says that no preemption is needed', () => {
    expect(story({ ...lostAccess, preemptions: 0 })).toContain(
      '0 preemptions, 16 steps. Minimal (proven): it needs no',
    );
    expect(story({ ...lostAccess, preemptions: null })).toContain('was not worked out');
  });

  it('names the bits and the backing that change, and nothing else', () => {
    const change = (before: string, after: string): string =>
      story({ ...lostAccess, schedule: [sampleStep('t', 'o', 'exchange', 'spte[gfn 0]', [before, after])] });
    expect(change('1:PWADM version 3', '1:PwaDM version 3')).toContain(
      'xchg spte[gfn 0]: Writable 1 -> 0, Accessed 1 -> 0\n',
    );
    expect(change('1:PWADM version 3', '1:PWADM version 4')).toContain('xchg spte[gfn 0]: version 3 -> 4\n');
    expect(change('1:PWADM version 3', '-')).toContain('xchg spte[gfn 0]: 1:PWADM version 3 -> nonpresent\n');
    expect(change('1:pwaDM version 3', '1:pwaDM! version 3')).toContain('xchg spte[gfn 0]: A/D bits off\n');
    expect(change('2:PWADM version 3', '2:PWAdm to table #3')).toContain('2:PWADM version 3 -> 2:PWAdm to table #3\n');
    expect(change('FROZEN', '-')).toContain('FROZEN -> nonpresent\n');
  });

  it('tells what observers were told in a step that touches no word', () => {
    const begins = { ...sampleStep('mm', 'clearYoung 0..1', 'note', '', '0'), before: null, after: null };
    const note = 'the call that covers page 0 begins';
    const shown = story({ ...lostAccess, schedule: [{ ...begins, note }, begins] });
    expect(shown).toContain('\n1    (the call that covers page 0 begins)\n2    (no shared word)\n');
  });

  it('folds a long schedule to about 40 lines, and keeps what matters', () => {
    const shown = story(longViolation(5, 30));
    expect(shown.split('\n').length).toBeLessThanOrEqual(42);
    expect(shown).toContain('  … 30 steps: reads word[0], word[1], word[2] …\n');
    expect(shown).toContain('  … 29 steps: reads word[1], word[2], word[3] …\n');
    expect(shown.match(/Accessed \d -> \d/g)).toHaveLength(5);
    expect(shown.match(/is preempted/g)).toHaveLength(4);
    expect(shown).toContain('==== point of no return ====');
  });

  it('folds uncontended locks, and no others', () => {
    const step = (op: string, word: string, values: readonly [string, string]) =>
      sampleStep('mm', 'clearYoung 0..1', op, word, values);
    const locked = Array.from({ length: 20 }, () => [
      step('tryReplace', 'mmuLock.cnts', ['unlocked', 'writer']),
      step('store', 'mmuLock.cnts', ['writer', 'unlocked']),
    ]).flat();
    const end = step('clearBits', 'spte[gfn 0]', ['1:PWADM', '1:PWaDM']);
    const shown = story({ ...lostAccess, schedule: [...locked, end], pointOfNoReturn: null, passing: null });
    expect(shown).toContain('  … 40 steps: takes, releases mmuLock.cnts\n');
    const failed = { ...step('tryReplace', 'mmuLock.cnts', ['reader', 'reader']), result: 0 };
    const contended = story({ ...lostAccess, schedule: [failed, ...locked.slice(0, 10), end], passing: null });
    expect(contended).not.toContain('…');
  });

  it('cuts what cannot be folded, and says so', () => {
    const shown = story(longViolation(400, 0));
    expect(shown.split('\n').length).toBeLessThanOrEqual(42);
    expect(shown).toMatch(/… [\d,]+ lines are left out: the replay shows every step/);
    expect(shown).toContain('Point of no return: step 799 of vcpu0');
  });

  it('has one line for what is tolerated, and none with quiet', () => {
    expect(text([violated])).toContain(
      'old-page-is-accessed under lockless-7.3 + clear-old: tolerated access-lost, page 1: zapped (lost: the SPTE that knew of the access was zapped)\n',
    );
    expect(text([violated], {}, true)).not.toContain('tolerated');
  });

  it('has the outcomes with exact counts', () => {
    expect(text([violated])).toContain(
      [
        'outcomes of old-page-is-accessed under lockless-7.3 + clear-old',
        'mm              vcpu0  interleavings  fewest preemptions',
        'old; young {0}  ok             2,002                   0',
        'young; old      ok             1,001                   0',
        'old; old        ok                12                   1',
      ].join('\n'),
    );
    const many = Array.from({ length: 25 }, (_, index) => ({
      results: { mm: [`${index}`] },
      interleavings: '123456789012345678901234567890',
      minPreemptions: null,
    }));
    const shown = text([{ ...holding, outcomes: many }]);
    expect(shown).toContain('123,456,789,012,345,678,901,234,567,890');
    expect(shown).toContain('… and 5 more outcomes');
  });

  it('leaves out the outcomes of what holds where there is much', () => {
    expect(text([holding])).toContain('outcomes of');
    expect(text(Array.from({ length: 5 }, () => holding))).not.toContain('outcomes of');
  });

  it('ends in a verdict for each, what was expected, and the seed', () => {
    expect(text(sampleCheck.results).split('\n').slice(-8)).toEqual([
      'HOLDS, complete  old-page-is-accessed under lockless-7.3; as expected',
      'VIOLATED         old-page-is-accessed under lockless-7.3 + clear-old; access-lost; as expected: the scenario file says violated',
      'VIOLATED         fault-and-invalidate under lockless-7.3 + no-zap; use-after-invalidate; NOT as expected: the scenario file says holds',
      'HOLDS, complete  two-vcpus-and-aging under mmu-lock-6.1',
      'UNKNOWN (10 s)   zap-all-while-aging under lockless-6.12',
      '',
      `seed ${sampleCheck.seed}`,
      '',
    ]);
  });

  it('tells of deadlocks and of infinitely many interleavings', () => {
    const shown = text([{ ...holding, verdict: 'violated', deadlocks: 2, interleavings: null }]);
    expect(shown).toContain('2 deadlocks');
    expect(shown).toContain('infinite      0.3');
    expect(shown).toMatch(/\ninfinite: a thread may go round a loop .*\n\n/);
    expect(text([holding])).not.toContain('infinite');
    expect(text([{ ...holding, complete: false, interleavings: null }])).not.toContain('infinite');
  });

  it('says that there is nothing, or not all', () => {
    expect(text([])).toBe(`no scenario was explored\nseed ${sampleCheck.seed}\n`);
    expect(text([holding], { interrupted: true })).toContain('interrupted: some scenarios were not explored');
    expect(story({ ...lostAccess, schedule: [], pointOfNoReturn: null, passing: null })).toContain(
      '=> violated: page 0',
    );
  });

  it('lets no name act on the terminal', () => {
    const shown = text([withStrangeNames(violated)]);
    expect(shown).not.toMatch(/[^\P{Cc}\n]/u);
    expect(shown).not.toMatch(/[\u202e\p{Cs}]/u);
    expect(shown).toContain('\\u{1b}[31m\\u{202e}\\u{d800} é 漢');
  });
});
