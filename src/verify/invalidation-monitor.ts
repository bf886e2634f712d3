import { GhostEvent } from '../shared/ghost-event.ts';
import { backingOf, isShadowPresent, isVersionAtOrBefore } from '../shared/spte.ts';
import type { Breach, Monitor } from './monitor.ts';

/** Ghost words of a page: 1 + the version that was taken back last; 1 + that of an SPTE that aging has stored plainly. */
const REVOKED = 0;
const STORED = 1;
const PAGE_WORDS = 2;

/**
 * `use-after-invalidate`: an access, by a walk or through the TLB, reaches what the host has taken back before; or an SPTE
 * does, since aging has stored it over one that was zapped.
 */
export const invalidationMonitor: Monitor = {
  name: 'invalidation',
  event(ghost, _thread, event, page, value, report) {
    const revokedWord = page * PAGE_WORDS + REVOKED;
    const storedWord = page * PAGE_WORDS + STORED;
    switch (event) {
      case GhostEvent.revoked:
        ghost.set(revokedWord, value + 1);
        break;
      case GhostEvent.spteStored:
        ghost.set(storedWord, backingOf(value) + 1);
        break;
      case GhostEvent.zapEnd:
        // It finds whatever was stored before, and a store that comes later is told of again.
        if (isShadowPresent(value)) ghost.set(storedWord, 0);
        return;
      case GhostEvent.accessEnd:
      case GhostEvent.tlbHit:
        if (isTakenBack(ghost.get(revokedWord), backingOf(value))) {
          const through = event === GhostEvent.tlbHit ? 'the TLB' : 'an SPTE';
          report(breach(page, `an access through ${through} reaches`, backingOf(value), ghost.get(revokedWord) - 1));
        }
        return;
      default:
        return;
    }
    const stored = ghost.get(storedWord);
    if (stored === 0 || !isTakenBack(ghost.get(revokedWord), stored - 1)) return;
    report(breach(page, 'an SPTE that was stored over a zapped one reaches', stored - 1, ghost.get(revokedWord) - 1));
  },
};

function isTakenBack(revoked: number, version: number): boolean {
  return revoked !== 0 && isVersionAtOrBefore(version, revoked - 1);
}

function breach(page: number, what: string, version: number, revoked: number): Breach {
  return {
    property: 'use-after-invalidate',
    class: 'forbidden',
    reason: null,
    page,
    message: `${what} version ${version} of page ${page}, and the host has taken back version ${revoked}`,
  };
}
