import { BITMAP_GIVEN, GhostEvent } from '../shared/ghost-event.ts';
import type { Breach, Monitor } from './monitor.ts';

/** MMU_NOTIFIER_YOUNG, …_BITMAP_UNRELIABLE, …_FAST. */
const UNRELIABLE = 1 << 1;
const YOUNG_OR_FAST = (1 << 0) | (1 << 2);

/** Ghost words of a thread: whether its call has found a page young that it covers, then one for each page that it covers. */
const FOUND = 0;
const FIRST_PAGE = 1;

/**
 * `wrong-flags`: what the flags of an aging call are documented to mean (version 3, patch 1). Young, fast or not: a covered
 * page was found young in this call. Neither: none was. Unreliable: a bitmap was given, and was not worked through.
 */
export function createFlagsMonitor(pages: number): Monitor {
  const stride = FIRST_PAGE + pages;
  return {
    name: 'flags',
    event(ghost, thread, event, page, value, report) {
      const base = thread * stride;
      switch (event) {
        case GhostEvent.callBegin:
          ghost.set(base + FOUND, 0);
          ghost.set(base + FIRST_PAGE + page, 1);
          return;
        case GhostEvent.callEnd:
          ghost.set(base + FIRST_PAGE + page, 0);
          return;
        case GhostEvent.testedYoung:
        case GhostEvent.clearedYoung:
          if (page >= 0 && page < pages && ghost.get(base + FIRST_PAGE + page) === 1) ghost.set(base + FOUND, 1);
          return;
        case GhostEvent.callFlags: {
          const wrong = wrongFlags(value, ghost.get(base + FOUND) === 1);
          if (wrong !== undefined) report(breach(wrong));
          ghost.set(base + FOUND, 0);
          return;
        }
        default:
      }
    },
  };
}

function wrongFlags(flags: number, found: boolean): string | undefined {
  const saysYoung = (flags & YOUNG_OR_FAST) !== 0;
  if ((flags & UNRELIABLE) !== 0) {
    return (flags & BITMAP_GIVEN) === 0 ? 'the answer is flagged unreliable, and there is no bitmap' : undefined;
  }
  if (saysYoung && !found) return 'the answer is young, and the call has found no page young that it covers';
  if (!saysYoung && found) return 'the answer is old, and the call has found a page young that it covers';
  return undefined;
}

function breach(message: string): Breach {
  return { property: 'wrong-flags', class: 'forbidden', reason: null, page: null, message };
}
