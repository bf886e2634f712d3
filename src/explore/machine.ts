import type { Breach, GhostWords, Monitor } from '../verify/monitor.ts';
import { BreachTable } from './breach-table.ts';
import { DecisionTrees, type ThreadProgram } from './decision-trees.ts';
import { BLOCKED, type MemoryModel } from './memory-model.ts';
import { OpKind } from './operation.ts';
import { nextCapacity } from './row-table.ts';
import { StoreTable } from './store-table.ts';

/** A condition on the words that must hold in every state; a text says why it does not. */
export interface Invariant {
  readonly name: string;
  holds(words: Int32Array): boolean | string;
}

export interface MachineOptions {
  readonly threads: readonly ThreadProgram[];
  readonly initial: Int32Array;
  readonly wordName: (word: number) => string;
  readonly model: MemoryModel;
  readonly monitors: readonly Monitor[];
  readonly invariants: readonly Invariant[];
  readonly sameAs: readonly number[];
  readonly checked: boolean;
  readonly mergeFinished: boolean;
  readonly maxOperations: number;
}

/** Entries of the step cache: store, move, next store, next node. */
const ENTRY = 4;
/** Small, so that every test makes the tables grow in the middle of things. */
const INITIAL_ENTRIES = 16;
const EMPTY = -1;
/** In place of the next node: the move is disabled. */
export const DISABLED = -1;
/** Added to the next node if the step breaks a property. */
export const BREACHES = 0x4000_0000;

/**
 * The program as a transition system over integers. A step depends only on the content of memory and ghost words
 * (`store`) and on the thread's move, so each pair is worked out once and remembered; the searches run on look-ups.
 */
export class Machine {
  readonly threadCount: number;
  readonly trees: DecisionTrees;
  readonly stores: StoreTable;
  readonly initialStore: number;
  /** The node at which each thread starts. */
  readonly roots: Int32Array;
  readonly breaches = new BreachTable();
  /** Breaches of events that threads issue before their first step. */
  readonly initialBreaches: readonly number[];
  /** Stores that break invariants, with the breaches. */
  readonly brokenStores = new Map<number, readonly number[]>();
  /** Open-addressed step cache; the search loops read it directly. */
  cache = new Int32Array(ENTRY * INITIAL_ENTRIES).fill(EMPTY);
  cacheMask = ENTRY * INITIAL_ENTRIES - 1;
  #cached = 0;
  #storesChecked = 0;
  readonly model: MemoryModel;
  readonly #monitors: readonly Monitor[];
  readonly #ghosts: readonly GhostWords[];
  /** Some monitor looks at what steps do to words. */
  readonly #watchesWords: boolean;
  readonly #invariants: readonly Invariant[];
  readonly #wordCount: number;
  readonly #stepBreaches = new Map<string, readonly number[]>();
  #reported: number[] = [];
  readonly #report = (breach: Breach): void => {
    this.#reported.push(this.breaches.idOf(breach));
  };

  constructor(options: MachineOptions) {
    const { threads, initial, model } = options;
    this.threadCount = threads.length;
    this.model = model;
    this.#monitors = options.monitors;
    this.#watchesWords = options.monitors.some(({ wordChanged }) => wordChanged !== undefined);
    this.#invariants = options.invariants;
    this.#wordCount = initial.length;
    const cells = new Int32Array(initial.length + model.extraWords(threads.length));
    cells.set(initial);
    this.stores = new StoreTable(cells);
    this.#ghosts = options.monitors.map((_, index) => this.stores.ghostWords(index));
    this.trees = new DecisionTrees(threads, initial, options.wordName, options);
    this.roots = new Int32Array(threads.length);
    for (let thread = 0; thread < threads.length; thread++) {
      const { node, closing } = this.trees.root(thread);
      this.roots[thread] = node;
      this.#notify(thread, closing);
      if (this.trees.nodes.kind[node] === OpKind.stopped) this.#reportFault(node);
    }
    this.initialStore = this.#internStore();
    this.initialBreaches = this.#reported;
  }

  /** How many moves one state can have, as far as is known. */
  get maxMoves(): number {
    return this.threadCount * this.trees.maxMoves;
  }

  /** The place in `cache` of the step by `move` from `store`: next store and next node are its third and fourth. */
  step(store: number, move: number): number {
    const { cache, cacheMask } = this;
    for (let at = cacheSlot(store, move) & cacheMask; ; at = (at + ENTRY) & cacheMask) {
      if (cache[at] === store && cache[at + 1] === move) return at;
      if (cache[at] === EMPTY) return this.resolve(store, move);
    }
  }

  /** Whether the move can be made in this store. */
  isEnabled(store: number, move: number): boolean {
    // In two statements: `step` may replace the cache, which must be read after it.
    const at = this.step(store, move);
    return this.cache[at + 3] !== DISABLED;
  }

  /** Works out a step that is not in the cache. */
  resolve(store: number, move: number): number {
    const { nodes } = this.trees;
    const kind = nodes.kind[move] as number;
    let result: number;
    let node = move;
    let old: Int32Array | undefined;
    const word = nodes.word[move] as number;
    this.stores.load(store);
    if (kind === OpKind.choose) {
      node = this.#choiceNode(move);
      result = move - node;
    } else {
      const a = nodes.a[move] as number;
      const count = kind === OpKind.fill ? a : 1;
      if (this.#watchesWords) old = this.stores.words.slice(word, word + count);
      result = this.model.step(
        this.stores.words,
        nodes.thread[move] as number,
        kind,
        word,
        a,
        nodes.b[move] as number,
        nodes.c[move] as number,
      );
      if (result === BLOCKED) return this.#remember(store, move, store, DISABLED);
      this.stores.touch(word, count);
      this.stores.touch(this.#wordCount, this.stores.words.length - this.#wordCount);
    }
    const edge = this.trees.edge(node, result);
    const child = this.trees.edgeChild[edge] as number;
    const thread = nodes.thread[node] as number;
    this.#reported = [];
    if (old !== undefined) this.#notifyOfChanges(thread, word, old);
    this.#notify(thread, nodes.opening[node] as number);
    this.#notify(thread, this.trees.edgeClosing[edge] as number);
    if (nodes.kind[child] === OpKind.stopped) this.#reportFault(child);
    const next = this.#internStore();
    if (this.#reported.length === 0) return this.#remember(store, move, next, child);
    this.#stepBreaches.set(`${store} ${move}`, this.#reported);
    return this.#remember(store, move, next, child + BREACHES);
  }

  /** What the node's operation returns in a store in which it is enabled. */
  resultOf(store: number, node: number): number {
    const { kind, word, thread, a, b, c } = this.trees.nodes;
    this.stores.load(store);
    const result = this.model.step(
      this.stores.words,
      thread[node] as number,
      kind[node] as number,
      word[node] as number,
      a[node] as number,
      b[node] as number,
      c[node] as number,
    );
    // The step has been taken before, so every word that it changes is a live column: the next load restores it.
    return result;
  }

  /** The words that the thread wakes behind its move, before its next step. */
  wokenBy(store: number, move: number): readonly number[] {
    const { trees } = this;
    if (trees.nodes.kind[move] === OpKind.choose) return [];
    const edge = trees.edge(move, this.resultOf(store, move));
    return trees.wokenWords.valueOf(trees.edgeWoken[edge] as number);
  }

  /** The breaches of a step whose cache entry is marked with `BREACHES`. */
  stepBreaches(store: number, move: number): readonly number[] {
    return this.#stepBreaches.get(`${store} ${move}`) ?? [];
  }

  /** The program's words in a store, in an array that the next call overwrites. */
  wordsOf(store: number): Int32Array {
    this.stores.load(store);
    return this.stores.words.subarray(0, this.#wordCount);
  }

  /** Bytes held, roughly: what a memory budget counts. */
  get bytes(): number {
    return this.cache.byteLength + this.stores.bytes + this.trees.bytes;
  }

  /** Moves of one choice are consecutive; the first one is the node. */
  #choiceNode(move: number): number {
    const { moves } = this.trees.nodes;
    let node = move;
    while (moves[node] === 0) node--;
    return node;
  }

  #notify(thread: number, list: number): void {
    if (list === 0) return;
    for (const { event, page, value } of this.trees.notes.listOf(list)) {
      for (let i = 0; i < this.#monitors.length; i++) {
        (this.#monitors[i] as Monitor).event(this.#ghosts[i] as GhostWords, thread, event, page, value, this.#report);
      }
    }
  }

  /** Tells monitors which of the words from `first` on are no longer what they were. */
  #notifyOfChanges(thread: number, first: number, old: Int32Array): void {
    for (let place = 0; place < old.length; place++) {
      const before = old[place] as number;
      const after = this.stores.words[first + place] as number;
      if (before === after) continue;
      for (let i = 0; i < this.#monitors.length; i++) {
        const ghost = this.#ghosts[i] as GhostWords;
        (this.#monitors[i] as Monitor).wordChanged?.(ghost, thread, first + place, before, after, this.#report);
      }
    }
  }

  #reportFault(node: number): void {
    const { property, message, page } = this.trees.faults.valueOf(this.trees.nodes.a[node] as number);
    this.#report({ property, class: 'forbidden', reason: null, page, message });
  }

  /** The number of the content at hand; a new one is checked against the invariants. */
  #internStore(): number {
    const store = this.stores.intern();
    if (store < this.#storesChecked) return store;
    this.#storesChecked = store + 1;
    if (this.#invariants.length === 0) return store;
    const words = this.stores.words.slice(0, this.#wordCount);
    const broken: number[] = [];
    for (const { name, holds } of this.#invariants) {
      const verdict = holds(words);
      if (verdict === true) continue;
      const message = verdict === false ? `invariant ${name} does not hold` : verdict;
      broken.push(this.breaches.idOf({ property: name, class: 'forbidden', reason: null, page: null, message }));
    }
    if (broken.length > 0) this.brokenStores.set(store, broken);
    return store;
  }

  #remember(store: number, move: number, next: number, node: number): number {
    if (++this.#cached * 2 * ENTRY > this.cache.length) this.#growCache();
    const { cache, cacheMask } = this;
    let at = cacheSlot(store, move) & cacheMask;
    while (cache[at] !== EMPTY) at = (at + ENTRY) & cacheMask;
    cache[at] = store;
    cache[at + 1] = move;
    cache[at + 2] = next;
    cache[at + 3] = node;
    return at;
  }

  #growCache(): void {
    const old = this.cache;
    const cache = new Int32Array(ENTRY * nextCapacity(old.length / ENTRY)).fill(EMPTY);
    const mask = cache.length - 1;
    for (let from = 0; from < old.length; from += ENTRY) {
      if (old[from] === EMPTY) continue;
      let at = cacheSlot(old[from] as number, old[from + 1] as number) & mask;
      while (cache[at] !== EMPTY) at = (at + ENTRY) & mask;
      for (let i = 0; i < ENTRY; i++) cache[at + i] = old[from + i] as number;
    }
    this.cache = cache;
    this.cacheMask = mask;
  }
}

/** Where the search for a cached step begins: a multiple of the entry size, to be masked. */
export function cacheSlot(store: number, move: number): number {
  const mixed = Math.imul(store, 0x9e3779b1) ^ Math.imul(move, 0x85ebca6b);
  return (mixed ^ (mixed >>> 15)) << 2;
}
