import { grown } from './row-table.ts';

const INITIAL_NODES = 16;

/** The nodes of all decision trees, one typed array a field. Public fields: the search loops read `moves`. */
export class NodeColumns {
  count = 0;
  kind = new Int32Array(INITIAL_NODES);
  word = new Int32Array(INITIAL_NODES);
  a = new Int32Array(INITIAL_NODES);
  b = new Int32Array(INITIAL_NODES);
  c = new Int32Array(INITIAL_NODES);
  /** How many moves the node has: 0 at the end of a thread, n for `choose(n)`, else 1. */
  moves = new Int32Array(INITIAL_NODES);
  thread = new Int32Array(INITIAL_NODES);
  /** Events that go with the node's own step: a list of `NoteLists`. */
  opening = new Int32Array(INITIAL_NODES);
  /** The thread's own words here. */
  own = new Int32Array(INITIAL_NODES);
  /** The node and result by which this one was first reached; -1 at a root. */
  parent = new Int32Array(INITIAL_NODES);
  parentResult = new Int32Array(INITIAL_NODES);
  /** Operations since the thread's start on that way. */
  depth = new Int32Array(INITIAL_NODES);
  /** 1 if the node follows a loop head: histories merge here. */
  head = new Int32Array(INITIAL_NODES);
  /** First of the node's edges, -1 if none: a list through `EdgeColumns.next`. */
  firstEdge = new Int32Array(INITIAL_NODES);

  /** Room for `count` more nodes, whose fields are all 0; the first one's number. */
  add(count: number): number {
    const first = this.count;
    this.count += count;
    if (this.count > this.kind.length) this.#grow(Math.max(this.count, 2 * this.kind.length));
    return first;
  }

  #grow(length: number): void {
    this.kind = grown(this.kind, length);
    this.word = grown(this.word, length);
    this.a = grown(this.a, length);
    this.b = grown(this.b, length);
    this.c = grown(this.c, length);
    this.moves = grown(this.moves, length);
    this.thread = grown(this.thread, length);
    this.opening = grown(this.opening, length);
    this.own = grown(this.own, length);
    this.parent = grown(this.parent, length);
    this.parentResult = grown(this.parentResult, length);
    this.depth = grown(this.depth, length);
    this.head = grown(this.head, length);
    this.firstEdge = grown(this.firstEdge, length);
  }
}
