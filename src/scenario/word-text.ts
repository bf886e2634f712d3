import { LOCKED, READER, WAITING } from '../locks/mmu-lock.ts';
import { HOST_PRESENT, HOST_SHARED, HOST_WRITABLE, HOST_ZERO, hostVersionOf } from '../mmu/host-page-table.ts';
import { IN_GUEST, KICK, REQUEST_FREE_OBSOLETE_ROOTS, REQUEST_TLB_FLUSH } from '../mmu/vcpu-state.ts';
import { INFO_LEVEL, TABLE_INFO_WORDS } from '../mmu/vm.ts';
import type { ReadWord } from '../shared/layout.ts';
import type { Word } from '../shared/memory.ts';
import { describeSpte, tableName } from '../shared/spte.ts';
import { type OneVm, type ScenarioVm, splitWordName } from './scenario-machine.ts';

/** What a word's value means, as a reader of the kernel would write it. */
export function wordText(machine: ScenarioVm, word: Word, value: number, read: ReadWord): string {
  const { vms, layout } = machine;
  const { vm: number, local } = splitWordName(layout.regionOf(word)?.name ?? '');
  switch (local) {
    case 'spte': {
      const { vm } = vms[number] as OneVm;
      const table = Math.floor((word - vm.tables) / vm.entries);
      return describeSpte(vm.spte, value, read(vm.tableInfo + table * TABLE_INFO_WORDS + INFO_LEVEL) || 1);
    }
    case 'tdpMmuRoots':
      return value === 0 ? 'none' : tableName(value);
    case 'mmuLock.cnts':
      return lockText(value);
    case 'vcpuState':
      return flags(
        value,
        [
          [IN_GUEST, 'in guest'],
          [KICK, 'kicked'],
          [REQUEST_TLB_FLUSH, 'TLB flush requested'],
          [REQUEST_FREE_OBSOLETE_ROOTS, 'new root requested'],
        ],
        'outside',
      );
    case 'hostPte':
    case 'hostPmd':
      return `${flags(
        value,
        [
          [HOST_PRESENT, 'present'],
          [HOST_WRITABLE, 'writable'],
          [HOST_ZERO, 'zero page'],
          [HOST_SHARED, 'shared'],
        ],
        'absent',
      )}, version ${hostVersionOf(value)}`;
    default:
      return String(value);
  }
}

function lockText(value: number): string {
  const readers = Math.floor(value / READER);
  const parts = [
    ...(value & LOCKED ? ['writer'] : []),
    ...(readers > 0 ? [`${readers} reader${readers > 1 ? 's' : ''}`] : []),
    ...(value & WAITING ? ['a writer waits'] : []),
  ];
  return parts.length === 0 ? 'free' : parts.join(', ');
}

function flags(value: number, names: readonly (readonly [number, string])[], none: string): string {
  const set = names.filter(([mask]) => (value & mask) !== 0).map(([, name]) => name);
  return set.length === 0 ? none : set.join(', ');
}
