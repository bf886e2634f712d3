import type { Vm } from '../mmu/vm.ts';
import type { AgingAnswer } from '../notifier/aging-answer.ts';
import { firstPageOf, PAGE_BYTES, pageBehind } from '../notifier/byte-range.ts';
import { mmuNotifierClearFlushYoung, mmuNotifierClearYoung, mmuNotifierTestYoung } from '../notifier/subscribers.ts';
import { testBitmapBit } from '../shared/bitmap.ts';
import { BITMAP_GIVEN, CallAnswer, GhostEvent } from '../shared/ghost-event.ts';
import type { Memory, Word } from '../shared/memory.ts';

/** The notifier's aging calls as callers make them, with what observers need to judge the answers. */

/** test_young of bytes [start, end), with a bitmap or without. */
export function testYoungCall(
  m: Memory,
  vm: Vm,
  thread: number,
  start: number,
  end: number,
  bitmap: Word,
): AgingAnswer {
  noteBegin(m, start, end, 0, 0);
  const answer = mmuNotifierTestYoung(m, vm, thread, start, end, bitmap);
  noteFlags(m, answer, bitmap);
  const last = pageBehind(end) - 1;
  for (let page = firstPageOf(start); page <= last; page++) {
    const marked = bitmap !== 0 && testBitmapBit(m, bitmap, last - page);
    m.note(GhostEvent.callEnd, page, bitmap === 0 ? answerOf(answer) : bitAnswer(answer, marked));
  }
  return answer;
}

/** clear_young of bytes [start, end), of the pages that the bitmap selects if there is one. */
export function clearYoungCall(
  m: Memory,
  vm: Vm,
  thread: number,
  start: number,
  end: number,
  bitmap: Word,
): AgingAnswer {
  noteBegin(m, start, end, 1, bitmap);
  const answer = mmuNotifierClearYoung(m, vm, thread, start, end, bitmap);
  noteFlags(m, answer, bitmap);
  noteEnd(m, start, end, answer, bitmap);
  return answer;
}

/** clear_flush_young of bytes [start, end). */
export function clearFlushYoungCall(m: Memory, vm: Vm, thread: number, start: number, end: number): AgingAnswer {
  noteBegin(m, start, end, 1, 0);
  const answer = mmuNotifierClearFlushYoung(m, vm, thread, start, end);
  noteFlags(m, answer, 0);
  noteEnd(m, start, end, answer, 0);
  return answer;
}

/** clear_young of one page. */
export function clearYoungPage(m: Memory, vm: Vm, thread: number, page: number): AgingAnswer {
  return clearYoungCall(m, vm, thread, page * PAGE_BYTES, (page + 1) * PAGE_BYTES, 0);
}

function noteFlags(m: Memory, { flags }: AgingAnswer, bitmap: Word): void {
  m.note(GhostEvent.callFlags, -1, bitmap === 0 ? flags : flags | BITMAP_GIVEN);
}

function noteBegin(m: Memory, start: number, end: number, clears: number, bitmap: Word): void {
  const last = pageBehind(end) - 1;
  for (let page = firstPageOf(start); page <= last; page++) {
    if (bitmap === 0 || testBitmapBit(m, bitmap, last - page)) m.note(GhostEvent.callBegin, page, clears);
  }
}

function noteEnd(m: Memory, start: number, end: number, answer: AgingAnswer, bitmap: Word): void {
  const last = pageBehind(end) - 1;
  for (let page = firstPageOf(start); page <= last; page++) {
    if (bitmap === 0 || testBitmapBit(m, bitmap, last - page)) m.note(GhostEvent.callEnd, page, answerOf(answer));
  }
}

/** One answer for a range says *young* of the pages whose SPTEs the call found young, and *old* of the others. */
function answerOf({ answer }: AgingAnswer): number {
  if (answer === 'unreliable') return CallAnswer.nothing;
  return answer === 'young' ? CallAnswer.youngIfFound : CallAnswer.old;
}

function bitAnswer({ answer }: AgingAnswer, marked: boolean): number {
  if (answer === 'unreliable') return CallAnswer.nothing;
  return marked ? CallAnswer.young : CallAnswer.old;
}
