import { leaveGuest } from '../mmu/vcpu.ts';
import { hostPopulate } from '../notifier/host-memory.ts';
import { performOperation } from '../scenario/perform-operation.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { type Actor, createSetupMemory, type OneVm, type ScenarioVm } from '../scenario/scenario-machine.ts';
import { GhostEvent } from '../shared/ghost-event.ts';
import { HarnessError } from '../shared/harness-error.ts';
import { InputError } from '../shared/input-error.ts';
import { Oops } from '../shared/oops.ts';
import { LockTracker } from '../verify/lock-tracker.ts';
import { isAgingCall, threadsThatAge } from './aging-calls.ts';
import type { SetupGhosts } from './setup-ghosts.ts';

/**
 * Runs the setup to its end, one operation after another, under the same monitors; the words as it leaves them, or undefined
 * if the kernel crashes on the way.
 */
export function runSetup(
  machine: ScenarioVm,
  scenario: Scenario,
  actors: readonly Actor[],
  ghosts: SetupGhosts,
): Int32Array | undefined {
  const { vm } = machine.vms[0] as OneVm;
  const locks = new LockTracker();
  const note = (event: number, page: number, value: number): void => {
    const misuse = locks.note(event, value);
    if (misuse !== undefined && scenario.machine.lockdep) ghosts.note(GhostEvent.lockMisuse, page, misuse);
    ghosts.note(event, page, value);
  };
  const m = createSetupMemory(machine, { note });
  if (vm.machine.hugePages) hostPopulate(m, vm, 0, 0, vm.pages);
  for (const { hva, pages, log } of scenario.memslots) {
    for (let page = hva; log && page < hva + pages; page++) note(GhostEvent.loggingBegun, page, 0);
  }
  const callers = threadsThatAge(scenario);
  for (const { thread, operation } of scenario.setup) {
    const actor = actorNamed(machine, thread);
    const index = actors.findIndex(({ name }) => name === actor.name);
    // Whoever is in the setup only has a number behind the threads; its aging calls use the place of one that ages.
    const ages = isAgingCall(operation.op);
    ghosts.thread =
      ages && !callers.includes(index) ? (callers[0] ?? actors.length) : index < 0 ? actors.length : index;
    try {
      performOperation(m, machine, actor, operation);
    } catch (error) {
      if (error instanceof Oops) {
        const { property, page, message } = error;
        ghosts.breaches.push({ property, class: 'forbidden', reason: null, page, message });
        return undefined;
      }
      if (!(error instanceof HarnessError)) throw error;
      const place = `${scenario.file ?? scenario.name}:${operation.line}`;
      throw new InputError(`${place}: setup: ${operation.text} would block (${error.message})`, { cause: error });
    }
  }
  // A vCPU that is no thread has nobody to make it leave the guest.
  for (const one of machine.vms) {
    const { firstVcpu, vcpus } = one.vm;
    for (let vcpu = firstVcpu; vcpu < firstVcpu + vcpus; vcpu++) {
      const isThread = actors.some(({ isVcpu, thread }) => isVcpu && thread === vcpu);
      if (!isThread || !machine.staysInGuest) leaveGuest(m, one.vm, vcpu);
    }
  }
  return m.words;
}

export function actorNamed(machine: ScenarioVm, name: string): Actor {
  return machine.actors.find((actor) => actor.name === name) as Actor;
}
