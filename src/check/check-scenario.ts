import type { Budget, OnProgress } from '../explore/budget.ts';
import { exploreProgram } from '../explore/explore-program.ts';
import type { Violation } from '../explore/find-violations.ts';
import type { ProgramOutcome, ProgramResult } from '../explore/program-result.ts';
import { WordIsShared } from '../explore/quiet-words.ts';
import type { Rules } from '../mmu/rules.ts';
import type { Expectation, Scenario } from '../scenario/scenario.ts';
import type { Word } from '../shared/memory.ts';
import { findMutant } from '../variants/mutants.ts';
import type { Variant } from '../variants/variant.ts';
import type { CheckedScenario, CheckOutcome, CheckViolation } from './check-result.ts';
import { explainSchedule } from './explain-schedule.ts';
import { type ScenarioProgram, scenarioProgram } from './scenario-program.ts';

interface Mutant {
  readonly name: string;
  readonly breaks: Partial<Rules>;
}

export interface CheckScenarioOptions {
  readonly variant: Variant;
  /** A mutant, by name and with what it breaks. */
  readonly mutant?: Mutant;
  readonly budget: Budget;
  /** Bound on the preemptions of the schedules explored; undefined: none. */
  readonly preemptions?: number | undefined;
  readonly onProgress?: OnProgress;
  /** Of the random runs before the search. */
  readonly seed: string;
  /** Writes a token for a violation's schedule, whose steps are operations on these words. */
  readonly tokenOf: (schedule: string, sharedWords: readonly Word[]) => string;
}

/**
 * Explores every interleaving of a scenario under one variant. Words that turn out to matter to several threads make the
 * search begin again, at most once a word.
 *
 * @throws InputError if the scenario cannot be run
 */
export function checkScenario(scenario: Scenario, options: CheckScenarioOptions): CheckedScenario {
  const { variant, mutant } = options;
  const rules = { ...variant.rules, ...mutant?.breaks };
  const program = scenarioProgram(scenario, rules);
  const now = options.budget.now ?? (() => 0);
  const began = now();
  const result = exploreUntilStable(program, { ...options, explain: true });
  const violations = [
    ...program.setupBreaches.map((breach) => ({ ...breach, ...NO_SCHEDULE })),
    ...result.violations.map((violation) => checkViolation(program, violation, options.tokenOf)),
  ];
  const forbidden = violations.some((violation) => violation.class === 'forbidden');
  const verdict = forbidden ? 'violated' : result.verdict;
  const expectation = expectationFor(scenario, variant);
  const unmet = expectation === undefined ? null : unmetPart(expectation, verdict, violations);
  // A search that has ended early cannot say that what it has not found is not there.
  const isOpen = verdict === 'unknown';
  return {
    scenario: scenario.name,
    description: scenario.description,
    file: scenario.file,
    variant: variant.name,
    mutant: mutant?.name ?? null,
    broken: mutant === undefined ? null : brokenText(variant, mutant),
    setup: scenario.setup.map(({ thread, operation }) => `${thread}: ${operation.text}`),
    model: result.model,
    verdict,
    complete: result.complete,
    cut: result.cut,
    states: result.states,
    transitions: result.transitions,
    interleavings: decimal(result.interleavings),
    deadlocks: result.deadlocks.length,
    seconds: (now() - began) / 1000,
    outcomes: outcomesByResults(scenario, result.outcomes),
    violations,
    // What is expected of a variant is not expected of its mutants.
    expectation:
      expectation === undefined || mutant !== undefined || isOpen ? 'none' : unmet === null ? 'met' : 'unmet',
    expected: mutant === undefined && !isOpen ? unmet : null,
  };
}

/** A mutant's description, or which of the variant's rules are otherwise. */
function brokenText({ rules }: Variant, { name, breaks }: Mutant): string {
  const description = findMutant(name)?.description;
  if (description !== undefined) return description;
  const changed = Object.entries(breaks).map(
    ([rule, value]) => `the rule ${rule} is ${value}, and ${rules[rule as keyof Rules]} in the variant`,
  );
  return changed.join('; ');
}

const NO_SCHEDULE = {
  preemptions: 0,
  provenMinimal: true,
  schedule: [],
  pointOfNoReturn: null,
  passing: null,
  replay: null,
} as const;

/** Explores a scenario, and begins again whenever a word turns out to matter to several threads. */
export function exploreUntilStable(
  scenario: ScenarioProgram,
  options: Pick<CheckScenarioOptions, 'budget' | 'onProgress' | 'seed' | 'preemptions'> & { readonly explain: boolean },
): ProgramResult {
  const { budget } = options;
  const startedAt = budget.now?.();
  for (;;) {
    try {
      return exploreProgram(scenario.program, {
        budget: startedAt === undefined ? budget : { ...budget, startedAt },
        ...(options.preemptions === undefined ? {} : { preemptions: options.preemptions }),
        ...(options.onProgress === undefined ? {} : { onProgress: options.onProgress }),
        smoke: { seed: options.seed },
        mergeFinished: true,
        explain: options.explain,
      });
    } catch (error) {
      if (!(error instanceof WordIsShared)) throw error;
    }
  }
}

function checkViolation(
  scenario: ScenarioProgram,
  violation: Violation,
  tokenOf: CheckScenarioOptions['tokenOf'],
): CheckViolation {
  const { nearMiss } = violation;
  return {
    property: violation.property,
    class: violation.class,
    reason: violation.reason,
    page: violation.page,
    message: violation.message,
    preemptions: violation.cost?.preemptions ?? null,
    provenMinimal: violation.provenMinimal,
    schedule: explainSchedule(scenario, violation.choices).steps,
    pointOfNoReturn: nearMiss?.pointOfNoReturn ?? null,
    passing: nearMiss === null ? null : explainSchedule(scenario, nearMiss.passing).steps,
    replay: violation.token === null ? null : tokenOf(violation.token, scenario.roles.shared),
  };
}

/** Outcomes that differ only in what the threads leave behind in memory are one. */
function outcomesByResults(scenario: Scenario, outcomes: readonly ProgramOutcome[]): CheckOutcome[] {
  const merged = new Map<string, { values: readonly unknown[]; count: bigint | null; fewest: number | null }>();
  for (const { values, interleavings, minPreemptions } of outcomes) {
    const key = JSON.stringify(values);
    const known = merged.get(key);
    merged.set(key, {
      values,
      count: known === undefined ? interleavings : sum(known.count, interleavings),
      fewest: known === undefined ? minPreemptions : least(known.fewest, minPreemptions),
    });
  }
  return [...merged.values()].map(({ values, count, fewest }) => ({
    results: Object.fromEntries(scenario.threads.map(({ name }, index) => [name, resultsOf(values[index])])),
    interleavings: decimal(count),
    minPreemptions: fewest,
  }));
}

function resultsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? (value as string[]) : [`threw ${(value as { threw: string }).threw}`];
}

function sum(one: bigint | null, other: bigint | null): bigint | null {
  return one === null || other === null ? null : one + other;
}

function least(one: number | null, other: number | null): number | null {
  if (one === null || other === null) return one ?? other;
  return Math.min(one, other);
}

function decimal(count: bigint | null): string | null {
  return count === null ? null : String(count);
}

/** By the variant's name or one of its aliases. */
function expectationFor(scenario: Scenario, variant: Variant): Expectation | undefined {
  const names = [variant.name, ...variant.aliases];
  return names.map((name) => scenario.expect.get(name)).find((expectation) => expectation !== undefined);
}

/** What of an expectation is not met; null if all is. */
function unmetPart(
  { verdict, property, tolerated }: Expectation,
  found: CheckedScenario['verdict'],
  violations: readonly CheckViolation[],
): string | null {
  if (verdict !== null && verdict !== found) return `verdict: ${verdict}`;
  const forbidden = violations.filter((violation) => violation.class === 'forbidden');
  if (property !== null && !forbidden.some((violation) => violation.property === property)) {
    return `property: ${property}`;
  }
  if (tolerated === null) return null;
  const reasons = new Set(violations.flatMap(({ reason }) => (reason === null ? [] : [reason])));
  const missing = tolerated.filter((reason) => !reasons.has(reason));
  const more = [...reasons].filter((reason) => !tolerated.some((one) => one === reason));
  if (missing.length === 0 && more.length === 0) return null;
  return `tolerated: ${tolerated.join(', ') || 'nothing'}`;
}
