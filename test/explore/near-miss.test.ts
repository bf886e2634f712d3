import { describe, expect, it } from 'vitest';
import { exploreProgram } from '../../src/explore/explore-program.ts';
import type { Violation } from '../../src/explore/find-violations.ts';
import type { Choice } from '../../src/explore/minimal-search.ts';
import type { Program } from '../../src/explore/program.ts';
import { replaySchedule } from '../../src/explore/replay.ts';
import { GhostEvent } from '../../src/shared/ghost-event.ts';
import type { Memory } from '../../src/shared/memory.ts';
import { derivePrng } from '../../src/shared/seed.ts';
import type { Breach, Monitor } from '../../src/verify/monitor.ts';
import { programOf } from '../support/compare.ts';
import { randomProgram } from '../support/random-program.ts';

const seed = process.env.PROPERTY_SEED ?? '1';
const RANDOM_PROGRAMS = 150;

type Body = (m: Memory) => unknown;

function program(initial: readonly number[], threads: readonly Body[], more: Partial<Program> = {}): Program {
  return {
    initial: Int32Array.from(initial),
    threads: threads.map((run, index) => ({ name: `t${index}`, run })),
    ...more,
  };
}

function explained(one: Program): readonly Violation[] {
  return exploreProgram(one, { explain: true }).violations;
}

/** The thread of each step. */
const order = (choices: readonly Choice[]): string => choices.map(({ thread }) => thread).join('');

/** Which schedules, from a beginning on, go wrong in the end: by running each of them from the start. */
interface Fates {
  /** A schedule that goes on from the beginning and violates nothing; undefined if every one violates something. */
  passingFrom(beginning: readonly Choice[]): readonly Choice[] | undefined;
}

/** Only for programs without loops: every schedule is tried. */
function bruteForce(one: Program): Fates {
  const known = new Map<string, readonly Choice[] | undefined>();
  const passingFrom = (beginning: readonly Choice[]): readonly Choice[] | undefined => {
    const key = beginning.map(({ thread, alternative }) => `${thread}.${alternative}`).join();
    if (known.has(key)) return known.get(key);
    let found: readonly Choice[] | undefined;
    if (!breaks(one, beginning)) {
      const next = movesBehind(one, beginning);
      if (next.length === 0) found = beginning;
      for (const choice of next) found ??= passingFrom([...beginning, choice]);
    }
    known.set(key, found);
    return found;
  };
  return { passingFrom };
}

function movesBehind(one: Program, beginning: readonly Choice[]): Choice[] {
  return one.threads.flatMap((_, thread) => {
    const moves: Choice[] = [];
    for (let alternative = 0; alternative < 3; alternative++) {
      try {
        const { steps } = replaySchedule(one, [...beginning, { thread, alternative }]);
        if (alternative === 0 || steps.at(-1)?.result === alternative) moves.push({ thread, alternative });
      } catch {
        // It cannot go on, or has no such alternative.
      }
    }
    return moves;
  });
}

/** Whether something is violated by the time that a schedule has come so far. */
function breaks(one: Program, choices: readonly Choice[]): boolean {
  const { steps, standings } = replaySchedule(one, choices);
  const states = [one.initial, ...steps.map(({ words }) => words)];
  if ((one.invariants ?? []).some(({ holds }) => states.some((words) => holds(words) !== true))) return true;
  if (breachesOf(one, choices).length > 0) return true;
  if (standings.some(({ state }) => state === 'threw')) return true;
  if (movesBehind(one, choices).length > 0) return false;
  if (standings.some(({ state }) => state === 'pending')) return true;
  const values = standings.map((standing) => (standing.state === 'returned' ? standing.value : undefined));
  return (one.final ?? []).some(({ holds }) => holds(states.at(-1) as Int32Array, values) !== true);
}

/** What monitors say along a schedule: events ride on the operation that is under way. */
function breachesOf(one: Program, choices: readonly Choice[]): Breach[] {
  const monitors = one.monitors ?? [];
  if (monitors.length === 0) return [];
  const breaches: Breach[] = [];
  const ghosts = monitors.map(() => new Map<number, number>());
  const done = one.threads.map(() => 0);
  choices.forEach(({ thread }, index) => {
    const [before, after] = [
      notesOf(one, choices.slice(0, index), thread),
      notesOf(one, choices.slice(0, index + 1), thread),
    ];
    for (const [event, page, value] of after.slice(done[thread] ?? before.length)) {
      monitors.forEach((monitor, at) => {
        const words = ghosts[at] as Map<number, number>;
        const ghost = { get: (i: number) => words.get(i) ?? 0, set: (i: number, next: number) => words.set(i, next) };
        monitor.event(ghost, thread, event, page, value, (breach) => breaches.push(breach));
      });
    }
    done[thread] = after.length;
  });
  return breaches;
}

function notesOf(one: Program, choices: readonly Choice[], thread: number): [number, number, number][] {
  const notes: [number, number, number][] = [];
  const threads = one.threads.map(({ name, run }, index) => ({
    name,
    run: (m: Memory) => {
      if (index !== thread) return run(m);
      notes.length = 0;
      return run(
        new Proxy(m, {
          get: (target, key: keyof Memory) =>
            key === 'note'
              ? (...note: [number, number, number]) => notes.push(note)
              : (target[key] as (...args: unknown[]) => unknown).bind(target),
        }),
      );
    },
  }));
  replaySchedule({ ...one, threads }, choices);
  return notes;
}

/** Point of no return and passing schedule, as every schedule tells. */
function expectRight(one: Program, { choices, nearMiss, property }: Violation, context = ''): void {
  const { passingFrom } = bruteForce(one);
  let point = choices.length - 1;
  while (point >= 0 && passingFrom(choices.slice(0, point)) === undefined) point--;
  expect(nearMiss?.pointOfNoReturn ?? -1, `${property} ${context}`).toBe(point);
  if (nearMiss === null) return;
  const { passing } = nearMiss;
  expect(passing.slice(0, point), context).toEqual(choices.slice(0, point));
  expect(passing[point], context).not.toEqual(choices[point]);
  expect(breaks(one, passing), context).toBe(false);
  expect(movesBehind(one, passing), context).toEqual([]);
}

const increments: Body = (m) => {
  const old = m.load(1);
  m.store(1, old + 1);
};
const both = { name: 'both count', holds: (words: Int32Array) => words[1] === 2 };

/** A page must not be left before it was entered. */
const inOrder: Monitor = {
  name: 'in-order',
  event(ghost, _thread, event, page, _value, report) {
    if (event === GhostEvent.tlbHit) ghost.set(page, 1);
    else if (ghost.get(page) === 0) {
      report({ property: 'in-order', class: 'forbidden', reason: null, page, message: 'left before it was entered' });
    }
  },
};

describe('the point of no return and the nearest passing schedule', () => {
  it('of a lost update: both have loaded', () => {
    const one = program([0, 0], [increments, increments], { final: [both] });
    const [violation] = explained(one);
    expect(order(violation?.choices ?? [])).toMatch(/^01/);
    expect(violation?.nearMiss?.pointOfNoReturn).toBe(1);
    expect(order(violation?.nearMiss?.passing ?? [])).toBe('0011');
    expectRight(one, violation as Violation);
  });

  it('of a deadlock: each holds one of two locks', () => {
    const takes =
      (first: number, second: number): Body =>
      (m) => {
        m.awaitAdd(first, 1, 0, 1);
        m.awaitAdd(second, 1, 0, 1);
        m.add(second, -1);
        m.add(first, -1);
      };
    const one = program([0, 0, 0], [takes(1, 2), takes(2, 1)]);
    const [violation] = explained(one);
    expect([violation?.property, violation?.nearMiss?.pointOfNoReturn]).toEqual(['deadlock', 1]);
    expect(order(violation?.nearMiss?.passing ?? [])).toBe('00001111');
    expectRight(one, violation as Violation);
  });

  it('of an invariant: the step itself, if it could still have been another', () => {
    const flag =
      (mine: number): Body =>
      (m) => {
        m.store(mine, 1);
        m.store(mine, 0);
      };
    const one = program([0, 0, 0], [flag(1), flag(2)], {
      invariants: [{ name: 'one at a time', holds: (words) => words[1] === 0 || words[2] === 0 }],
    });
    const [violation] = explained(one);
    expect(violation?.nearMiss?.pointOfNoReturn).toBe((violation?.choices.length ?? 0) - 1);
    expectRight(one, violation as Violation);
  });

  it('of a monitor', () => {
    const one = program(
      [0, 0, 0],
      [
        (m) => {
          m.load(1);
          m.store(2, 1);
          m.note(GhostEvent.tlbHit, 0, 0);
        },
        (m) => {
          m.load(1);
          m.load(1);
          m.note(GhostEvent.accessEnd, 0, 0);
        },
      ],
      { monitors: [inOrder] },
    );
    const [violation] = explained(one);
    expect(violation?.property).toBe('in-order');
    expectRight(one, violation as Violation);
  });

  it('of a choice: another alternative of the same thread', () => {
    const one = program([0, 0], [(m) => m.store(1, m.choose(3))], {
      final: [{ name: 'not 1', holds: (words) => words[1] !== 1 }],
    });
    const [violation] = explained(one);
    expect(violation?.nearMiss).toMatchObject({ pointOfNoReturn: 0 });
    expectRight(one, violation as Violation);
  });

  it('are none if everything goes wrong', () => {
    const one = program([0, 0], [(m) => m.store(1, 1), (m) => m.load(1)], {
      final: [{ name: 'never', holds: () => false }],
    });
    const [violation] = explained(one);
    expect(violation?.nearMiss).toBeNull();
    expectRight(one, violation as Violation);
  });

  it('are not worked out unless asked for', () => {
    const one = program([0, 0], [increments, increments], { final: [both] });
    expect(exploreProgram(one).violations[0]?.nearMiss).toBeNull();
  });

  it('avoid every other violation, too', () => {
    // Not to lose the update, the threads may go one after the other: but the second must not be the first.
    const one = program([0, 0, 0], [increments, (m) => [increments(m), m.store(2, 1)]], {
      final: [both],
      invariants: [{ name: 'not the second first', holds: (words) => words[2] === 0 || words[1] === 2 }],
    });
    for (const violation of explained(one)) expectRight(one, violation);
  });

  it('are found beside loops: a schedule that goes round for ever is no good end', () => {
    const one = program(
      [0, 0, 0],
      [
        (m) => {
          for (;;) {
            m.loopHead('wait');
            if (m.testBits(1, 1)) break;
          }
          return m.load(2);
        },
        (m) => {
          m.store(1, 1);
          m.store(2, 1);
        },
      ],
      { final: [{ name: 'reads the new value', holds: (_words, [value]) => value === 1 }] },
    );
    const [violation] = explained(one);
    const { pointOfNoReturn = -1, passing = [] } = violation?.nearMiss ?? {};
    const { choices = [] } = violation ?? {};
    // The load of the old value is what cannot be taken back.
    expect(pointOfNoReturn).toBe(choices.length - 2);
    expect(passing.slice(0, pointOfNoReturn)).toEqual(choices.slice(0, pointOfNoReturn));
    expect(replaySchedule(one, passing).standings.map(({ state }) => state)).toEqual(['returned', 'returned']);
    expect(replaySchedule(one, passing).standings[0]).toEqual({ state: 'returned', value: 1 });
  });

  it(`are those of ${RANDOM_PROGRAMS} random programs by brute force (PROPERTY_SEED=${seed})`, {
    timeout: 60_000,
  }, () => {
    const shape = { cyclic: false, blocking: true, notes: false, identical: false };
    let compared = 0;
    let missed = 0;
    for (let i = 0; i < RANDOM_PROGRAMS; i++) {
      const random = randomProgram(derivePrng(seed, `near miss ${i}`), shape);
      if (random.threads.length > 2 || JSON.stringify(random).length > 700) continue;
      const one: Program = {
        ...programOf(random, false),
        final: [{ name: 'few bits', holds: (words) => ((words[0] ?? 0) ^ (words[1] ?? 0)) % 3 !== 1 }],
      };
      for (const violation of explained(one)) {
        expectRight(one, violation, `seed ${seed}, near miss, program ${i}: ${JSON.stringify(random)}`);
        compared++;
        if (violation.nearMiss !== null) missed++;
      }
    }
    expect(compared).toBeGreaterThan(10);
    expect(missed).toBeGreaterThan(5);
  });
});
