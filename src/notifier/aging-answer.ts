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
   * was given, and some subscriber did not work through it; the call says nothing about the range.
   */
  readonly answer: 'young' | 'old' | 'unreliable';
  /** Found young by a walk without `mmu_lock`, so that looking around would be cheap. */
  readonly fast: boolean;
  /** What the kernel's function returns: the OR of MMU_NOTIFIER_YOUNG, …_BITMAP_UNRELIABLE and …_FAST. */
  readonly flags: number;
}

const OLD_ANSWER = answerOf(0);
const YOUNG_ANSWER = answerOf(YOUNG);
const FAST_ANSWER = answerOf(FAST);
const YOUNG_AND_FAST_ANSWER = answerOf(YOUNG | FAST);
const UNRELIABLE_ANSWER = answerOf(UNRELIABLE);
const UNRELIABLE_YOUNG_ANSWER = answerOf(UNRELIABLE | YOUNG);
const UNRELIABLE_FAST_ANSWER = answerOf(UNRELIABLE | FAST);
const UNRELIABLE_YOUNG_AND_FAST_ANSWER = answerOf(UNRELIABLE | YOUNG | FAST);

/** One of eight shared objects: aging calls are hot and allocate nothing. Flags of several subscribers may be mixed. */
export function agingAnswer(flags: number): AgingAnswer {
  switch (flags) {
    case YOUNG:
      return YOUNG_ANSWER;
    case FAST:
      return FAST_ANSWER;
    case YOUNG | FAST:
      return YOUNG_AND_FAST_ANSWER;
    case UNRELIABLE:
      return UNRELIABLE_ANSWER;
    case UNRELIABLE | YOUNG:
      return UNRELIABLE_YOUNG_ANSWER;
    case UNRELIABLE | FAST:
      return UNRELIABLE_FAST_ANSWER;
    case UNRELIABLE | YOUNG | FAST:
      return UNRELIABLE_YOUNG_AND_FAST_ANSWER;
    default:
      return OLD_ANSWER;
  }
}

function answerOf(flags: number): AgingAnswer {
  const fast = (flags & FAST) !== 0;
  const answer = (flags & UNRELIABLE) !== 0 ? 'unreliable' : flags === 0 ? 'old' : 'young';
  return Object.freeze({ answer, fast, flags });
}
