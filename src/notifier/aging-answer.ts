/** MMU_NOTIFIER_YOUNG. */
export const YOUNG = 1 << 0;
/** MMU_NOTIFIER_YOUNG_BITMAP_UNRELIABLE. */
export const UNRELIABLE = 1 << 1;
/** MMU_NOTIFIER_YOUNG_FAST. */
export const FAST = 1 << 2;

/** What an aging call answers, in plain words. */
export interface AgingAnswer {
  /**
   * *young*: something in the range was accessed since it was last cleared. *old*: nothing was. *unreliable*: a bitmap
   * was given and not worked through; the call says nothing about the range.
   */
  readonly answer: 'young' | 'old' | 'unreliable';
  /** Found young by a walk without `mmu_lock`, so that looking around would be cheap. */
  readonly fast: boolean;
  /** What the kernel's function returns: the OR of MMU_NOTIFIER_YOUNG, …_BITMAP_UNRELIABLE and …_FAST. */
  readonly flags: number;
}

const OLD_ANSWER: AgingAnswer = Object.freeze({ answer: 'old', fast: false, flags: 0 });
const YOUNG_ANSWER: AgingAnswer = Object.freeze({ answer: 'young', fast: false, flags: YOUNG });
const FAST_ANSWER: AgingAnswer = Object.freeze({ answer: 'young', fast: true, flags: FAST });
const UNRELIABLE_ANSWER: AgingAnswer = Object.freeze({ answer: 'unreliable', fast: false, flags: UNRELIABLE });

/** One of four shared objects: aging calls are hot and allocate nothing. */
export function agingAnswer(flags: number): AgingAnswer {
  if ((flags & UNRELIABLE) !== 0) return UNRELIABLE_ANSWER;
  if ((flags & FAST) !== 0) return FAST_ANSWER;
  return (flags & YOUNG) !== 0 ? YOUNG_ANSWER : OLD_ANSWER;
}
