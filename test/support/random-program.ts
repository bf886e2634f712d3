import { GhostEvent } from '../../src/shared/ghost-event.ts';
import type { Memory } from '../../src/shared/memory.ts';
import type { Prng } from '../../src/shared/prng.ts';

/** A statement of a random thread: data, so that a program that fails can be printed. */
type Statement =
  | { readonly do: 'read'; readonly op: string; readonly args: readonly number[] }
  | { readonly do: 'write'; readonly op: string; readonly args: readonly number[] }
  | {
      readonly do: 'if';
      readonly word: number;
      readonly mask: number;
      readonly yes: Statement[];
      readonly no: Statement[];
    }
  | { readonly do: 'choose'; readonly branches: Statement[][] }
  | { readonly do: 'spin'; readonly word: number; readonly mask: number; readonly body: Statement[] }
  | { readonly do: 'repeat'; readonly times: number; readonly body: Statement[] }
  | { readonly do: 'own' }
  | { readonly do: 'note'; readonly event: number; readonly page: number; readonly value: number };

export interface RandomProgram {
  readonly initial: readonly number[];
  readonly threads: readonly (readonly Statement[])[];
  /** Whether threads return what they have read. */
  readonly returns: boolean;
}

export interface Shape {
  readonly cyclic: boolean;
  readonly blocking: boolean;
  readonly notes: boolean;
  readonly identical: boolean;
}

const SHARED_WORDS = 2;
const MASKS = [1, 2, 3];

/** A random program of 2 to 4 threads over two shared words and one word of its own for each thread. */
export function randomProgram(prng: Prng, shape: Shape): RandomProgram {
  const threadCount = 2 + prng.below(3);
  if (shape.cyclic && prng.below(2) === 0) return randomLoops(prng, shape, threadCount);
  const budget = threadCount === 2 ? 5 : threadCount === 3 ? 4 : 2;
  const first = block(prng, shape, 1 + prng.below(budget), 0);
  const threads = Array.from({ length: threadCount }, (_, thread) =>
    thread === 0 || (shape.identical && prng.below(3) > 0) ? first : block(prng, shape, 1 + prng.below(budget), 0),
  );
  const initial = Array.from({ length: SHARED_WORDS + threadCount }, (_, word) =>
    word < SHARED_WORDS ? prng.below(3) : 0,
  );
  return { initial, threads, returns: prng.below(2) === 0 };
}

/** Each thread is one loop: small, and cyclic through and through. */
function randomLoops(prng: Prng, shape: Shape, threadCount: number): RandomProgram {
  const loop = (): Statement[] => {
    const body = loopBody(prng, shape, 1 + prng.below(threadCount === 4 ? 2 : 3));
    return [{ do: 'spin', word: prng.below(SHARED_WORDS), mask: MASKS[prng.below(3)] as number, body }];
  };
  const threads = Array.from({ length: threadCount }, loop);
  return { initial: Array.from({ length: SHARED_WORDS + threadCount }, () => 0), threads, returns: false };
}

function block(prng: Prng, shape: Shape, length: number, depth: number): Statement[] {
  return Array.from({ length }, () => statement(prng, shape, depth));
}

function statement(prng: Prng, shape: Shape, depth: number): Statement {
  const word = prng.below(SHARED_WORDS);
  const mask = MASKS[prng.below(3)] as number;
  const value = prng.below(4);
  const kind = prng.below(20);
  if (depth < 2) {
    if (kind < 2) {
      const yes = block(prng, shape, prng.below(3), depth + 1);
      return { do: 'if', word, mask, yes, no: block(prng, shape, prng.below(2), depth + 1) };
    }
    if (kind === 2) {
      const branches = Array.from({ length: 2 + prng.below(2) }, () => block(prng, shape, prng.below(2), 2));
      return { do: 'choose', branches };
    }
    if (shape.cyclic && (kind === 3 || (kind === 4 && depth === 0))) {
      return { do: 'spin', word, mask, body: loopBody(prng, shape, prng.below(3)) };
    }
    if (shape.cyclic && kind === 5) return { do: 'repeat', times: 2, body: loopBody(prng, shape, prng.below(3)) };
  }
  if (shape.blocking && kind === 6) return { do: 'read', op: 'awaitBits', args: [word, mask, value & mask] };
  if (shape.blocking && kind === 7) return { do: 'write', op: 'awaitAdd', args: [word, mask, value & mask, 1] };
  if (shape.notes && kind >= 17) {
    const event = [GhostEvent.accessBegin, GhostEvent.accessEnd][prng.below(2)] as number;
    return { do: 'note', event, page: prng.below(2), value };
  }
  if (kind === 16) return { do: 'own' };
  return simple(prng, word, mask, value);
}

function simple(prng: Prng, word: number, mask: number, value: number): Statement {
  switch (prng.below(15)) {
    case 0:
    case 1:
      return { do: 'read', op: 'load', args: [word] };
    case 2:
      return { do: 'read', op: 'testBits', args: [word, mask] };
    case 3:
      return { do: 'read', op: 'fetchOr', args: [word, mask] };
    case 4:
      return { do: 'read', op: 'fetchAnd', args: [word, ~mask] };
    case 5:
      return { do: 'read', op: 'fetchAdd', args: [word, 1] };
    case 6:
      return { do: 'read', op: 'exchange', args: [word, value] };
    case 7:
      return { do: 'read', op: 'testAndClear', args: [word, mask] };
    case 8:
      return { do: 'read', op: 'addAndTest', args: [word, 1, mask] };
    case 9:
      return { do: 'read', op: 'compareExchange', args: [word, value, prng.below(4)] };
    case 10:
      return { do: 'read', op: 'tryReplace', args: [word, value, prng.below(4)] };
    case 11:
      return { do: 'write', op: 'fill', args: [0, SHARED_WORDS, value] };
    case 12:
      return { do: 'write', op: 'add', args: [word, 1] };
    case 13:
      return { do: 'write', op: 'store', args: [word, value] };
    default:
      return { do: 'write', op: prng.below(2) === 0 ? 'setBits' : 'clearBits', args: [word, mask] };
  }
}

/** Within a loop nothing may grow without bound, and nothing that was read there may be kept. */
function loopBody(prng: Prng, shape: Shape, length: number): Statement[] {
  return Array.from({ length }, (): Statement => {
    const word = prng.below(SHARED_WORDS);
    const mask = MASKS[prng.below(3)] as number;
    const kind = prng.below(shape.blocking ? 6 : 5);
    if (kind === 5) return { do: 'write', op: 'awaitBits', args: [word, mask, mask] };
    if (kind === 4) {
      const put = (value: number): Statement => ({ do: 'write', op: 'store', args: [prng.below(SHARED_WORDS), value] });
      return { do: 'if', word, mask, yes: [put(0)], no: [put(1)] };
    }
    const op = ['setBits', 'clearBits', 'store', 'store'][kind] as string;
    return { do: 'write', op, args: [word, mask] };
  });
}

/** The plain function of one thread. */
export function interpret(program: RandomProgram, thread: number): (memory: Memory) => unknown {
  return (memory) => {
    const reads: number[] = [];
    perform(memory, program.threads[thread] as readonly Statement[], SHARED_WORDS + thread, reads, 'p');
    return program.returns ? reads : undefined;
  };
}

function perform(m: Memory, statements: readonly Statement[], own: number, reads: number[], place: string): void {
  statements.forEach((one, index) => {
    const here = `${place}${index}`;
    switch (one.do) {
      case 'read':
        reads.push(Number(call(m, one)));
        return;
      case 'write':
        call(m, one);
        return;
      case 'if':
        if (m.testBits(one.word, one.mask)) perform(m, one.yes, own, reads, `${here}t`);
        else perform(m, one.no, own, reads, `${here}e`);
        return;
      case 'choose': {
        const taken = m.choose(one.branches.length);
        perform(m, one.branches[taken] as Statement[], own, reads, `${here}c${taken}`);
        return;
      }
      case 'spin':
        for (;;) {
          m.loopHead(here, ...reads);
          if (m.testBits(one.word, one.mask)) return;
          perform(m, one.body, own, reads, `${here}s`);
        }
      case 'repeat':
        for (let i = 0; i < one.times; i++) {
          m.loopHead(here, i, ...reads);
          perform(m, one.body, own, reads, `${here}r`);
        }
        return;
      case 'own':
        m.storeOwn(own, m.loadOwn(own) ^ (reads.length + 1));
        return;
      case 'note':
        m.note(one.event, one.page, one.value);
        return;
      default:
        one satisfies never;
    }
  });
}

function call(m: Memory, { op, args }: { readonly op: string; readonly args: readonly number[] }): unknown {
  const operation = m[op as keyof Memory] as (...operands: number[]) => unknown;
  return operation.apply(m, [...args]);
}
