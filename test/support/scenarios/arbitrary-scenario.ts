import fc from 'fast-check';
import type { CheckedScenario, CheckViolation } from '../../../src/check/check-result.ts';
import { checkScenario } from '../../../src/check/check-scenario.ts';
import { parseScenario } from '../../../src/scenario/parse-scenario.ts';
import type { Scenario, ScenarioOperation, ScenarioOperationName } from '../../../src/scenario/scenario.ts';
import { PAGE_BYTES } from '../../../src/scenario/scenario-limits.ts';
import { SCENARIO_SCHEMA } from '../../../src/scenario/scenario-schema.ts';
import { EPT, FROZEN_BITS, LEGACY, NONPRESENT_MARKER } from '../../../src/shared/spte.ts';
import type { Mutant } from '../../../src/variants/mutants.ts';
import type { Variant } from '../../../src/variants/variant.ts';
import { variantNames } from '../../../src/variants/variants.ts';

/** A scenario, and the file that it was read from. */
export interface ScenarioCase {
  readonly text: string;
  readonly scenario: Scenario;
}

/** How large scenarios may get: what threads do multiplies. */
export interface ScenarioSize {
  /** Operations of all threads together, and of one. */
  readonly operations: number;
  readonly perThread: number;
  readonly pages: number;
  readonly setup: number;
  /** States that a search may have, as estimated. */
  readonly states: number;
}

export const scenarioSizes = {
  development: { operations: 4, perThread: 2, pages: 2, setup: 2, states: 50_000 },
  ci: { operations: 5, perThread: 3, pages: 3, setup: 3, states: 80_000 },
  long: { operations: 6, perThread: 3, pages: 3, setup: 3, states: 250_000 },
} as const satisfies Record<string, ScenarioSize>;

type Environment = Readonly<Record<string, string | undefined>>;

const SCENARIOS = 60;
const SCENARIOS_IN_CI = 120;
/** From this many on, scenarios are as large as they get. */
const LONG_RUN = 1000;

/** How many scenarios are explored, from `PROPERTY_SCENARIOS`, and how large they may get. */
export function scenarioProfile(environment: Environment): { readonly count: number; readonly size: ScenarioSize } {
  const text = environment.PROPERTY_SCENARIOS;
  const isInCi = Boolean(environment.CI);
  const count = text === undefined || text === '' ? (isInCi ? SCENARIOS_IN_CI : SCENARIOS) : Number(text);
  if (!Number.isSafeInteger(count) || count < 1) {
    throw new Error(`PROPERTY_SCENARIOS=${text} is not a number of scenarios`);
  }
  const { development, ci, long } = scenarioSizes;
  return { count, size: count >= LONG_RUN ? long : isInCi ? ci : development };
}

/** What a scenario is about besides aging: which operations are added, and on which machine. */
const themes = {
  plain: { weight: 10 },
  nested: { weight: 4 },
  shadow: { weight: 2 },
  huge: { weight: 2 },
  log: { weight: 3 },
  slots: { weight: 2 },
  smm: { weight: 1 },
} as const;

type ScenarioTheme = keyof typeof themes;

/** Scenarios that can be run, with all operations, or some only. What shrinks is the file. */
export function arbitraryScenario(
  size: ScenarioSize,
  only?: readonly ScenarioOperationName[],
): fc.Arbitrary<ScenarioCase> {
  const drafts =
    only === undefined
      ? (Object.keys(themes) as ScenarioTheme[]).map((name) => ({
          weight: themes[name].weight,
          arbitrary: draft(name, size),
        }))
      : [{ weight: 1, arbitrary: draft('plain', size, only) }];
  return fc
    .oneof(...drafts)
    .map((drawn) => {
      const text = fileOf(drawn, size);
      return { text, scenario: parseScenario(text, { file: null, variants: variantNames() }) };
    })
    .filter(({ scenario }) => estimatedStates(scenario) <= size.states);
}

/** Numbers are any natural numbers: where the machine has fewer pages or slots, the last one is meant. */
interface OperationDraft {
  readonly op: string;
  /** The page or slot; 0, on which all meet, more often than not. */
  readonly at: number;
  readonly length: number;
  /** Pages of a bitmap; null: without one. */
  readonly selected: number | null;
  /** The byte within the page, as a share of 4. */
  readonly offset: number;
}

interface ThreadDraft {
  readonly vcpu: boolean;
  readonly operations: readonly OperationDraft[];
}

interface Draft {
  readonly theme: ScenarioTheme;
  readonly machine: {
    readonly bits: readonly [boolean, 'ept' | 'legacy'];
    readonly cachesTlb: boolean;
    readonly staysInGuest: boolean;
    readonly manual: boolean;
  };
  readonly memory: {
    readonly first: number;
    /** 0: there is no second slot. */
    readonly second: number;
    readonly gap: number;
    readonly hostGap: number;
    /** The second slot has the host pages of the first. */
    readonly aliased: boolean;
    readonly logged: boolean;
  };
  readonly setup: readonly { readonly vcpu: number | null; readonly operation: OperationDraft }[];
  readonly first: ThreadDraft;
  readonly second: ThreadDraft;
  readonly third: ThreadDraft | null;
}

type Weights = Readonly<Record<string, number>>;

const vcpuOperations: Weights = { read: 8, write: 8, prefault: 2, vcpuExit: 1, loadRoot: 1, putRoot: 1 };
const tlbOperations: Weights = { evictTlb: 1, flushTlb: 1 };
const hostOperations: Weights = {
  testYoung: 6,
  clearYoung: 7,
  clearFlushYoung: 2,
  damonMkold: 3,
  lruWalk: 2,
  lruEvict: 2,
  invalidate: 5,
  hostWrite: 1,
  hostProtect: 1,
  zapAll: 2,
};

/** What themes add: to what vCPUs do, and to what the host does. */
const added: Readonly<Record<ScenarioTheme, { readonly vcpu: Weights; readonly host: Weights }>> = {
  plain: { vcpu: {}, host: {} },
  nested: {
    vcpu: { nestedRead: 10, nestedWrite: 10, createShadowRoot: 2, dropShadowPages: 2 },
    host: { protectShadow: 3 },
  },
  shadow: { vcpu: {}, host: { protectShadow: 1 } },
  huge: { vcpu: { splitHuge: 2 }, host: { splitHuge: 5, recoverHuge: 8 } },
  log: { vcpu: {}, host: { getDirtyLog: 12, clearDirtyLog: 4, dirtyLogOn: 6, dirtyLogOff: 6 } },
  slots: { vcpu: {}, host: { deleteMemslot: 16, addMemslot: 16 } },
  smm: { vcpu: { smmRead: 10, smmWrite: 10 }, host: {} },
};

function operation(weights: Weights): fc.Arbitrary<OperationDraft> {
  return fc.record({
    op: fc.oneof(...Object.entries(weights).map(([op, weight]) => ({ weight, arbitrary: fc.constant(op) }))),
    at: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 2, arbitrary: fc.nat({ max: 3 }) }),
    length: fc.integer({ min: 1, max: 3 }),
    selected: fc.oneof(fc.constant(null), fc.integer({ min: 1, max: 7 })),
    offset: fc.constantFrom(0, 0, 1, 3),
  });
}

function draft(theme: ScenarioTheme, size: ScenarioSize, only?: readonly string[]): fc.Arbitrary<Draft> {
  const chosen = (weights: Weights): fc.Arbitrary<OperationDraft> =>
    operation(Object.fromEntries(Object.entries(weights).filter(([op]) => only?.includes(op) ?? true)));
  const ofVcpus = chosen({ ...vcpuOperations, ...(theme === 'plain' ? tlbOperations : {}), ...added[theme].vcpu });
  const ofHost = chosen({ ...hostOperations, ...added[theme].host });
  const thread = (vcpu: boolean): fc.Arbitrary<ThreadDraft> =>
    fc.record({
      vcpu: fc.constant(vcpu),
      operations: fc.array(vcpu ? ofVcpus : ofHost, { minLength: 1, maxLength: size.perThread, size: 'max' }),
    });
  const mostly = (vcpu: boolean, weight: number) =>
    fc.oneof({ weight, arbitrary: thread(vcpu) }, { weight: 1, arbitrary: thread(!vcpu) });
  const touching = chosen({ read: 2, write: 3, ...onlyAccesses(added[theme].vcpu) });
  return fc.record({
    theme: fc.constant(theme),
    machine: fc.record({
      bits: fc.constantFrom([true, 'ept'] as const, [true, 'legacy'] as const, [false, 'ept'] as const),
      cachesTlb: fc.boolean(),
      staysInGuest: fc.boolean(),
      manual: fc.boolean(),
    }),
    memory: fc.record({
      first: fc.integer({ min: 1, max: size.pages }),
      second: fc.nat({ max: size.pages - 1 }),
      gap: fc.nat({ max: 2 }),
      hostGap: fc.nat({ max: 1 }),
      aliased: fc.oneof({ weight: 4, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
      logged: fc.boolean(),
    }),
    setup: fc.array(
      fc.oneof(
        { weight: 5, arbitrary: fc.record({ vcpu: fc.nat({ max: 1 }), operation: touching }) },
        { weight: 1, arbitrary: fc.record({ vcpu: fc.nat({ max: 1 }), operation: ofVcpus }) },
        { weight: 3, arbitrary: fc.record({ vcpu: fc.constant(null), operation: ofHost }) },
      ),
      { maxLength: size.setup, size: 'max' },
    ),
    first: mostly(false, 8),
    second: mostly(true, 5),
    third: fc.oneof({ weight: 2, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: mostly(true, 1) }),
  });
}

function onlyAccesses(weights: Weights): Weights {
  return Object.fromEntries(Object.entries(weights).filter(([op]) => /Read$|Write$/.test(op)));
}

interface SlotDraft {
  readonly id: number;
  readonly as: number;
  readonly gfn: number;
  readonly hva: number;
  readonly pages: number;
  readonly log: boolean;
}

function fileOf(drawn: Draft, size: ScenarioSize): string {
  const slots = slotsOf(drawn, size);
  const writer = new OperationWriter(slots);
  const threads = [drawn.first, drawn.second, ...(drawn.third === null ? [] : [drawn.third])];
  const vcpus = Math.max(1, threads.filter(({ vcpu }) => vcpu).length);
  const setup = drawn.setup.flatMap(({ vcpu, operation: given }) =>
    writer.write(given, 'setup').map((text) => `  - ${vcpu === null ? 'mm' : `vcpu${vcpu % vcpus}`}: ${text}`),
  );
  let vcpu = 0;
  let host = 0;
  let left = size.operations - threads.length;
  const lines = threads.map((thread) => {
    const name = thread.vcpu ? `vcpu${vcpu++}` : host++ === 0 ? 'mm' : `mm${host}`;
    const [first, ...others] = thread.operations as [OperationDraft, ...OperationDraft[]];
    const more = others.slice(0, left);
    left -= more.length;
    const texts = [first, ...more].flatMap((given) => writer.write(given, name));
    // What cannot be done here is left out; a thread does something.
    if (texts.length === 0) texts.push(thread.vcpu ? `read ${slots[0]?.gfn}` : 'testYoung 0..1');
    return `  ${name}: [${texts.join(', ')}]`;
  });
  return [
    `schema: ${SCENARIO_SCHEMA}`,
    'name: generated',
    ...machineLines(drawn),
    'memslots:',
    ...slots.map((slot) => `  - ${flow(slot, { as: 0, log: false })}`),
    ...(setup.length === 0 ? [] : ['setup:', ...setup]),
    'threads:',
    ...lines,
    '',
  ].join('\n');
}

function slotsOf({ theme, memory }: Draft, size: ScenarioSize): SlotDraft[] {
  const { first, second, gap, hostGap, aliased } = memory;
  const log = theme === 'log' && memory.logged;
  // A 2M page has two pages here.
  const pages = theme === 'huge' ? 2 : first;
  const slots: SlotDraft[] = [{ id: 0, as: 0, gfn: 0, hva: 0, pages, log }];
  const more = Math.min(second, size.pages - pages);
  if (theme === 'smm') slots.push({ id: 1, as: 1, gfn: 0, hva: 0, pages, log: false });
  else if (aliased && second > 0) slots.push({ id: 1, as: 0, gfn: pages + gap, hva: 0, pages: 1, log: false });
  else if (more > 0) slots.push({ id: 1, as: 0, gfn: pages + gap, hva: pages + hostGap, pages: more, log: false });
  return slots;
}

function machineLines({ theme, machine }: Draft): string[] {
  const [adBits, layout] = machine.bits;
  const keys = {
    tdpMmu: theme !== 'shadow',
    adBits,
    layout,
    tlb: machine.cachesTlb ? 'cached' : 'none',
    vcpuMode: machine.staysInGuest ? 'guest' : 'exit',
    hugePages: theme === 'huge',
    manualDirtyProtect: theme === 'log' && machine.manual,
    addressSpaces: theme === 'smm' ? 2 : 1,
  };
  const defaults = {
    tdpMmu: true,
    adBits: true,
    layout: 'ept',
    tlb: 'none',
    vcpuMode: 'exit',
    hugePages: false,
    manualDirtyProtect: false,
    addressSpaces: 1,
  };
  const text = flow(keys, defaults);
  return text === '{  }' ? [] : [`machine: ${text}`];
}

/** `{ id: 0, gfn: 0 }`, without what is as it is by default. */
function flow(keys: object, defaults: object): string {
  const given = Object.entries(keys).filter(([key, value]) => (defaults as Record<string, unknown>)[key] !== value);
  return `{ ${given.map(([key, value]) => `${key}: ${value}`).join(', ')} }`;
}

/** Writes operations so that they are possible where they come: a slot is deleted only if it is there. */
class OperationWriter {
  readonly #slots: readonly SlotDraft[];
  readonly #gfns: readonly number[];
  readonly #hostPages: readonly number[];
  readonly #logs: Map<number, boolean>;
  readonly #deleted = new Set<number>();
  /** The one that changes slots: it alone knows how they are. */
  #vmm: string | undefined;

  constructor(slots: readonly SlotDraft[]) {
    this.#slots = slots;
    this.#gfns = slots.filter(({ as }) => as === 0).flatMap(({ gfn, pages }) => numbers(gfn, pages));
    this.#hostPages = [...new Set(slots.flatMap(({ hva, pages }) => numbers(hva, pages)))];
    this.#logs = new Map(slots.map(({ id, log }) => [id, log]));
  }

  /** No text if it is not possible. */
  write({ op, at, length, selected, offset }: OperationDraft, thread: string): string[] {
    const page = atOrLast(this.#hostPages, at);
    const end = Math.min(page + length, 1 + Math.max(...this.#hostPages));
    switch (op) {
      case 'read':
      case 'write':
      case 'nestedRead':
      case 'nestedWrite':
      case 'smmRead':
      case 'smmWrite':
      case 'evictTlb':
      case 'splitHuge':
      case 'recoverHuge':
      case 'protectShadow':
        return [`${op} ${this.#gfn(at, op)}`];
      case 'prefault':
        return [this.#prefault(at, length)];
      case 'testYoung':
        return [`${op} ${page}..${end}${selected === null ? '' : ' bitmap'}`];
      case 'clearYoung': {
        const pages = numbers(page, end - page).filter((_, index) => (((selected ?? 0) >> index) & 1) === 1);
        return [`${op} ${page}..${end}${pages.length === 0 ? '' : ` bitmap=${pages.join('+')}`}`];
      }
      case 'clearFlushYoung':
      case 'lruWalk':
      case 'invalidate':
      case 'hostWrite':
      case 'hostProtect':
        return [`${op} ${page}..${end}`];
      case 'lruEvict':
        return [`${op} ${page}`];
      case 'damonMkold':
        return [`${op} ${page * PAGE_BYTES + (offset * PAGE_BYTES) / 4}`];
      case 'dirtyLogOn':
      case 'dirtyLogOff':
      case 'addMemslot':
      case 'deleteMemslot':
        return this.#changeSlot(op, atOrLast(this.#slots, at), thread);
      case 'getDirtyLog':
      case 'clearDirtyLog': {
        const slot = atOrLast(this.#slots, at);
        return this.#logs.get(slot.id) === true ? [`${op} ${slot.id}`] : this.#changeSlot('dirtyLogOn', slot, thread);
      }
      default:
        return [op];
    }
  }

  #gfn(at: number, op: string): number {
    const gfns = op.startsWith('smm') ? this.#slots.filter(({ as }) => as === 1).map(({ gfn }) => gfn) : this.#gfns;
    return atOrLast(gfns, at);
  }

  #prefault(at: number, length: number): string {
    const first = this.#gfn(at, 'prefault');
    let end = first + 1;
    while (end < first + length && this.#gfns.includes(end)) end++;
    return `prefault ${first}..${end}`;
  }

  #changeSlot(op: string, { id }: SlotDraft, thread: string): string[] {
    if (thread !== 'setup') this.#vmm ??= thread;
    if (thread !== 'setup' && this.#vmm !== thread) return [];
    const isThere = !this.#deleted.has(id);
    if (op === 'addMemslot' || op === 'deleteMemslot') {
      if (isThere) this.#deleted.add(id);
      else this.#deleted.delete(id);
      if (!isThere) return [`addMemslot ${id}`];
      // A thread that should add it takes it away first; from the setup it is left to a thread.
      if (op === 'deleteMemslot' || thread === 'setup') return [`deleteMemslot ${id}`];
      this.#deleted.delete(id);
      return [`deleteMemslot ${id}`, `addMemslot ${id}`];
    }
    const isOn = this.#logs.get(id) === true;
    this.#logs.set(id, !isOn);
    return [`${isOn ? 'dirtyLogOff' : 'dirtyLogOn'} ${id}`];
  }
}

/** Not by division: what is meant stays the same while there is more or less of other things. */
function atOrLast<Item>(items: readonly Item[], at: number): Item {
  return items[Math.min(at, items.length - 1)] as Item;
}

function numbers(first: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => first + index);
}

/** How many states a search has, as a rule of thumb that was made by measuring pairs of operations. */
function estimatedStates({ machine, setup, threads }: Scenario): number {
  const touched = new Set(setup.flatMap(({ operation: done }) => ('gfn' in done ? [done.gfn] : [])));
  const hasGuest = threads.some(({ vcpu }) => vcpu !== null);
  const costOf = (done: ScenarioOperation): number => {
    switch (done.op) {
      case 'testYoung':
        return done.bitmap ? 6 : 8 * (done.end - done.start);
      case 'lruWalk':
        return 8 * (done.end - done.start);
      case 'read':
      case 'write':
      case 'smmRead':
      case 'smmWrite':
        return touched.has(done.gfn) ? 7 : 25;
      case 'nestedRead':
      case 'nestedWrite':
        return touched.has(done.gfn) ? 8 : 160;
      case 'invalidate':
      case 'hostProtect':
      case 'hostWrite':
        return !hasGuest ? 10 : machine.hugePages ? 1500 : 230;
      case 'zapAll':
        return !hasGuest ? 15 : machine.tdpMmu ? 5000 : 100;
      case 'deleteMemslot':
      case 'addMemslot':
        return hasGuest ? 5000 : 100;
      default:
        return costs[done.op] ?? 10;
    }
  };
  const product = threads
    .map(({ operations }) => operations.reduce((sum, done) => sum + costOf(done), 0))
    .reduce((a, b) => a * b, 1);
  return 8 * 4 ** (threads.length - 2) * product;
}

const costs: Partial<Record<ScenarioOperationName, number>> = {
  clearYoung: 6,
  damonMkold: 6,
  vcpuExit: 2,
  evictTlb: 2,
  flushTlb: 2,
  prefault: 60,
  dirtyLogOn: 60,
  dirtyLogOff: 40,
  getDirtyLog: 20,
  clearDirtyLog: 20,
  createShadowRoot: 30,
  dropShadowPages: 60,
  putRoot: 30,
  recoverHuge: 20,
};

/** One scenario's share of a search: what takes longer is skipped, and counted. */
const BUDGET = { states: 300_000, milliseconds: 5000, now: () => performance.now() };

export function checkCase(
  { scenario }: ScenarioCase,
  variant: Variant,
  mutant?: Pick<Mutant, 'name' | 'breaks'>,
): CheckedScenario {
  return checkScenario(scenario, {
    variant,
    ...(mutant === undefined ? {} : { mutant: { name: mutant.name, breaks: mutant.breaks } }),
    budget: BUDGET,
    seed: '1',
    tokenOf: () => '',
  });
}

/** What is wrong, a line each: forbidden violations that no finding explains, deadlocks, and threads that throw. */
export function faultsOf({ scenario }: ScenarioCase, variant: Variant, result: CheckedScenario): string[] {
  const forbidden = result.violations.filter(
    (violation) => violation.class === 'forbidden' && !isKnownFinding(scenario, variant, violation),
  );
  const results = result.outcomes.flatMap((outcome) => Object.values(outcome.results).flat());
  return [
    ...forbidden.map(({ property, message }) => `${property}: ${message}`),
    ...(result.deadlocks === 0 ? [] : [`${result.deadlocks} deadlocks`]),
    ...new Set(results.filter((text) => /^(?:threw|no memory)/.test(text))),
  ];
}

/** Where a kernel itself does what is forbidden: docs/findings.md. F1 needs what is not generated, 2M pages in rmaps. */
function isKnownFinding({ machine, setup, threads }: Scenario, variant: Variant, violation: CheckViolation): boolean {
  const all = [...setup.map(({ operation: done }) => done), ...threads.flatMap(({ operations }) => operations)];
  switch (violation.property) {
    case 'access-misreported': {
      // F2: a prefault restores an access-tracked SPTE as an access would.
      const isPrefaulted = !machine.adBits && all.some(({ op }) => op === 'prefault');
      return (variant.rules.hasPrefault && isPrefaulted) || mayPutBack(machine, all, variant);
    }
    case 'access-lost':
      return mayPutBack(machine, all, variant);
    case 'sentinel-clobbered':
    case 'malformed-spte':
      // F3: Accessed is one of the bits of FROZEN_SPTE, and the AND of a clear may come after the freeze.
      return variant.rules.clearsAccessedBy === 'atomic-and' && FROZEN_WITHOUT_ACCESSED.test(violation.message);
    default:
      return false;
  }
}

/** F6: without A/D bits, a write-protect in the shadow MMU puts back what aging has taken meanwhile. */
function mayPutBack(
  { adBits }: Scenario['machine'],
  operations: readonly ScenarioOperation[],
  { rules }: Variant,
): boolean {
  return !rules.agingTakesMmuLock && !adBits && operations.some(({ op }) => PROTECTS.has(op));
}

const PROTECTS: ReadonlySet<ScenarioOperationName> = new Set([
  'protectShadow',
  'dirtyLogOn',
  'getDirtyLog',
  'clearDirtyLog',
]);

const FROZEN_WITHOUT_ACCESSED = new RegExp(
  ` (?:is|makes) 0x(?:${[EPT, LEGACY].map(({ accessed }) => ((NONPRESENT_MARKER | (FROZEN_BITS & ~accessed)) >>> 0).toString(16)).join('|')})\\b`,
);
