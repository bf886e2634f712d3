/** Notices threads whose heartbeat stands still. */
export class Watchdog {
  readonly #boundMs: number;
  readonly #last = new Map<string, { beat: number; since: number }>();

  constructor(boundMs: number) {
    this.#boundMs = boundMs;
  }

  /** The threads that have not moved for longer than the bound, among those that still run. */
  look(nowMs: number, beats: ReadonlyMap<string, number>): readonly string[] {
    const stuck: string[] = [];
    for (const [name, beat] of beats) {
      const last = this.#last.get(name);
      if (last === undefined || last.beat !== beat) this.#last.set(name, { beat, since: nowMs });
      else if (nowMs - last.since > this.#boundMs) stuck.push(name);
    }
    return stuck;
  }
}
