import { RET_PF_FAST_FIXED, RET_PF_FIXED } from '../mmu/fault-outcome.ts';
import { GhostEvent } from '../shared/ghost-event.ts';
import type { GhostSink } from '../shared/ghost-sink.ts';

/** KVM's statistics of page faults and flushes, counted from the protocol's own events. */
export class FaultCounter implements GhostSink {
  taken = 0;
  fixed = 0;
  fast = 0;
  remoteTlbFlushes = 0;

  note(event: number, _page: number, value: number): void {
    if (event === GhostEvent.faultBegin) this.taken++;
    else if (event === GhostEvent.remoteTlbFlush) this.remoteTlbFlushes++;
    else if (event === GhostEvent.faultEnd) {
      if (value === RET_PF_FIXED || value === RET_PF_FAST_FIXED) this.fixed++;
      if (value === RET_PF_FAST_FIXED) this.fast++;
    }
  }

  reset(): void {
    this.taken = 0;
    this.fixed = 0;
    this.fast = 0;
    this.remoteTlbFlushes = 0;
  }
}
