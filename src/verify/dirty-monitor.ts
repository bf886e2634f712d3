import { GhostEvent } from '../shared/ghost-event.ts';
import type { Monitor } from './monitor.ts';

export interface DirtyMonitorOptions {
  readonly pages: number;
  /** Pages that several slots map, of which perhaps not all are logged: what is written through which no event says. */
  readonly aliased: ReadonlySet<number>;
  /** Dirt is logged by write protection, so that a page that was handed out cannot be written without a fault. */
  readonly writeProtects: boolean;
}

/** Ghost words of a page. */
const WRITTEN = 0;
const PROTECTED = 1;
/** It became writable since a hand-out began. */
const MADE_WRITABLE = 2;
/** It had been written when the hand-out under way began. */
const WRITTEN_BEFORE = 3;
/** A bit for each thread whose buffer of modified pages may still hold the page. */
const IN_BUFFERS = 4;
/** Its slot is logged. */
const LOGGED = 5;
const PAGE_WORDS = 6;

/**
 * `dirty-lost`: a write that ended before a hand-out of the log began is in none. `write-unprotected`: a page that was announced
 * as write-protected, by the return of a hand-out, of the beginning of logging or of a shadow write-protect, is written without a fault. Writes while a
 * hand-out is under way may be in that one or in the next. With PML a write is in the vCPU's buffer until it exits, and nobody
 * waits for that (kvm_arch_sync_dirty_log only kicks): until then it may be in a later one, too.
 */
export function createDirtyMonitor({ pages, writeProtects, aliased }: DirtyMonitorOptions): Monitor {
  /** Behind the pages, a word a thread: whether its access is a write. */
  const firstThread = pages * PAGE_WORDS;
  return {
    name: 'dirty-log',
    event(ghost, thread, event, page, value, report) {
      const word = (field: number): number => page * PAGE_WORDS + field;
      const wrote = (): void => {
        if (ghost.get(word(PROTECTED)) === 1) {
          report({
            property: 'write-unprotected',
            class: 'forbidden',
            reason: null,
            page,
            message: `page ${page} is written without a fault, and it was announced that it is write-protected`,
          });
        }
        if (ghost.get(word(LOGGED)) === 0) return;
        ghost.set(word(WRITTEN), 1);
        if (!writeProtects) ghost.set(word(IN_BUFFERS), ghost.get(word(IN_BUFFERS)) | (1 << thread));
      };
      switch (event) {
        case GhostEvent.accessBegin:
          ghost.set(firstThread + thread, value);
          return;
        case GhostEvent.accessEnd:
          if (ghost.get(firstThread + thread) === 1) wrote();
          ghost.set(firstThread + thread, 0);
          return;
        case GhostEvent.tlbWrote:
          wrote();
          return;
        case GhostEvent.madeWritable:
          ghost.set(word(PROTECTED), 0);
          ghost.set(word(MADE_WRITABLE), 1);
          return;
        case GhostEvent.shadowProtectBegin:
          ghost.set(word(MADE_WRITABLE), 0);
          return;
        case GhostEvent.shadowProtectEnd:
          // A frame is protected: another frame of the same page may be written as before.
          if (aliased.has(page)) return;
          if (ghost.get(word(MADE_WRITABLE)) === 0) ghost.set(word(PROTECTED), 1);
          return;
        case GhostEvent.loggingEnded:
          for (let field = 0; field < PAGE_WORDS; field++) ghost.set(word(field), 0);
          return;
        case GhostEvent.loggingBegun:
          if (aliased.has(page)) return;
          ghost.set(word(LOGGED), 1);
          ghost.set(word(WRITTEN), 0);
          ghost.set(word(PROTECTED), writeProtects && ghost.get(word(MADE_WRITABLE)) === 0 ? 1 : 0);
          return;
        case GhostEvent.pmlFlushed:
          for (let logged = 0; logged < pages; logged++) {
            const buffers = logged * PAGE_WORDS + IN_BUFFERS;
            ghost.set(buffers, ghost.get(buffers) & ~(1 << thread));
          }
          return;
        case GhostEvent.handOutBegin:
          if (ghost.get(word(LOGGED)) === 0) return;
          ghost.set(word(MADE_WRITABLE), 0);
          if (ghost.get(word(IN_BUFFERS)) !== 0) return;
          ghost.set(word(WRITTEN_BEFORE), ghost.get(word(WRITTEN)));
          ghost.set(word(WRITTEN), 0);
          return;
        case GhostEvent.handOutEnd: {
          if (ghost.get(word(LOGGED)) === 0) return;
          const before = ghost.get(word(WRITTEN_BEFORE));
          ghost.set(word(WRITTEN_BEFORE), 0);
          if (value === 0 && before === 1) {
            report({
              property: 'dirty-lost',
              class: 'forbidden',
              reason: null,
              page,
              message: `page ${page} was written before its dirty log was handed out, and is not in it`,
            });
          }
          if (value === 0) return;
          ghost.set(word(WRITTEN), 0);
          if (writeProtects && ghost.get(word(MADE_WRITABLE)) === 0) ghost.set(word(PROTECTED), 1);
          return;
        }
        default:
      }
    },
  };
}
