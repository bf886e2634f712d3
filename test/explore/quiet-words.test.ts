import { describe, expect, it } from 'vitest';
import { exploreUntilStable } from '../../src/check/check-scenario.ts';
import { scenarioProgram } from '../../src/check/scenario-program.ts';
import { exploreProgram } from '../../src/explore/explore-program.ts';
import type { Program } from '../../src/explore/program.ts';
import { WordRoles } from '../../src/explore/quiet-words.ts';
import { createMmuLock, readLock, readUnlock, writeLock, writeUnlock } from '../../src/locks/mmu-lock.ts';
import { createQueuedSpinlock, queuedSpinLock, queuedSpinUnlock } from '../../src/locks/queued-spinlock.ts';
import { createRcu, initRcu, rcuElapsed, rcuReadLock, rcuReadUnlock, rcuStamp } from '../../src/locks/rcu.ts';
import { createStartGate, openStartGate, passStartGate } from '../../src/locks/start-gate.ts';
import { parseScenario } from '../../src/scenario/parse-scenario.ts';
import { GhostEvent } from '../../src/shared/ghost-event.ts';
import { LayoutBuilder } from '../../src/shared/layout.ts';
import type { Memory, Word } from '../../src/shared/memory.ts';
import { derivePrng } from '../../src/shared/seed.ts';
import { brokenRulesNamed, variantNamed } from '../../src/variants/named-rules.ts';
import { variantNames } from '../../src/variants/variants.ts';
import type { Monitor } from '../../src/verify/monitor.ts';
import { scenarioTexts } from '../support/check/scenario-texts.ts';
import { programOf } from '../support/compare.ts';
import { essence, exploreQuietly, withWindows } from '../support/quiet-program.ts';
import { type RandomProgram, randomProgram, type Shape } from '../support/random-program.ts';

const seed = process.env.PROPERTY_SEED ?? '1';
const PROGRAMS_PER_SHAPE = 400;
const CYCLIC_PROGRAMS = 60;
const MUTANT_PROGRAMS = 200;

type Body = (m: Memory) => unknown;

function program(initial: readonly number[], threads: readonly Body[], monitors: readonly Monitor[] = []): Program {
  return {
    initial: Int32Array.from(initial),
    threads: threads.map((run, index) => ({ name: `t${index}`, run })),
    monitors,
  };
}

/** An automaton in which the order of events matters, and which tells every value that it comes to. */
const orderMonitor: Monitor = {
  name: 'order',
  event(ghost, thread, event, page, value, report) {
    const next = (ghost.get(page) * 3 + value + event + thread) % 5;
    ghost.set(page, next);
    report({ property: `page ${page} is ${next}`, class: 'tolerated', reason: null, page, message: '' });
  },
};

/** Tells every order in which events come. */
const historyMonitor: Monitor = {
  name: 'history',
  event(ghost, thread, event, _page, value, report) {
    const next = ghost.get(0) * 100 + thread * 50 + event * 10 + value;
    ghost.set(0, next);
    report({ property: `history ${next}`, class: 'tolerated', reason: null, page: null, message: '' });
  },
};

const WATCHED = new Set<number>([GhostEvent.accessBegin, GhostEvent.accessEnd]);
const begins = (m: Memory, value: number): void => m.note(GhostEvent.accessBegin, 0, value);
const ended = (m: Memory, value: number): void => m.note(GhostEvent.accessEnd, 0, value);

function sameAsPlain(plain: Program, watched: ReadonlySet<number> = new Set()): { states: number; fewer: number } {
  const expected = exploreProgram(plain);
  const quiet = exploreQuietly(plain, watched);
  expect(essence(quiet)).toEqual(essence({ result: expected }));
  expect(quiet.result.states).toBeLessThanOrEqual(expected.states);
  return { states: quiet.result.states, fewer: expected.states - quiet.result.states };
}

describe('a search without quiet words agrees with the plain one on small programs', () => {
  const builder = new LayoutBuilder();
  const region = (name: string, count = 1): Word => builder.region({ name, count, wordClass: 'shared', meaning: name });
  const lock = createMmuLock(builder, 'mmuLock', 3);
  const spin = createQueuedSpinlock(builder, 'spin', 3);
  const rcu = createRcu(builder, 'rcu', 3);
  const gate = createStartGate(builder, 'gate');
  const inside = region('inside');
  const counter = region('counter');
  const notes = region('notes', 3);
  const scratch = region('scratch', 4);
  const { wordCount } = builder.build();
  const over = (...threads: Body[]): Program => {
    const initial = new Int32Array(wordCount);
    initial[rcu.epoch] = 1;
    initial[scratch + 3] = 9;
    return program([...initial], threads);
  };
  /** Writes and reads words that nobody else knows, one that nobody writes, and one of a page. */
  const busily = (m: Memory, thread: number): void => {
    m.fetchAdd(notes + thread, m.load(scratch + 3));
    m.setBits(notes + thread, 1);
  };
  const writes =
    (thread: number, take: Body, leave: Body): Body =>
    (m) => {
      busily(m, thread);
      take(m);
      const old = m.load(counter);
      busily(m, thread);
      m.store(counter, old + 1);
      leave(m);
      busily(m, thread);
      return [old, m.load(notes + thread)];
    };
  const queued = (thread: number): Body =>
    writes(
      thread,
      (m) => queuedSpinLock(m, spin, thread),
      (m) => queuedSpinUnlock(m, spin, thread),
    );
  const exclusive = (thread: number): Body =>
    writes(
      thread,
      (m) => writeLock(m, lock, thread),
      (m) => writeUnlock(m, lock),
    );
  const reads =
    (thread: number): Body =>
    (m) => {
      readLock(m, lock, thread);
      m.add(inside, 1);
      busily(m, thread);
      const seen = m.load(counter);
      m.add(inside, -1);
      readUnlock(m, lock);
      return seen;
    };

  it.each<[string, Program]>([
    ['a counter under a queued spinlock', over(queued(0), queued(1), queued(2))],
    ['writers of mmu_lock', over(exclusive(0), exclusive(1))],
    ['a writer and readers of mmu_lock', over(exclusive(0), reads(1), reads(2))],
    [
      'writers whose lock is none',
      over(
        ...[0, 1].map((thread) =>
          writes(
            thread,
            (m) => m.load(inside),
            (m) => m.load(inside),
          ),
        ),
      ),
    ],
    [
      'a start gate',
      over(
        (m) => {
          m.awaitBits(gate.arrived, -1, 2);
          m.store(counter, 1);
          openStartGate(m, gate);
        },
        ...[1, 2].map((thread) => (m: Memory) => {
          busily(m, thread);
          passStartGate(m, gate);
          return m.load(counter);
        }),
      ),
    ],
    [
      'a grace period',
      over(
        (m) => {
          initRcu(m, rcu);
          m.store(counter, 1);
          const stamp = rcuStamp(m, rcu);
          busily(m, 0);
          if (rcuElapsed(m, rcu, stamp)) m.store(inside, 1);
        },
        (m) => {
          rcuReadLock(m, rcu, 1);
          busily(m, 1);
          const seen = [m.load(counter), m.load(inside)];
          rcuReadUnlock(m, rcu, 1);
          return seen;
        },
      ),
    ],
  ])('%s', (_name, plain) => {
    expect(sameAsPlain(plain).fewer).toBeGreaterThan(0);
  });

  it.each(['test-access-clear', 'test-two-slots'] as const)(
    'a whole scenario, sound and broken: %s',
    { timeout: 60_000 },
    (name) => {
      const scenario = parseScenario(scenarioTexts[name], { file: name, variants: variantNames() });
      for (const broken of [{}, brokenRulesNamed('clear-untested'), brokenRulesNamed('first-slot-only')]) {
        const rules = { ...variantNamed('lockless').rules, ...broken };
        const options = { seed: '1', budget: {}, explain: false };
        const quiet = exploreUntilStable(scenarioProgram(scenario, rules), options);
        const all = scenarioProgram(scenario, rules);
        for (let word = 1; word < all.program.initial.length; word++) all.roles.share(word);
        const plain = exploreUntilStable(all, options);
        // Words that are shared there, and quiet here, may end a thread's wait later: preemptions are compared as well.
        expect(essence({ result: quiet })).toEqual(essence({ result: plain }));
        expect(quiet.states).toBeLessThan(plain.states);
      }
    },
  );
});

describe(`a search without quiet words agrees with the plain one on random programs (PROPERTY_SEED=${seed})`, () => {
  const acyclic: Readonly<Record<string, Shape>> = {
    'acyclic programs': { cyclic: false, blocking: false, notes: false, identical: false },
    'acyclic programs that block': { cyclic: false, blocking: true, notes: false, identical: false },
    'acyclic programs with ghosts': { cyclic: false, blocking: true, notes: true, identical: false },
  };
  const cyclic: Readonly<Record<string, Shape>> = {
    'cyclic programs that block': { cyclic: true, blocking: true, notes: false, identical: false },
    'cyclic programs with ghosts': { cyclic: true, blocking: true, notes: true, identical: false },
  };

  function drawn(family: string, i: number, shape: Shape): { random: RandomProgram; plain: Program; context: string } {
    const prng = derivePrng(seed, `quiet ${family} ${i}`);
    const random = randomProgram(prng, shape);
    const moved = withWindows(programOf(random, false), prng);
    const plain = shape.notes ? { ...moved, monitors: [orderMonitor] } : moved;
    return { random, plain, context: `seed ${seed}, ${family}, program ${i}: ${JSON.stringify(random)}` };
  }

  it.each(Object.entries(acyclic))(`${PROGRAMS_PER_SHAPE} %s`, { timeout: 60_000 }, (family, shape) => {
    let fewer = 0;
    for (let i = 0; i < PROGRAMS_PER_SHAPE; i++) {
      const { plain, context } = drawn(family, i, shape);
      const expected = exploreProgram(plain);
      const quiet = exploreQuietly(plain, WATCHED);
      expect(essence(quiet), context).toEqual(essence({ result: expected }));
      expect(quiet.result.states, context).toBeLessThanOrEqual(expected.states);
      if (quiet.result.states < expected.states) fewer++;
    }
    expect(fewer).toBeGreaterThan(PROGRAMS_PER_SHAPE / 2);
  });

  it.each(Object.entries(cyclic))(`${CYCLIC_PROGRAMS} %s`, { timeout: 60_000 }, (family, shape) => {
    let compared = 0;
    for (let i = 0; compared < CYCLIC_PROGRAMS; i++) {
      const { plain, context } = drawn(family, i, shape);
      const expected = exploreProgram(plain, { budget: { states: 20_000 } });
      if (!expected.complete) continue;
      const quiet = exploreQuietly(plain, WATCHED);
      expect(essence(quiet), context).toEqual(essence({ result: expected }));
      compared++;
    }
  });

  it('would notice if words that two threads write were never shared', () => {
    class NeverShared extends WordRoles {
      override touch(): void {}
      override isConstant(): boolean {
        return false;
      }
    }
    expect(disagreements((initial) => new NeverShared(initial))).toBeGreaterThan(0);
  });

  it('would notice if a word counted as constant although another thread writes it', () => {
    class HastilyConstant extends WordRoles {
      readonly #writer = new Map<Word, number>();
      override touch(word: Word, thread: number, writes: boolean): void {
        const writer = this.#writer.get(word) ?? thread;
        if (writes) this.#writer.set(word, thread);
        // Two writers are noticed; a reader beside a writer is not.
        if (writes && writer !== thread) super.touch(word, writer, true);
        if (writes) super.touch(word, thread, true);
      }
      override isConstant(word: Word): boolean {
        return !this.isShared(word);
      }
    }
    expect(disagreements((initial) => new HastilyConstant(initial))).toBeGreaterThan(0);
  });

  it('would notice if a word were taken for constant that its own thread has written', () => {
    class AlwaysInitial extends WordRoles {
      override isConstant(): boolean {
        return true;
      }
    }
    expect(disagreements((initial) => new AlwaysInitial(initial))).toBeGreaterThan(0);
  });

  /** In how many random programs a wrong notion of quiet shows: by other results, or by an error. */
  function disagreements(rolesOf: (initial: Int32Array) => WordRoles): number {
    const shape = { cyclic: false, blocking: false, notes: false, identical: false };
    let count = 0;
    for (let i = 0; i < MUTANT_PROGRAMS; i++) {
      const { plain } = drawn('mutants', i, shape);
      const expected = JSON.stringify(essence({ result: exploreProgram(plain) }));
      try {
        const quiet = exploreQuietly(plain, WATCHED, rolesOf(plain.initial));
        if (JSON.stringify(essence(quiet)) !== expected) count++;
      } catch {
        count++;
      }
    }
    return count;
  }
});

describe('quiet words', () => {
  it('are those that one thread uses, and those that nobody writes', () => {
    const { result, roles, restarts } = exploreQuietly(
      program(
        [0, 0, 5, 0],
        [
          (m) => {
            m.store(1, m.load(2));
            return m.load(1);
          },
          (m) => {
            m.store(3, m.load(2) + 1);
            return m.load(3);
          },
        ],
      ),
    );
    expect([restarts, result.states, result.transitions]).toEqual([0, 1, 0]);
    expect(result.outcomes.map(({ values }) => values)).toEqual([[5, 6]]);
    expect([1, 2, 3].map((word) => roles.isShared(word))).toEqual([false, false, false]);
  });

  it('are shared as soon as a second thread meets them: the search begins again, once a word', () => {
    const { roles, restarts } = exploreQuietly(
      program(
        [0, 0, 0, 0],
        [(m) => [m.fetchAdd(1, 1), m.load(2)], (m) => [m.fetchAdd(1, 1), m.load(3)], (m) => [m.store(2, 1), m.load(3)]],
      ),
    );
    expect([restarts, [1, 2, 3].map((word) => roles.isShared(word))]).toEqual([2, [true, true, false]]);
  });

  it('are words that are read before anybody has written them, until somebody does', () => {
    const reader: Body = (m) => [m.load(1), m.load(1)];
    const { result, restarts } = exploreQuietly(program([0, 4], [reader, reader, (m) => m.store(1, 5)]));
    expect(restarts).toBe(1);
    expect(new Set(result.outcomes.flatMap(({ values }) => values.slice(0, 2)).map(String))).toEqual(
      new Set(['4,4', '4,5', '5,5']),
    );
  });

  it('do what the port says, operation by operation', () => {
    const every: Body = (m) => [
      m.load(1),
      m.peek(1),
      m.testBits(1, 4),
      m.fetchOr(1, 2),
      m.fetchAnd(1, 6),
      m.fetchAdd(1, 7),
      m.exchange(1, -1),
      m.testAndClear(1, 1),
      m.testAndClear(1, 1),
      m.addAndTest(1, 2, 1),
      m.compareExchange(1, 3, 8),
      m.compareExchange(1, 0, 8),
      m.tryReplace(1, 7, 9),
      m.tryReplace(1, 8, 9),
      m.store(1, 2 ** 31),
      m.add(1, -1),
      m.setBits(1, 1),
      m.clearBits(1, 2),
      m.awaitBits(1, 1, 1),
      m.awaitAdd(1, 1, 1, 3),
      m.wake(1),
      m.fill(2, 2, 6),
      [1, 2, 3].map((word) => m.load(word)),
    ];
    const plain = program([0, 5, 0, 0], [every, (m) => m.loopHead('nothing')]);
    const { states, fewer } = sameAsPlain(plain);
    expect([states, fewer > 10]).toEqual([1, true]);
  });

  describe('that are waited for', () => {
    it('are steps, even if no other thread touches them: the thread waits for ever', () => {
      for (const waits of [(m: Memory) => m.awaitBits(1, 1, 1), (m: Memory) => m.awaitAdd(1, 1, 1, 1)]) {
        const plain = program([0, 0, 0], [waits, (m) => m.store(2, 1)]);
        sameAsPlain(plain);
        const { result, roles } = exploreQuietly(plain);
        expect([result.deadlocks.length, result.verdict, roles.isShared(1)]).toEqual([1, 'violated', true]);
      }
    });

    it('are none if the wait is over at once', () => {
      const { result, roles } = exploreQuietly(program([0, 3], [(m) => m.awaitBits(1, 1, 1), () => 0]));
      expect([result.states, roles.isShared(1), result.outcomes[0]?.values]).toEqual([1, false, [3, 0]]);
    });

    it('are waited for in whatever order the waker comes', () => {
      sameAsPlain(
        program(
          [0, 0, 0],
          [
            (m) => {
              m.store(2, 7);
              m.awaitBits(1, 1, 1);
              return m.load(2);
            },
            (m) => {
              m.setBits(1, 1);
              m.wake(1);
            },
          ],
        ),
      );
    });
  });

  describe('under a fill', () => {
    it('are filled without a step if all of its words are quiet', () => {
      const { result } = exploreQuietly(
        program(
          [0, 1, 2, 3],
          [
            (m) => {
              m.fill(1, 2, 9);
              return [m.load(1), m.load(2)];
            },
            (m) => m.load(3),
          ],
        ),
      );
      expect([result.states, result.outcomes[0]?.values]).toEqual([1, [[9, 9], 3]]);
    });

    it('are shared, all of them, if one of its words is: it is one step', () => {
      const plain = program(
        [0, 1, 2, 3],
        [
          (m) => {
            m.fill(1, 3, 9);
            return m.load(1);
          },
          (m) => [m.load(2), m.load(2)],
        ],
      );
      const { roles, result } = exploreQuietly(plain);
      expect([1, 2, 3].map((word) => roles.isShared(word))).toEqual([true, true, true]);
      expect(result.outcomes.map(({ values }) => String(values[1])).sort()).toEqual(['2,2', '2,9', '9,9']);
      sameAsPlain(plain);
    });
  });

  describe('and events', () => {
    const busy: Body = (m) => {
      m.load(1);
      begins(m, 7);
      m.load(1);
    };

    it.each<[string, Body]>([
      ['in front of one', (m) => [begins(m, 1), m.store(2, 1)]],
      ['behind one', (m) => [m.store(2, 1), ended(m, 2)]],
      ['around one', (m) => [begins(m, 1), m.store(2, 1), ended(m, 2)]],
      ['around several', (m) => [begins(m, 1), m.store(2, 1), m.store(2, 2), ended(m, 2)]],
      ['between a step and one', (m) => [m.load(1), ended(m, 2), m.store(2, 1), ended(m, 3)]],
      ['between one and a step', (m) => [m.store(2, 1), begins(m, 1), m.load(1), ended(m, 2)]],
      ['in front of the first operation', (m) => [ended(m, 2), m.store(2, 1), m.load(1)]],
      ['behind the last', (m) => [m.load(1), m.store(2, 1), begins(m, 1)]],
      ['without any operation', (m) => [begins(m, 1), ended(m, 2)]],
      ['one behind the other', (m) => [m.store(2, 1), ended(m, 2), begins(m, 1), ended(m, 3), m.store(2, 2)]],
    ])('come at all times at which the plain search has them: %s', (_place, body) => {
      const plain = program([0, 0, 0], [body, busy, (m) => m.store(1, 1)], [historyMonitor]);
      sameAsPlain(plain, WATCHED);
    });

    it.each<[string, Body]>([
      ['by a step, or by a quiet operation behind it', (m) => m.load(1) === 1 && m.load(2)],
      ['by a step, or by events that have joined it', (m) => m.load(1) === 1 && [begins(m, 1), ended(m, 2)]],
    ])('come as they do without quiet words behind a loop head that is reached %s', (_ways, reach) => {
      const body: Body = (m) => {
        reach(m);
        m.loopHead('head');
        ended(m, 3);
        m.store(2, 2);
        return m.load(1);
      };
      const plain = program([0, 0, 0], [body, (m) => m.store(1, 1)], [historyMonitor]);
      sameAsPlain(plain, WATCHED);
    });

    it('that nobody watches need no step', () => {
      const body: Body = (m) => [begins(m, 1), m.store(2, 1), ended(m, 2)];
      const { result } = exploreQuietly(program([0, 0, 0], [body, () => 0], [historyMonitor]), new Set());
      expect([result.states, result.violations]).toEqual([1, []]);
    });
  });
});
