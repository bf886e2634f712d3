/** RET_PF_RETRY: something changed meanwhile; the guest runs into the fault again if it is still there. */
export const RET_PF_RETRY = 0;
/** RET_PF_FIXED. */
export const RET_PF_FIXED = 1;
/** RET_PF_SPURIOUS: the access would go through now; another vCPU has mapped the page. */
export const RET_PF_SPURIOUS = 2;
/** RET_PF_FIXED by the fast page fault, without `mmu_lock`. */
export const RET_PF_FAST_FIXED = 3;
/** RET_PF_INVALID: not a case for the fast page fault. */
export const RET_PF_INVALID = 4;
/** RET_PF_EMULATE: no slot has the frame, so that there is nothing to map, and the access is emulated (MMIO). */
export const RET_PF_EMULATE = 5;
/** -EAGAIN: the slot is about to be deleted, and nobody waits for the page: userspace may try again. */
export const RET_EAGAIN = 6;
