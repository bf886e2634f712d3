import { CallAnswer, GhostEvent } from '../../../src/shared/ghost-event.ts';
import type { Word } from '../../../src/shared/memory.ts';
import { EPT } from '../../../src/shared/spte.ts';
import type { Breach, GhostWords, Monitor } from '../../../src/verify/monitor.ts';
import { makeWritableSpte } from '../mmu/writable-spte.ts';

type Answer = keyof typeof CallAnswer;

/** A present 4K leaf with a version of its page. */
export function leaf(version = 0): number {
  return makeWritableSpte(EPT, version, true);
}

/** Plays events and changes of words to a monitor, one by one, and keeps what it finds. */
export class MonitorRun {
  readonly breaches: Breach[] = [];
  readonly #monitor: Monitor;
  readonly #words = new Map<number, number>();
  readonly #ghost: GhostWords = {
    get: (index) => this.#words.get(index) ?? 0,
    set: (index, next) => this.#words.set(index, next),
  };

  constructor(monitor: Monitor) {
    this.#monitor = monitor;
  }

  /** `property`, or `property (reason)` where it is tolerated, in the order found. */
  get found(): readonly string[] {
    return this.breaches.map(({ property, reason }) => (reason === null ? property : `${property} (${reason})`));
  }

  note(thread: number, event: GhostEvent, page: number, value = 0): this {
    this.#monitor.event(this.#ghost, thread, event, page, value, (breach) => this.breaches.push(breach));
    return this;
  }

  /** A step of the thread changes a word. */
  change(thread: number, word: Word, before: number, after: number): this {
    this.#monitor.wordChanged?.(this.#ghost, thread, word, before, after, (breach) => this.breaches.push(breach));
    return this;
  }

  access(vcpu: number, page = 0, version = 0): this {
    return this.beginAccess(vcpu, page).endAccess(vcpu, page, version);
  }

  beginAccess(vcpu: number, page = 0, writes = false): this {
    return this.note(vcpu, GhostEvent.accessBegin, page, writes ? 1 : 0);
  }

  endAccess(vcpu: number, page = 0, version = 0): this {
    return this.note(vcpu, GhostEvent.accessEnd, page, leaf(version));
  }

  beginTest(caller: number, page = 0): this {
    return this.note(caller, GhostEvent.callBegin, page, 0);
  }

  beginClear(caller: number, page = 0): this {
    return this.note(caller, GhostEvent.callBegin, page, 1);
  }

  answer(caller: number, answer: Answer, page = 0): this {
    return this.note(caller, GhostEvent.callEnd, page, CallAnswer[answer]);
  }

  /** A whole test of a page. */
  test(caller: number, answer: Answer, page = 0): this {
    return this.beginTest(caller, page).answer(caller, answer, page);
  }

  /** A whole clear of a page. */
  clear(caller: number, answer: Answer, page = 0): this {
    return this.beginClear(caller, page).answer(caller, answer, page);
  }
}
