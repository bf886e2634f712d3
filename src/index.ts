export type { AgingMode, BenchCell, PhaseName } from './bench/bench-config.ts';
export type { BenchPlan, BenchSettings } from './bench/complete-bench.ts';
export type { CheckedScenario, CheckOutcome, CheckResult, CheckStep, CheckViolation } from './check/check-result.ts';
export type { Disagreement, SkippedField, TraceFinding, TraceResult } from './conform/trace-result.ts';
export type { Budget, OnProgress, Progress } from './explore/budget.ts';
export {
  type ByThread,
  type Condition,
  type Conditions,
  type Deadlock,
  type Exploration,
  type ExplorationResult,
  type ExploredViolation,
  explore,
  type Outcome,
  replayExploration,
  type ScheduleStep,
  type ThreadFunction,
  type WordIndices,
  type WordValues,
} from './explore/explore.ts';
export { type ExploreOptions, exploreProgram } from './explore/explore-program.ts';
export type { FinalCondition, Program } from './explore/program.ts';
export type { ProgramResult } from './explore/program-result.ts';
export { rcuMonitor } from './explore/rcu-monitor.ts';
export { type Replay, type ReplayStep, replayToken } from './explore/replay.ts';
export { createMmuLock, type MmuLock, readLock, readUnlock, writeLock, writeUnlock } from './locks/mmu-lock.ts';
export {
  createQueuedSpinlock,
  type QueuedSpinlock,
  queuedSpinLock,
  queuedSpinUnlock,
} from './locks/queued-spinlock.ts';
export { createRcu, initRcu, type Rcu, rcuElapsed, rcuReadLock, rcuReadUnlock, rcuStamp } from './locks/rcu.ts';
export { createSrcu, type Srcu, srcuReadLock, srcuReadUnlock, synchronizeSrcu } from './locks/srcu.ts';
export { createStartGate, openStartGate, passStartGate, type StartGate } from './locks/start-gate.ts';
export type { GuestKind } from './reclaim/guest-kind.ts';
export type { ReclaimConfig, ReclaimSettings } from './reclaim/reclaim-config.ts';
export type { GuestFigures, MglruFigures, MglruWork, ReclaimFigures } from './reclaim/reclaim-figures.ts';
export type { BenchResult } from './run/bench-result.ts';
export { type BenchOptions, type BenchProgress, bench } from './run/bench-run.ts';
export { type CheckOptions, type CheckProgress, check } from './run/check-run.ts';
export type {
  ConformedTrace,
  ConformResult,
  RuleCoverage,
  RuleCoverageResult,
  VariantCoverage,
} from './run/conform-result.ts';
export { type ConformOptions, type ConformProgress, conform } from './run/conform-run.ts';
export type { HostInfo } from './run/host-info.ts';
export type { LatencySummary } from './run/latency.ts';
export type { ReclaimComparison, ReclaimEnd, ReclaimResult, ReclaimRow } from './run/reclaim-result.ts';
export { type ReclaimOptions, reclaim } from './run/reclaim-run.ts';
export { scenarios } from './run/shipped-scenarios.ts';
export type { StressFinding, StressResult, StressVerdict, VariantResult } from './run/stress-result.ts';
export { type StressOptions, stress } from './run/stress-run.ts';
export type { VariantProgress } from './run/variant-run-options.ts';
export type { ProgramTrace } from './scenario/lackey.ts';
export { type ParseScenarioOptions, parseScenario } from './scenario/parse-scenario.ts';
export { readProgramTrace } from './scenario/program-trace.ts';
export { HarnessError } from './shared/harness-error.ts';
export { InputError } from './shared/input-error.ts';
export { Layout, LayoutBuilder, type Region, type RegionSpec, type WordClass } from './shared/layout.ts';
export type { Memory, Word } from './shared/memory.ts';
export { type PropertyId, propertyIds, type TolerationId, tolerationIds } from './shared/property.ts';
export { RacyThreadMemory, ThreadMemory, type ThreadMemoryOptions, WAITER_WORDS } from './shared/thread-memory.ts';
export type { StressSettings } from './stress/complete-config.ts';
export type { WorkloadName } from './stress/stress-config.ts';
export { type Mutant, mutants } from './variants/mutants.ts';
export type { Variant } from './variants/variant.ts';
export { variants } from './variants/variants.ts';
export type { Breach, GhostWords, Monitor } from './verify/monitor.ts';
