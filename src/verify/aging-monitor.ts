import { CallAnswer, GhostEvent } from '../shared/ghost-event.ts';
import { type ReasonId, reasonText } from '../shared/property.ts';
import { isLargeLeaf, isShadowPresent } from '../shared/spte.ts';
import type { Breach, GhostWords, Monitor } from './monitor.ts';

export interface AgingMonitorOptions {
  readonly pages: number;
  /** Threads that may make aging calls, by number; at most three. */
  readonly callers: readonly number[];
  /** Pages that a 2M leaf maps. */
  readonly pagesPerLargeLeaf: number;
  /** An SPTE that goes hands its Accessed bit to the host page, which counts as reported. */
  readonly passesAccessedOn: boolean;
  /** Aging skips roots that were invalidated, and what their SPTEs know. */
  readonly skipsInvalidRoots: boolean;
  /** Plain stores are allowed where only Accessed may change meanwhile (rules since 6.15). */
  readonly toleratesNonatomicAccessed: boolean;
}

export const MAX_CALLERS = 3;
const COMBINATIONS = 3 ** MAX_CALLERS;
const ALL = 2 ** COMBINATIONS - 1;

/** How far a call is with a page: it has not looked yet, or found the page old, or young. */
const PENDING = 0;
const FOUND_OLD = 1;
const FOUND_YOUNG = 2;

/** Ghost words of a page. */
const STRICT_OLD = 0;
const STRICT_YOUNG = 1;
const LENIENT_OLD = 2;
const LENIENT_YOUNG = 3;
const REASON = 4;
const OPEN_ACCESSES = 5;
const CALLS = 6;
const PAGE_WORDS = CALLS + 2 * MAX_CALLERS;
/** Ghost words in front of the pages: invalidations of roots under way, and tables that are cut off but not yet emptied. */
const ROOT_INVALIDATIONS = 0;
const TEARDOWNS = 1;
const FIRST_PAGE = 2;

const TESTS = 1;
const CLEARS = 2;

/** RET_PF_EMULATE, as `faultEnd` has it. */
const EMULATED = 5;

const reasons = Object.keys(reasonText) as ReasonId[];

/**
 * `access-lost` and `access-misreported` as linearizability, page by page, of a sticky flag: an access sets it, a clear that
 * finds it set resets it, and each call that covers the page looks at it once between its beginning and its end. The ghost
 * state of a page is the set of states that such a specification may be in: the flag, and how far each call under way is.
 * A call whose answer fits none of them is wrong.
 *
 * Two such sets are kept: *strict*, and *lenient*, which also allows the documented exceptions. An answer that only the
 * strict one refuses is tolerated, with the page's last exception for its reason. Between the first attempt of an access
 * and its leaf step the flag may be set at any time: the fault sets Accessed on the access's behalf.
 */
export function createAgingMonitor(options: AgingMonitorOptions): Monitor {
  const slots = new Map(options.callers.map((thread, slot) => [thread, slot]));
  return {
    name: 'aging',
    event(ghost, thread, event, page, value, report) {
      if (page < 0) {
        teardown(ghost, event, options);
        if (!options.skipsInvalidRoots) return;
        if (event === GhostEvent.rootInvalidateBegin) {
          addRootInvalidation(ghost, 1);
          for (let known = 0; known < options.pages; known++) {
            const state = new PageState(ghost, known);
            state.mayLose('invalid-root');
            state.close();
          }
        }
        if (event === GhostEvent.rootInvalidateEnd) addRootInvalidation(ghost, -1);
        return;
      }
      const state = new PageState(ghost, page);
      switch (event) {
        case GhostEvent.accessBegin:
          state.openAccesses |= 1 << thread;
          break;
        case GhostEvent.accessEnd:
          state.openAccesses &= ~(1 << thread);
          state.access(ghost.get(ROOT_INVALIDATIONS) > 0 ? 'invalid-root' : undefined);
          if (ghost.get(TEARDOWNS) > 0) state.mayLose(options.passesAccessedOn ? undefined : 'zapped');
          break;
        case GhostEvent.faultEnd:
          // Nobody has the frame: the access is emulated, and over.
          if (value !== EMULATED) return;
          state.openAccesses &= ~(1 << thread);
          break;
        case GhostEvent.tlbHit:
          state.access('tlb-hit');
          break;
        case GhostEvent.zapEnd:
          if (!isShadowPresent(value)) return;
          state.zapped(options.passesAccessedOn ? undefined : 'zapped');
          break;
        case GhostEvent.prefaultRewrote:
          state.mayLose('prefault-rewrites');
          break;
        case GhostEvent.ageGaveUp:
          state.maySet('cas-failed');
          break;
        case GhostEvent.nonatomicUpdate:
          if (!options.toleratesNonatomicAccessed) return;
          state.mayLose('nonatomic-accessed');
          state.maySet('nonatomic-accessed');
          break;
        case GhostEvent.leafSplit:
        case GhostEvent.leafCollapsed:
          for (let i = 0; i < options.pagesPerLargeLeaf && page + i < options.pages; i++) {
            const part = new PageState(ghost, page + i);
            part.maySet(event === GhostEvent.leafSplit ? 'split-inherits' : 'collapse-first-child');
            if (event === GhostEvent.leafCollapsed) part.mayLose('collapse-first-child');
            part.close();
          }
          return;
        case GhostEvent.testedYoung:
        case GhostEvent.clearedYoung: {
          const slot = slots.get(thread);
          if (slot !== undefined) state.setFound(slot);
          if (isLargeLeaf(value)) {
            state.maySet('huge-granularity');
            // The leaf speaks for all of its pages, also for those outside the call's range.
            if (event === GhostEvent.clearedYoung) state.mayLose(undefined);
          }
          break;
        }
        case GhostEvent.callBegin:
          state.beginCall(slotOf(slots, thread), value === 1 ? CLEARS : TESTS);
          break;
        case GhostEvent.callEnd: {
          const breach = state.endCall(slotOf(slots, thread), value, page);
          if (breach !== undefined) report(breach);
          break;
        }
        default:
          return;
      }
      state.close();
    },
  };
}

/**
 * What the leaves of a table know that is cut off from its root is on its way to the host pages, where the rules pass Accessed
 * on, and counts as reported; where they do not, it is as good as zapped. Aging cannot find it any more. Which pages they are no event
 * says: any may be.
 */
function teardown(ghost: GhostWords, event: number, { pages, passesAccessedOn }: AgingMonitorOptions): void {
  if (event === GhostEvent.teardownEnd) ghost.set(TEARDOWNS, ghost.get(TEARDOWNS) - 1);
  if (event !== GhostEvent.teardownBegin) return;
  ghost.set(TEARDOWNS, ghost.get(TEARDOWNS) + 1);
  for (let known = 0; known < pages; known++) {
    const state = new PageState(ghost, known);
    state.mayLose(passesAccessedOn ? undefined : 'zapped');
    state.close();
  }
}

function slotOf(slots: ReadonlyMap<number, number>, thread: number): number {
  const slot = slots.get(thread);
  if (slot === undefined) throw new RangeError(`thread ${thread} is not declared to make aging calls`);
  return slot;
}

function addRootInvalidation(ghost: GhostWords, count: number): void {
  ghost.set(ROOT_INVALIDATIONS, ghost.get(ROOT_INVALIDATIONS) + count);
}

/** The specification states of one page, as sets of combinations of call states, with the flag clear and set. */
class PageState {
  readonly #ghost: GhostWords;
  readonly #base: number;

  constructor(ghost: GhostWords, page: number) {
    this.#ghost = ghost;
    this.#base = FIRST_PAGE + page * PAGE_WORDS;
  }

  get openAccesses(): number {
    return this.#ghost.get(this.#base + OPEN_ACCESSES);
  }

  set openAccesses(threads: number) {
    this.#ghost.set(this.#base + OPEN_ACCESSES, threads);
  }

  /** The flag is set now; with a reason, the lenient specification allows that it is not. */
  access(reason: ReasonId | undefined): void {
    const lenientOld = this.#get(LENIENT_OLD);
    for (const old of [STRICT_OLD, LENIENT_OLD]) {
      this.#set(old + 1, this.#get(old + 1) | this.#get(old));
      this.#set(old, 0);
    }
    if (reason === undefined) return;
    this.#set(LENIENT_OLD, lenientOld | this.#get(LENIENT_OLD));
    this.#because(reason);
  }

  /** The flag may be gone: to the lenient specification for a reason, without one to both. */
  mayLose(reason: ReasonId | undefined): void {
    this.#set(LENIENT_OLD, this.#get(LENIENT_OLD) | this.#get(LENIENT_YOUNG));
    if (reason === undefined) this.#set(STRICT_OLD, this.#get(STRICT_OLD) | this.#get(STRICT_YOUNG));
    else this.#because(reason);
  }

  /**
   * What one SPTE of the page knew is gone, to the lenient specification for a reason, or has been handed on, and a call under way need
   * not find it; another SPTE may be young as before, and what that one knows a later call may report.
   */
  zapped(reason: ReasonId | undefined): void {
    this.mayLose(reason);
    for (const young of reason === undefined ? [STRICT_YOUNG, LENIENT_YOUNG] : [LENIENT_YOUNG]) {
      let combinations = this.#get(young);
      for (let slot = 0; slot < MAX_CALLERS; slot++) {
        if (this.#ghost.get(this.#base + CALLS + 2 * slot) !== 0) combinations |= looked(combinations, slot, FOUND_OLD);
      }
      this.#set(young, combinations);
    }
  }

  /** The flag may show although nobody has accessed the page. */
  maySet(reason: ReasonId): void {
    this.#set(LENIENT_YOUNG, this.#get(LENIENT_YOUNG) | this.#get(LENIENT_OLD));
    this.#because(reason);
  }

  setFound(slot: number): void {
    this.#ghost.set(this.#base + CALLS + 2 * slot + 1, 1);
  }

  beginCall(slot: number, kind: number): void {
    this.#ghost.set(this.#base + CALLS + 2 * slot, kind);
    this.#ghost.set(this.#base + CALLS + 2 * slot + 1, 0);
  }

  endCall(slot: number, answer: number, page: number): Breach | undefined {
    const call = this.#base + CALLS + 2 * slot;
    const found = this.#ghost.get(call + 1) === 1;
    this.#ghost.set(call, 0);
    this.#ghost.set(call + 1, 0);
    const young = answer === CallAnswer.young || (answer === CallAnswer.youngIfFound && found);
    const wanted = answer === CallAnswer.nothing ? PENDING : young ? FOUND_YOUNG : FOUND_OLD;
    for (let set = STRICT_OLD; set <= LENIENT_YOUNG; set++) this.#set(set, ended(this.#get(set), slot, wanted));
    if (this.#get(STRICT_OLD) !== 0 || this.#get(STRICT_YOUNG) !== 0) return undefined;
    const lenient = this.#get(LENIENT_OLD) !== 0 || this.#get(LENIENT_YOUNG) !== 0;
    const reason = lenient ? (reasons[this.#ghost.get(this.#base + REASON) - 1] ?? null) : null;
    // One wrong answer is one finding: from here on, everything is possible.
    for (const set of [0, 1]) {
      if (!lenient) this.#set(LENIENT_OLD + set, ALL);
      this.#set(STRICT_OLD + set, this.#get(LENIENT_OLD + set));
    }
    return {
      property: young ? 'access-misreported' : 'access-lost',
      class: lenient ? 'tolerated' : 'forbidden',
      reason,
      page,
      message: young
        ? `page ${page} is reported young, and nobody has accessed it since a call last reported and cleared it`
        : `page ${page} looks old, and an access to it that had ended before the call began was never reported`,
    };
  }

  /** Adds what may happen without an event: calls look at the flag, accesses under way set it. */
  close(): void {
    this.#closeSets(STRICT_OLD);
    this.#closeSets(LENIENT_OLD);
  }

  #closeSets(first: number): void {
    let old = this.#get(first);
    let young = this.#get(first + 1);
    for (;;) {
      let nextOld = old;
      let nextYoung = this.openAccesses === 0 ? young : young | old;
      for (let slot = 0; slot < MAX_CALLERS; slot++) {
        const kind = this.#ghost.get(this.#base + CALLS + 2 * slot);
        if (kind === 0) continue;
        nextOld |= looked(old, slot, FOUND_OLD);
        const found = looked(young, slot, FOUND_YOUNG);
        if (kind === CLEARS) nextOld |= found;
        else nextYoung |= found;
      }
      if (nextOld === old && nextYoung === young) break;
      old = nextOld;
      young = nextYoung;
    }
    this.#set(first, old);
    this.#set(first + 1, young);
  }

  /** At first the flag is clear and no call is under way: combination 0. Ghost words are 0 at first. */
  #get(set: number): number {
    const initially = set === STRICT_OLD || set === LENIENT_OLD ? 1 : 0;
    return this.#ghost.get(this.#base + set) ^ initially;
  }

  #set(set: number, combinations: number): void {
    const initially = set === STRICT_OLD || set === LENIENT_OLD ? 1 : 0;
    this.#ghost.set(this.#base + set, combinations ^ initially);
  }

  #because(reason: ReasonId): void {
    this.#ghost.set(this.#base + REASON, 1 + reasons.indexOf(reason));
  }
}

const weights = Array.from({ length: MAX_CALLERS }, (_, slot) => 3 ** slot);

/** What one call of `slot` has found in a combination. */
function stateOfCall(combination: number, slot: number): number {
  return Math.floor(combination / (weights[slot] as number)) % 3;
}

/** The combinations in which the call had not looked, with it having found `state`. */
function looked(combinations: number, slot: number, state: number): number {
  let result = 0;
  for (let rest = combinations; rest !== 0; rest &= rest - 1) {
    const combination = 31 - Math.clz32(rest & -rest);
    if (stateOfCall(combination, slot) === PENDING) result |= 1 << (combination + state * (weights[slot] as number));
  }
  return result;
}

/** The combinations in which the call has found `wanted`, with the call gone. */
function ended(combinations: number, slot: number, wanted: number): number {
  let result = 0;
  for (let rest = combinations; rest !== 0; rest &= rest - 1) {
    const combination = 31 - Math.clz32(rest & -rest);
    if (stateOfCall(combination, slot) === wanted) result |= 1 << (combination - wanted * (weights[slot] as number));
  }
  return result;
}
