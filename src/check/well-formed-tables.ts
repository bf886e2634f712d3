import type { Invariant } from '../explore/machine.ts';
import type { Vm } from '../mmu/vm.ts';
import type { ScenarioVm } from '../scenario/scenario-machine.ts';
import type { Word } from '../shared/memory.ts';
import { malformedSpte } from '../verify/well-formed-sptes.ts';

/** Words of all tables; table 0 is none, and lies in front of them. */
function spteCount({ tableCount, entries }: Vm): number {
  return (tableCount + 1) * entries;
}

/** What is wrong with a word that is an SPTE; undefined if nothing is, or if it is none. */
export function problemOfSpte({ vms }: ScenarioVm, word: Word, value: number): string | undefined {
  const owner = vms.find(({ vm }) => word >= vm.tables && word < vm.tables + spteCount(vm));
  return owner === undefined ? undefined : malformedSpte(owner.vm.spte, value);
}

/** `malformed-spte`. An SPTE that only one thread touches is in the state, too, once it takes a value that it may not have. */
export function wellFormedSptes(machine: ScenarioVm): Invariant {
  const { vms, layout } = machine;
  return {
    name: 'malformed-spte',
    holds(words) {
      for (const { vm } of vms) {
        for (let word = vm.tables; word < vm.tables + spteCount(vm); word++) {
          const problem = malformedSpte(vm.spte, words[word] as number);
          if (problem === undefined) continue;
          return `${layout.nameOf(word, (other) => words[other] as number)} is ${problem}`;
        }
      }
      return true;
    },
  };
}
