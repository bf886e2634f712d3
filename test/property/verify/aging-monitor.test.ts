import fc from 'fast-check';
import { expect, it } from 'vitest';
import { GhostEvent } from '../../../src/shared/ghost-event.ts';
import { createAgingMonitor } from '../../../src/verify/aging-monitor.ts';
import type { Monitor } from '../../../src/verify/monitor.ts';
import { leaf, MonitorRun } from '../../support/verify/monitor-run.ts';
import { type FlagEvent, isExplained } from '../../support/verify/sticky-flag.ts';

const CALLERS = [0, 1, 2];
const VCPUS = [3, 4];
const PAGE = 1;

const monitor = createAgingMonitor({
  pages: 3,
  callers: CALLERS,
  pagesPerLargeLeaf: 2,
  passesAccessedOn: false,
  skipsInvalidRoots: true,
  toleratesNonatomicAccessed: false,
});

/** What a thread does next, if it can: begin if it is idle, else end. */
const turn = fc.oneof(
  fc.record({
    thread: fc.constantFrom(...CALLERS),
    clears: fc.boolean(),
    answer: fc.constantFrom('young' as const, 'old' as const, 'young' as const, 'old' as const, 'nothing' as const),
  }),
  fc.record({ thread: fc.constantFrom(...VCPUS) }),
  fc.record({ special: fc.constantFrom('tlb-hit' as const, 'zap' as const) }),
);

/** Histories in which each thread begins and ends by turns. */
const histories = fc.array(turn, { maxLength: 12, size: 'max' }).map((turns) => {
  const busy = new Set<number>();
  return turns.map((one): FlagEvent => {
    if ('special' in one) return { kind: one.special };
    const begins = !busy.has(one.thread);
    if (begins) busy.add(one.thread);
    else busy.delete(one.thread);
    if (!('clears' in one)) return { kind: begins ? 'access-begin' : 'access-end', vcpu: one.thread };
    if (begins) return { kind: 'call-begin', caller: one.thread, clears: one.clears };
    return { kind: 'call-end', caller: one.thread, answer: one.answer };
  });
});

function play(run: MonitorRun, event: FlagEvent): void {
  switch (event.kind) {
    case 'access-begin':
      run.beginAccess(event.vcpu, PAGE);
      return;
    case 'access-end':
      run.endAccess(event.vcpu, PAGE);
      return;
    case 'tlb-hit':
      run.note(VCPUS[0] as number, GhostEvent.tlbHit, PAGE, leaf());
      return;
    case 'zap':
      run.note(CALLERS[0] as number, GhostEvent.zapEnd, PAGE, leaf());
      return;
    case 'call-begin':
      if (event.clears) run.beginClear(event.caller, PAGE);
      else run.beginTest(event.caller, PAGE);
      return;
    case 'call-end':
      run.answer(event.caller, event.answer, PAGE);
      return;
    default:
      event satisfies never;
  }
}

interface Finding {
  readonly event: number;
  readonly class: string;
  readonly property: string;
}

/** The first answer that the monitor objects to. */
function firstFinding(one: Monitor, history: readonly FlagEvent[]): Finding | undefined {
  const run = new MonitorRun(one);
  for (let event = 0; event < history.length; event++) {
    play(run, history[event] as FlagEvent);
    const [breach] = run.breaches;
    if (breach !== undefined) return { event, class: breach.class, property: breach.property };
  }
  return undefined;
}

/** The first answer that no order explains. */
function firstUnexplained(history: readonly FlagEvent[]): Finding | undefined {
  for (let event = 0; event < history.length; event++) {
    const last = history[event] as FlagEvent;
    const sofar = history.slice(0, event + 1);
    if (last.kind !== 'call-end' || isExplained(sofar, false)) continue;
    return {
      event,
      class: isExplained(sofar, true) ? 'tolerated' : 'forbidden',
      property: last.answer === 'young' ? 'access-misreported' : 'access-lost',
    };
  }
  return undefined;
}

const agrees = (one: Monitor) =>
  fc.property(histories, (history) => {
    expect(firstFinding(one, history)).toEqual(firstUnexplained(history));
  });

it('the aging monitor objects to exactly the answers that no order of looks at a sticky flag explains', () => {
  fc.assert(agrees(monitor), { numRuns: 2000 });
});

it('histories are of every kind: explained, tolerated and forbidden, lost and misreported', () => {
  const kinds = fc.sample(histories, 2000).map((history) => {
    const finding = firstUnexplained(history);
    return finding === undefined ? 'explained' : `${finding.class} ${finding.property}`;
  });
  const counts = ['explained', 'forbidden access-lost', 'tolerated access-lost', 'forbidden access-misreported'].map(
    (kind) => kinds.filter((one) => one === kind).length,
  );
  for (const count of counts) expect(count).toBeGreaterThan(10);
});

/** The monitor with some of its events changed, or dropped. */
function broken(
  change: (event: number, value: number) => readonly [event: number, value: number] | undefined,
): Monitor {
  return {
    name: 'broken',
    event(ghost, thread, event, page, value, report) {
      const changed = change(event, value);
      if (changed !== undefined) monitor.event(ghost, thread, changed[0], page, changed[1], report);
    },
  };
}

it.each<[string, Monitor]>([
  [
    'that does not know of accesses under way',
    broken((event, value) => (event === GhostEvent.accessBegin ? undefined : [event, value])),
  ],
  ['that takes tests for clears', broken((event, value) => [event, event === GhostEvent.callBegin ? 1 : value])],
  ['that takes clears for tests', broken((event, value) => [event, event === GhostEvent.callBegin ? 0 : value])],
  [
    'that takes TLB hits for walks',
    broken((event, value) => [event === GhostEvent.tlbHit ? GhostEvent.accessEnd : event, value]),
  ],
  ['that does not know of zaps', broken((event, value) => (event === GhostEvent.zapEnd ? undefined : [event, value]))],
])('a monitor would be caught %s', (_how, one) => {
  expect(fc.check(agrees(one), { numRuns: 3000 }).failed).toBe(true);
});
