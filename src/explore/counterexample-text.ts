import type { Violation } from './find-violations.ts';
import { hasBooleanResult, hasNoResult, type Operation, OpKind, opName } from './operation.ts';
import type { Program } from './program.ts';
import type { SwitchReason, TraceStep } from './trace.ts';

const GAP = '  ';

/**
 * The story of a violation: one line a step, a column for each thread, the word before and after, and why each switch
 * of threads happened.
 */
export function counterexampleText(program: Program, violation: Violation, model: string): string {
  const { trace } = violation;
  const wordName = program.wordName ?? ((word: number) => `word[${word}]`);
  const cells = trace.map((step) => stepText(step, wordName));
  const widths = program.threads.map(({ name }, thread) =>
    Math.max(name.length, ...cells.filter((_, index) => trace[index]?.thread === thread).map((cell) => cell.length)),
  );
  const numberWidth = Math.max(1, String(trace.length).length);
  const lines = [`${violation.property}: ${violation.message}  (model ${model})`];
  if (trace.length > 0) {
    const header = program.threads.map(({ name }, thread) => name.padEnd(widths[thread] ?? 0)).join(GAP);
    lines.push(`${'#'.padStart(numberWidth)}${GAP}${header}`.trimEnd());
  }
  trace.forEach((step, index) => {
    if (step.switchedBecause !== undefined) {
      const previous = program.threads[trace[index - 1]?.thread ?? 0]?.name ?? '';
      lines.push(`${' '.repeat(numberWidth)}${GAP}---- ${switchText(previous, step.switchedBecause)} ----`);
    }
    const columns = widths.map((width, thread) =>
      (thread === step.thread ? (cells[index] as string) : '').padEnd(width),
    );
    const columnsText = columns.join(GAP);
    lines.push(
      `${String(index + 1).padStart(numberWidth)}${GAP}${columnsText}${GAP}${changeText(step, wordName)}`.trimEnd(),
    );
  });
  lines.push(...minimality(violation));
  if (violation.token !== null) lines.push(`replay: ${violation.token}`);
  return lines.join('\n');
}

function minimality({ cost, provenMinimal }: Violation): string[] {
  if (cost === null) return ['no schedule was found within the budget'];
  const { preemptions, switches, steps } = cost;
  const story = `${count(preemptions, 'preemption')}, ${count(switches, 'switch', 'switches')}, ${count(steps, 'step')}`;
  if (!provenMinimal) return [`${story}; not proven minimal`];
  if (preemptions === 0) return [`${story}: minimal (proven)`];
  const fewer = preemptions === 1 ? 'without a preemption' : `with fewer than ${preemptions} preemptions`;
  return [`${story}: minimal (proven); no such violation ${fewer} (proven)`];
}

function count(n: number, one: string, many = `${one}s`): string {
  return `${n} ${n === 1 ? one : many}`;
}

function switchText(previous: string, reason: SwitchReason): string {
  switch (reason) {
    case 'preempted':
      return `${previous} is preempted`;
    case 'blocked':
      return `${previous} must wait`;
    case 'finished':
      return `${previous} has ended`;
    default:
      return reason satisfies never;
  }
}

function stepText({ operation, result }: TraceStep, wordName: (word: number) => string): string {
  const { kind, word } = operation;
  const returned = hasNoResult(kind) ? '' : ` -> ${hasBooleanResult(kind) ? result === 1 : result}`;
  if (kind === OpKind.choose) return `choose(${operation.a})${returned}`;
  return `${opName(kind)} ${[wordName(word), ...operands(operation)].join(', ')}${returned}`;
}

/** The operands that the operation has, bit masks in hexadecimal. */
function operands({ kind, a, b, c }: Operation): string[] {
  switch (kind) {
    case OpKind.load:
    case OpKind.peek:
      return [];
    case OpKind.testBits:
    case OpKind.fetchOr:
    case OpKind.fetchAnd:
    case OpKind.setBits:
    case OpKind.clearBits:
    case OpKind.testAndClear:
      return [hex(a)];
    case OpKind.addAndTest:
      return [String(a), hex(b)];
    case OpKind.compareExchange:
    case OpKind.tryReplace:
    case OpKind.fill:
      return [String(a), String(b)];
    case OpKind.awaitBits:
      return [hex(a), hex(b)];
    case OpKind.awaitAdd:
      return [hex(a), hex(b), String(c)];
    default:
      return [String(a)];
  }
}

function changeText({ operation, before, after }: TraceStep, wordName: (word: number) => string): string {
  if (before === undefined || after === undefined) return '';
  // A write that leaves the word as it was is part of the story; a read or a failed attempt is not.
  if (before === after && !hasNoResult(operation.kind)) return '';
  return `${wordName(operation.word)}: ${before} -> ${after}`;
}

function hex(bits: number): string {
  return `0x${(bits >>> 0).toString(16)}`;
}
