import { GhostEvent } from '../shared/ghost-event.ts';
import { backingOf, isVersionAtOrBefore } from '../shared/spte.ts';
import type { Monitor } from './monitor.ts';

/** `use-after-invalidate`: an access, by a walk or through the TLB, reaches what the host has taken back before. */
export const invalidationMonitor: Monitor = {
  name: 'invalidation',
  /** A ghost word a page: 1 + the version that was taken back last. */
  event(ghost, _thread, event, page, value, report) {
    if (event === GhostEvent.revoked) {
      ghost.set(page, value + 1);
      return;
    }
    if (event !== GhostEvent.accessEnd && event !== GhostEvent.tlbHit) return;
    const revoked = ghost.get(page);
    if (revoked === 0 || !isVersionAtOrBefore(backingOf(value), revoked - 1)) return;
    const through = event === GhostEvent.tlbHit ? 'the TLB' : 'an SPTE';
    report({
      property: 'use-after-invalidate',
      class: 'forbidden',
      reason: null,
      page,
      message:
        `an access through ${through} reaches version ${backingOf(value)} of page ${page}, ` +
        `and the host has taken back version ${revoked - 1}`,
    });
  },
};
