import type { Choice } from '../explore/minimal-search.ts';
import { opName } from '../explore/operation.ts';
import type { ScenarioVm } from '../scenario/scenario-machine.ts';
import { wordText } from '../scenario/word-text.ts';
import { GhostEvent } from '../shared/ghost-event.ts';
import { propertyText } from '../shared/property.ts';
import { tableName } from '../shared/spte.ts';
import type { Breach } from '../verify/monitor.ts';
import type { CheckStep, WordValue } from './check-result.ts';
import { NotedThread } from './noted-thread.ts';
import type { NotedEvent } from './noting-memory.ts';
import type { ScenarioProgram } from './scenario-program.ts';
import { SetupGhosts } from './setup-ghosts.ts';

type SwitchReason = CheckStep['switched'];

export interface ExplainedSchedule {
  readonly steps: readonly CheckStep[];
  /** What monitors and invariants say along the way, and what is wrong with the end. */
  readonly breaches: readonly Breach[];
}

/** Runs the plain functions along a schedule, and tells each step as a reader of the kernel would. */
export function explainSchedule(scenario: ScenarioProgram, choices: readonly Choice[]): ExplainedSchedule {
  const { program, machine, current } = scenario;
  const words = program.initial.slice();
  const threads = program.threads.map(({ run }) => new NotedThread(words, run));
  const steps: CheckStep[] = [];
  const ghosts = new SetupGhosts(program.monitors ?? []);
  const broken = new Map<string, Breach>();
  threads.forEach(({ atStart }, thread) => {
    tell(ghosts, thread, atStart);
  });
  const findBroken = (): void => {
    for (const breach of brokenInvariants(scenario, words)) broken.set(breach.property + breach.message, breach);
  };
  findBroken();
  let previous: number | undefined;
  for (const { thread, alternative } of choices) {
    const actor = threads[thread] as NotedThread;
    const operation = current[thread]?.text ?? '';
    const switched: SwitchReason =
      previous === undefined || previous === thread ? null : reasonToLeave(threads[previous] as NotedThread);
    const before = words.slice();
    const done = actor.step(alternative);
    const seen = words.slice();
    for (const one of threads) for (const [word, value] of one.ownWords) seen[word] = value;
    const { word } = done.operation;
    const shown = (value: number | undefined): WordValue | null =>
      value === undefined ? null : { value, text: wordText(machine, word, value, (other) => seen[other] as number) };
    steps.push({
      thread: program.threads[thread]?.name ?? '',
      operation,
      op: word === 0 ? 'note' : opName(done.operation.kind),
      word: word === 0 ? '' : machine.layout.nameOf(word, (other) => seen[other] as number),
      before: word === 0 ? null : shown(done.before),
      after: word === 0 ? null : shown(done.after),
      result: done.result,
      note:
        done.events
          .map((noted) => noteText(machine, noted))
          .filter(Boolean)
          .join('; ') || null,
      switched,
    });
    ghosts.thread = thread;
    words.forEach((value, word) => {
      if (value !== before[word]) ghosts.wordChanged(word, before[word] as number, value);
    });
    tell(ghosts, thread, done.events);
    findBroken();
    previous = thread;
  }
  return { steps, breaches: [...ghosts.breaches, ...broken.values(), ...wrongEnds(threads)] };
}

function tell(ghosts: SetupGhosts, thread: number, events: readonly NotedEvent[]): void {
  ghosts.thread = thread;
  for (const { event, page, value } of events) ghosts.note(event, page, value);
}

function brokenInvariants({ program }: ScenarioProgram, words: Int32Array): Breach[] {
  return (program.invariants ?? []).flatMap(({ name, holds }) => {
    const verdict = holds(words);
    if (verdict === true) return [];
    return [forbidden(name, verdict === false ? `invariant ${name} does not hold` : verdict)];
  });
}

/** Threads that have thrown, or that wait for each other for ever. */
function wrongEnds(threads: readonly NotedThread[]): Breach[] {
  const thrown = threads.flatMap(({ standing }) =>
    standing.state === 'threw'
      ? [{ ...forbidden(standing.fault.property, standing.fault.message), page: standing.fault.page }]
      : [],
  );
  const isStuck = threads.some(({ standing }) => standing.state === 'pending') && !threads.some((one) => one.isEnabled);
  return thrown.length === 0 && isStuck ? [forbidden('deadlock', propertyText.deadlock)] : thrown;
}

function forbidden(property: string, message: string): Breach {
  return { property, class: 'forbidden', reason: null, page: null, message };
}

function reasonToLeave(thread: NotedThread): SwitchReason {
  if (thread.standing.state !== 'pending') return 'finished';
  return thread.isEnabled ? 'preempted' : 'blocked';
}

/** By `CallAnswer`. */
const CALL_ANSWERS = ['old', 'young', 'young if this call found it young', 'not covered'];

/** What observers were told, in words; empty for what a reader need not know. */
function noteText(machine: ScenarioVm, { event, page, value }: NotedEvent): string {
  switch (event) {
    case GhostEvent.accessBegin:
      return `an access to page ${page} begins`;
    case GhostEvent.accessEnd:
      return `page ${page} is accessed`;
    case GhostEvent.tlbHit:
      return `page ${page} is accessed through the TLB`;
    case GhostEvent.testedYoung:
      return `page ${page} is found young`;
    case GhostEvent.clearedYoung:
      return `page ${page} is found young and made old`;
    case GhostEvent.zapEnd:
      return `an SPTE of page ${page} is zapped`;
    case GhostEvent.revoked:
      return `the host has taken back version ${value} of page ${page}`;
    case GhostEvent.callBegin:
      return `the call that covers page ${page} begins`;
    case GhostEvent.callEnd:
      return `the call returns: page ${page} is ${CALL_ANSWERS[value]}`;
    case GhostEvent.madeWritable:
      return `page ${page} becomes writable`;
    case GhostEvent.handOutBegin:
      return `page ${page}: the dirty log is about to be handed out`;
    case GhostEvent.handOutEnd:
      return `page ${page}: ${value === 1 ? 'dirty' : 'clean'} in the log that was handed out`;
    case GhostEvent.tableRetired:
      return `${numberedTable(machine, value)} is unlinked`;
    case GhostEvent.tableRecycled:
      return `${numberedTable(machine, value)} may be handed out again`;
    case GhostEvent.tableEntered:
      return `the walk enters ${numberedTable(machine, value)}`;
    case GhostEvent.rcuReadLock:
      return 'an RCU section begins';
    case GhostEvent.rcuReadUnlock:
      return 'the RCU section ends';
    case GhostEvent.rootInvalidateBegin:
      return 'all roots are about to be invalidated';
    case GhostEvent.rootInvalidateEnd:
      return 'every vCPU has been told to leave its invalid root';
    case GhostEvent.nonatomicUpdate:
      return `an SPTE of page ${page} was changed by a load and a store`;
    case GhostEvent.ageGaveUp:
      return `the SPTE of page ${page} has changed meanwhile: aging gives up`;
    case GhostEvent.leafSplit:
      return `the 2M leaf of page ${page} is split`;
    case GhostEvent.leafCollapsed:
      return `4K leaves from page ${page} on have become a 2M leaf`;
    case GhostEvent.prefaultRewrote:
      return `a prefault has made page ${page} old`;
    case GhostEvent.loggingBegun:
      return `logging of page ${page} has begun`;
    case GhostEvent.tlbWrote:
      return `page ${page} is written through the TLB`;
    case GhostEvent.kernelWarning:
      return 'the kernel warns';
    case GhostEvent.lockMisuse:
      return 'the rules of locking are broken';
    case GhostEvent.pmlFlushed:
      return 'the buffer of modified pages is passed on to the dirty log';
    default:
      return '';
  }
}

/** A table as words of it are named, of its number among those of all virtual machines. */
function numberedTable({ vms }: ScenarioVm, number: number): string {
  const owner = vms.findLast(({ vm }) => vm.tablesBefore <= number);
  if (owner === undefined || owner.vm.index === 0) return tableName(number);
  return `vm${owner.vm.index}.${tableName(number - owner.vm.tablesBefore)}`;
}
