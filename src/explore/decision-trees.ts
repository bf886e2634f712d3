import type { Memory, Word } from '../shared/memory.ts';
import { NodeColumns } from './node-columns.ts';
import { NoteLists } from './note-lists.ts';
import { OpKind, opName } from './operation.ts';
import { OwnWords } from './own-words.ts';
import { PrefixMemory } from './prefix-memory.ts';
import { ProgramError } from './program-error.ts';
import { grown, RowTable } from './row-table.ts';
import { faultOf, type ThreadFault } from './thread-fault.ts';
import { ValueTable } from './value-table.ts';

/** One modelled thread: a plain synchronous function of the port. */
export interface ThreadProgram {
  readonly name: string;
  readonly run: (memory: Memory) => unknown;
}

/**
 * The history of a thread is longer than the engine is willing to follow: a loop without a loop head, most likely. It
 * ends a search without a verdict.
 */
class EndlessThread extends Error {
  override readonly name = 'EndlessThread';
}

export interface TreeOptions {
  /** Runs every new prefix twice, and samples of what follows a loop head along several histories. */
  readonly checked: boolean;
  /** Merges the histories of a thread that has returned the same value (with the same own words). */
  readonly mergeFinished: boolean;
  /** Longest history of a thread, in operations. */
  readonly maxOperations: number;
  /** For each thread the first one that runs the same program: identical threads share a tree. */
  readonly sameAs: readonly number[];
}

interface History {
  readonly nodes: number[];
  readonly results: number[];
}

/** What a run of the program found behind a history. */
interface Finding {
  kind: number;
  word: number;
  a: number;
  b: number;
  c: number;
  opening: number;
  closing: number;
  woken: number;
  own: number;
  head: string | undefined;
}

/** What a search does about an error: a thread without end ends the search, anything else is thrown on. */
export function endlessThread(error: unknown): string {
  if (error instanceof EndlessThread) return error.message;
  throw error;
}

/** Other histories that have reached a loop head, kept to check that what follows does not depend on them. */
const MAX_ALTERNATIVES = 2;

/**
 * Each thread as a tree: a node is a pending operation, an edge one of its results. A node that was never reached
 * before is found by running the plain function from its start with the recorded results; every later visit is a
 * table look-up. (GenMC's per-thread value trie is prior art.) Histories merge at loop heads, so the tree may have
 * cycles.
 */
export class DecisionTrees {
  readonly nodes = new NodeColumns();
  readonly notes = new NoteLists();
  readonly wokenWords = new ValueTable<readonly Word[]>();
  readonly outcomes = new ValueTable<unknown>();
  readonly faults = new ValueTable<ThreadFault>();
  /** Own words that a thread has written: pairs [word, value]. */
  readonly ownVectors = new ValueTable<readonly (readonly [Word, number])[]>();
  readonly threads: readonly ThreadProgram[];
  /** Edge `i` joins row `i` of `#edges` (node, result) to node `edgeChild[i]`. */
  edgeChild = new Int32Array(16);
  /** Events that go with the step of edge `i`, after its operation. */
  edgeClosing = new Int32Array(16);
  /** Words woken behind edge `i`: a list of `wokenWords`. */
  edgeWoken = new Int32Array(16);
  /** Next edge of the same node, or -1. */
  edgeNext = new Int32Array(16);
  /** Most moves of one node: alternatives of a choice. */
  maxMoves = 1;
  /** Whether any thread has come to a loop head. */
  hasLoopHeads = false;
  /** Runs of plain functions so far. */
  runs = 0;

  readonly #edges = new RowTable(2);
  readonly #edgeKey = new Int32Array(2);
  readonly #roots = new Map<number, { readonly node: number; readonly closing: number }>();
  readonly #heads = new Map<string, number>();
  /** Labels of the loop heads that lie in front of these nodes. */
  readonly #labels = new Map<number, string>();
  readonly #alternatives = new Map<number, { node: number; result: number }[]>();
  readonly #memory: PrefixMemory;
  readonly #options: TreeOptions;
  readonly #wordName: (word: Word) => string;

  constructor(
    threads: readonly ThreadProgram[],
    initial: Int32Array,
    wordName: (word: Word) => string,
    options: TreeOptions,
  ) {
    this.threads = threads;
    this.#wordName = wordName;
    this.#options = options;
    const own = new OwnWords(
      initial.length,
      threads.map((thread) => thread.name),
      wordName,
    );
    this.#memory = new PrefixMemory(this, initial, own);
  }

  /** The node at which the thread starts, and the events that it issues before its first step. */
  root(thread: number): { readonly node: number; readonly closing: number } {
    const tree = this.#options.sameAs[thread] as number;
    const known = this.#roots.get(tree);
    if (known !== undefined) return known;
    const found = this.#explore(tree, { nodes: [], results: [] });
    const root = { node: this.#nodeFor(tree, found, -1, 0), closing: found.closing };
    this.#roots.set(tree, root);
    return root;
  }

  /** The edge for a result of the node's operation; runs the program if nobody has asked before. */
  edge(node: number, result: number): number {
    const { nodes } = this;
    if ((nodes.depth[node] as number) >= this.#options.maxOperations) {
      throw new EndlessThread(
        `${this.#nameOf(nodes.thread[node] as number)} has done ${this.#options.maxOperations} operations: mark its ` +
          'loops with loopHead, or wait with awaitBits',
      );
    }
    this.#edgeKey[0] = node;
    this.#edgeKey[1] = result;
    const edge = this.#edges.intern(this.#edgeKey);
    if (!this.#edges.added) return edge;
    const thread = nodes.thread[node] as number;
    const found = this.#explore(thread, this.#history(node, result));
    if (this.#options.checked) this.#checkAlternatives(node, result, found);
    const before = nodes.count;
    const child = this.#nodeFor(thread, found, node, result);
    if (edge >= this.edgeChild.length) this.#growEdges();
    this.edgeChild[edge] = child;
    this.edgeClosing[edge] = found.closing;
    this.edgeWoken[edge] = found.woken;
    this.edgeNext[edge] = (nodes.firstEdge[node] as number) - 1;
    nodes.firstEdge[node] = edge + 1;
    const isOldHead = child < before && nodes.head[child] === 1;
    if (this.#options.checked && isOldHead) this.#checkLoopHead(child, node, result, found);
    return edge;
  }

  matches(node: number, kind: number, word: Word, a: number, b: number, c: number): boolean {
    const { nodes } = this;
    return (
      nodes.kind[node] === kind &&
      nodes.word[node] === word &&
      nodes.a[node] === a &&
      nodes.b[node] === b &&
      nodes.c[node] === c
    );
  }

  describe(node: number): string {
    const { nodes } = this;
    const kind = nodes.kind[node] as number;
    if (kind === OpKind.choose) return `choose(${nodes.a[node]})`;
    if (kind === OpKind.finished || kind === OpKind.stopped) return 'its end';
    return `${opName(kind)} of ${this.#wordName(nodes.word[node] as number)}`;
  }

  /** Bytes held, roughly: what a memory budget counts. */
  get bytes(): number {
    return this.nodes.count * 14 * 4 + this.edgeChild.byteLength * 4 + this.#edges.bytes;
  }

  /** Runs the program along the history; in checked mode twice, and the two must agree. */
  #explore(thread: number, history: History): Finding {
    const found = this.#runOnce(thread, thread, history);
    if (!this.#options.checked) return found;
    // Each thread that is declared identical serves as the second run.
    for (let member = thread; member < this.threads.length; member++) {
      if (this.#options.sameAs[member] === thread) {
        this.#mustAgree(member, found, this.#runOnce(thread, member, history));
      }
    }
    return found;
  }

  #runOnce(tree: number, thread: number, history: History): Finding {
    const memory = this.#memory;
    const { name, run } = this.threads[thread] as ThreadProgram;
    this.runs++;
    const { returned, value } = memory.run(tree, name, run, history.nodes, history.results);
    const own = this.ownVectors.idOf([...memory.own].sort(([left], [right]) => left - right));
    const { head } = memory;
    const woken = this.wokenWords.idOf(memory.woken);
    if (memory.stopped) {
      const { kind, word, a, b, c } = memory;
      const opening = this.notes.idOf(memory.opening);
      return { kind, word, a, b, c, opening, closing: this.notes.idOf(memory.closing), woken, own, head };
    }
    // No step follows, so events that wait for one go with the last.
    const closing = this.notes.idOf([...memory.closing, ...memory.opening]);
    const kind = returned ? OpKind.finished : OpKind.stopped;
    const a = returned ? this.outcomes.idOf(value) : this.faults.idOf(faultOf(value));
    return { kind, word: 0, a, b: 0, c: 0, opening: 0, closing, woken, own, head };
  }

  #mustAgree(thread: number, first: Finding, second: Finding): void {
    if (sameFinding(first, second)) return;
    const representative = this.#options.sameAs[thread] as number;
    if (representative !== thread) {
      throw new ProgramError(
        `${this.#nameOf(thread)} is declared identical to ${this.#nameOf(representative)}, but with the same results ` +
          `they come to ${this.#describeFinding(second)} and to ${this.#describeFinding(first)}`,
      );
    }
    throw new ProgramError(
      `${this.#nameOf(thread)} is not deterministic: run twice with the same results, it came to ` +
        `${this.#describeFinding(first)} and to ${this.#describeFinding(second)}`,
    );
  }

  /** The node for what a run has found: an old one if histories merge here. */
  #nodeFor(thread: number, found: Finding, parent: number, parentResult: number): number {
    const key = this.#mergeKey(thread, found);
    const known = key === undefined ? undefined : this.#heads.get(key);
    if (known !== undefined) return known;
    const { nodes } = this;
    const moves = found.kind === OpKind.choose ? found.a : found.kind >= OpKind.finished ? 0 : 1;
    const node = nodes.add(Math.max(1, moves));
    // A choice takes one number for each alternative, so that a move is always one number.
    for (let i = node; i < nodes.count; i++) {
      nodes.kind[i] = found.kind;
      nodes.word[i] = found.word;
      nodes.a[i] = found.a;
      nodes.b[i] = found.kind === OpKind.choose ? 0 : found.b;
      nodes.c[i] = found.c;
      nodes.thread[i] = thread;
      nodes.opening[i] = found.opening;
      nodes.own[i] = found.own;
    }
    nodes.moves[node] = moves;
    this.maxMoves = Math.max(this.maxMoves, moves);
    nodes.parent[node] = parent;
    nodes.parentResult[node] = parentResult;
    nodes.depth[node] = parent < 0 ? 0 : (nodes.depth[parent] as number) + 1;
    nodes.head[node] = found.head === undefined ? 0 : 1;
    if (key !== undefined) this.#heads.set(key, node);
    if (found.head !== undefined) this.hasLoopHeads = true;
    if (found.head !== undefined) this.#labels.set(node, (JSON.parse(found.head) as [string])[0]);
    return node;
  }

  #mergeKey(thread: number, found: Finding): string | undefined {
    if (found.head !== undefined) return `${thread} ${found.head}`;
    if (this.#options.mergeFinished && found.kind === OpKind.finished) return `${thread} end ${found.a} ${found.own}`;
    return undefined;
  }

  /** The results from the thread's start to the node, and one more. */
  #history(node: number, result: number): History {
    const { nodes } = this;
    const path: number[] = [];
    const results: number[] = [];
    for (let at = node, last = result; at >= 0; ) {
      path.push(at);
      results.push(last);
      last = nodes.parentResult[at] as number;
      at = nodes.parent[at] as number;
    }
    return { nodes: path.reverse(), results: results.reverse() };
  }

  /** The loop head that the node's history last passed, or -1. */
  #headAbove(node: number): number {
    const { nodes } = this;
    let at = node;
    while (at >= 0 && nodes.head[at] === 0) at = nodes.parent[at] as number;
    return at;
  }

  /** The history of `node` with the part up to its loop head replaced by another that has reached that head. */
  #alternativeHistory(node: number, result: number, head: number, way: { node: number; result: number }): History {
    const { nodes } = this;
    const path: number[] = [];
    const results: number[] = [];
    for (let at = node, last = result; ; ) {
      path.push(at);
      results.push(last);
      last = nodes.parentResult[at] as number;
      if (at === head) break;
      at = nodes.parent[at] as number;
    }
    const before = this.#history(way.node, way.result);
    return { nodes: [...before.nodes, ...path.reverse()], results: [...before.results, ...results.reverse()] };
  }

  /** What follows a loop head must be the same along each history that reaches it. */
  #checkAlternatives(node: number, result: number, found: Finding): void {
    const head = this.#headAbove(node);
    if (head < 0) return;
    const thread = this.nodes.thread[node] as number;
    for (const way of this.#alternatives.get(head) ?? []) {
      const other = this.#runOnce(thread, thread, this.#alternativeHistory(node, result, head, way));
      if (!sameFinding(found, other)) throw this.#brokenLoopHead(head, found, other);
    }
  }

  /** A new history has reached an old loop head: what is known to follow must follow it, too. */
  #checkLoopHead(head: number, node: number, result: number, found: Finding): void {
    const { nodes } = this;
    const same =
      this.matches(head, found.kind, found.word, found.a, found.b, found.c) &&
      nodes.opening[head] === found.opening &&
      nodes.own[head] === found.own;
    if (!same) throw this.#brokenLoopHead(head, this.#findingAt(head), found);
    const known = this.#alternatives.get(head) ?? [];
    if (known.length >= MAX_ALTERNATIVES) return;
    const way = { node, result };
    this.#alternatives.set(head, [...known, way]);
    this.#checkBelow(head, head, way);
  }

  #checkBelow(at: number, head: number, way: { node: number; result: number }): void {
    const { nodes } = this;
    const thread = nodes.thread[at] as number;
    for (let edge = (nodes.firstEdge[at] as number) - 1; edge >= 0; edge = this.edgeNext[edge] as number) {
      const result = this.#edges.rows[2 * edge + 1] as number;
      const child = this.edgeChild[edge] as number;
      const other = this.#runOnce(thread, thread, this.#alternativeHistory(at, result, head, way));
      const expected = {
        ...this.#findingAt(child),
        closing: this.edgeClosing[edge] as number,
        woken: this.edgeWoken[edge] as number,
        head: other.head,
      };
      const merges = nodes.head[child] === 1;
      if (!sameFinding(expected, other) || merges !== (other.head !== undefined)) {
        throw this.#brokenLoopHead(head, expected, other);
      }
      if (!merges && nodes.parent[child] === at) this.#checkBelow(child, head, way);
    }
  }

  #findingAt(node: number): Finding {
    const { nodes } = this;
    return {
      kind: nodes.kind[node] as number,
      word: nodes.word[node] as number,
      a: nodes.a[node] as number,
      b: nodes.b[node] as number,
      c: nodes.c[node] as number,
      opening: nodes.opening[node] as number,
      closing: 0,
      woken: 0,
      own: nodes.own[node] as number,
      head: undefined,
    };
  }

  #brokenLoopHead(head: number, first: Finding, second: Finding): ProgramError {
    const thread = this.nodes.thread[head] as number;
    return new ProgramError(
      `${this.#nameOf(thread)} breaks the contract of its loop head "${this.#labels.get(head)}": two histories ` +
        `that agree there come to ${this.#describeFinding(first)} and to ${this.#describeFinding(second)}. ` +
        'What follows may depend on nothing but the label and the locals',
    );
  }

  #describeFinding({ kind, word, a, b, c }: Finding): string {
    if (kind === OpKind.finished) return `returning ${JSON.stringify(this.outcomes.valueOf(a)) ?? 'nothing'}`;
    if (kind === OpKind.stopped) return `throwing "${this.faults.valueOf(a).message}"`;
    if (kind === OpKind.choose) return `choose(${a})`;
    return `${opName(kind)} of ${this.#wordName(word)} with ${[a, b, c].join(', ')}`;
  }

  #nameOf(thread: number): string {
    return (this.threads[thread] as ThreadProgram).name;
  }

  #growEdges(): void {
    const length = 2 * this.edgeChild.length;
    this.edgeChild = grown(this.edgeChild, length);
    this.edgeClosing = grown(this.edgeClosing, length);
    this.edgeWoken = grown(this.edgeWoken, length);
    this.edgeNext = grown(this.edgeNext, length);
  }
}

function sameFinding(first: Finding, second: Finding): boolean {
  return (
    first.kind === second.kind &&
    first.word === second.word &&
    first.a === second.a &&
    first.b === second.b &&
    first.c === second.c &&
    first.opening === second.opening &&
    first.closing === second.closing &&
    first.woken === second.woken &&
    first.own === second.own &&
    first.head === second.head
  );
}
