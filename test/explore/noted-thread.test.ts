import { describe, expect, it } from 'vitest';
import { NotedThread } from '../../src/check/noted-thread.ts';
import { exploreProgram } from '../../src/explore/explore-program.ts';
import type { Program } from '../../src/explore/program.ts';
import { GhostEvent } from '../../src/shared/ghost-event.ts';
import type { Memory } from '../../src/shared/memory.ts';
import type { GhostWords, Monitor } from '../../src/verify/monitor.ts';

/** Tells every order in which events come. */
const history: Monitor = {
  name: 'history',
  event(ghost, thread, _event, _page, value, report) {
    const next = ghost.get(0) * 100 + thread * 50 + value;
    ghost.set(0, next);
    report({ property: `history ${next}`, class: 'forbidden', reason: null, page: null, message: '' });
  },
};

const opens = (m: Memory, value: number): void => m.note(GhostEvent.accessBegin, 0, value);
const closes = (m: Memory, value: number): void => m.note(GhostEvent.accessEnd, 0, value);

type Body = (m: Memory) => unknown;

const other: Body = (m) => {
  m.store(1, 1);
  closes(m, 9);
  m.load(0);
};

/** What the monitor says of a schedule that is replayed. */
function replayed({ initial, threads }: Program, choices: readonly { readonly thread: number }[]): string[] {
  const words = initial.slice();
  const noted = threads.map(({ run }) => new NotedThread(words, run));
  const found: string[] = [];
  let word = 0;
  const ghost: GhostWords = {
    get: () => word,
    set: (_, value) => {
      word = value;
    },
  };
  const tell = (thread: number, events: NotedThread['atStart']): void => {
    for (const { event, page, value } of events) {
      history.event(ghost, thread, event, page, value, ({ property }) => found.push(property));
    }
  };
  noted.forEach(({ atStart }, thread) => {
    tell(thread, atStart);
  });
  for (const { thread } of choices) tell(thread, (noted[thread] as NotedThread).step(0).events);
  return found;
}

describe('A replay tells events as the search does', () => {
  it.each<[string, Body]>([
    ['around a step', (m) => [opens(m, 1), m.load(1), closes(m, 2)]],
    ['of two steps', (m) => [m.load(1), closes(m, 1), opens(m, 2), m.load(1), closes(m, 3)]],
    ['if a closing one follows an opening one', (m) => [m.load(1), opens(m, 1), closes(m, 2), m.load(1)]],
    ['if it follows several', (m) => [m.load(1), opens(m, 1), opens(m, 2), closes(m, 3), opens(m, 4), m.load(1)]],
    ['behind the last step', (m) => [m.load(1), closes(m, 1), opens(m, 2)]],
    ['in front of the first step', (m) => [closes(m, 1), opens(m, 2), m.load(1), m.load(1)]],
    ['without any step', (m) => [opens(m, 1), closes(m, 2), opens(m, 3)]],
    ['by the result of a step', (m) => (m.load(1) === 1 ? [opens(m, 1), closes(m, 2)] : [opens(m, 3), m.load(0)])],
    [
      'of a thread that throws',
      (m) => {
        opens(m, 1);
        m.load(1);
        opens(m, 2);
        throw new Error('no more');
      },
    ],
  ])('%s', (_name, body) => {
    const program: Program = {
      initial: Int32Array.of(0, 0),
      threads: [
        { name: 'one', run: body },
        { name: 'other', run: other },
      ],
      monitors: [history],
    };
    const told = exploreProgram(program).violations.filter(({ property }) => property.startsWith('history'));
    expect(told.length).toBeGreaterThan(0);
    for (const { property, choices } of told) expect(replayed(program, choices)).toContain(property);
  });
});
