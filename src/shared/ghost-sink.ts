/** Receives the ghost events of one thread. */
export interface GhostSink {
  note(event: number, page: number, value: number): void;
}

/** For runs that nobody observes. */
export const ignoreGhosts: GhostSink = { note(): void {} };
