import type { CheckStep } from '../check/check-result.ts';
import { changeText, valueText } from './named-bits.ts';

/** The port's operations as the kernel calls them. */
const KERNEL_WORDS: Readonly<Record<string, string>> = {
  load: 'read',
  peek: 'read',
  testBits: 'test',
  store: 'write',
  fill: 'write',
  fetchOr: 'atomic or',
  setBits: 'atomic or',
  fetchAnd: 'atomic and',
  clearBits: 'atomic and',
  fetchAdd: 'atomic add',
  add: 'atomic add',
  addAndTest: 'atomic add',
  exchange: 'xchg',
  testAndClear: 'test-and-clear',
  compareExchange: 'cmpxchg',
  tryReplace: 'cmpxchg',
  awaitBits: 'spin on',
  awaitAdd: 'spin on and add to',
};

const READS: ReadonlySet<string> = new Set(['load', 'peek', 'testBits', 'awaitBits']);

/** A step in the kernel's words: what is done, to which word, and only what changed: `cmpxchg spte[gfn 3]: Accessed 0 -> 1`. */
export function stepText(step: CheckStep): string {
  const { op, word, before, after } = step;
  if (isNote(step)) return `(${step.note ?? 'no shared word'})`;
  const what = `${Object.hasOwn(KERNEL_WORDS, op) ? KERNEL_WORDS[op] : op} ${word}`.trimEnd();
  if (isFailedExchange(step)) return `${what} fails${before === null ? '' : `, it is ${valueText(before.text)}`}`;
  if (before !== null && after !== null && changesWord(step)) return `${what}: ${changeText(before.text, after.text)}`;
  const value = after ?? before;
  if (value === null) return op === 'choose' ? `${what} -> ${step.result}` : what;
  return READS.has(op) ? `${what}: ${valueText(value.text)}` : `${what}: ${valueText(value.text)}, unchanged`;
}

/** A step that touches no word, and only tells observers something. */
export function isNote({ op, word }: CheckStep): boolean {
  return op === 'note' && word === '';
}

/** What observers were told, if the step's text does not say so itself. */
export function stepNote(step: CheckStep): string | null {
  return isNote(step) ? null : step.note;
}

export function changesWord({ before, after }: CheckStep): boolean {
  return before !== null && after !== null && before.value !== after.value;
}

/** A compare-exchange that found another value than it expected. */
export function isFailedExchange(step: CheckStep): boolean {
  return (step.op === 'tryReplace' && step.result === 0) || (step.op === 'compareExchange' && !changesWord(step));
}

export function isSpte(word: string): boolean {
  return /spte\[|^table #\d+\[/.test(word);
}

export function isLock(word: string): boolean {
  return /lock|rcu/i.test(word);
}
