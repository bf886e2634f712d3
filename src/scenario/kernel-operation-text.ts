import { type GfnRanges, gfnRangesText, gfnRangeText } from './gfn-ranges.ts';
import type { GfnSpan, KernelOperation, KernelStats } from './kernel-trace.ts';

/** Of a list; the rest is counted. */
const SHOWN = 8;

/** An operation, and what the kernel answered, in one line: `access vcpu0 write gfn 4133: - -> 1:PWADM`. */
export function describeOperation(operation: KernelOperation): string {
  const { asked, answered } = parts(operation);
  const text = [operation.op, ...asked].filter((part) => part !== '').join(' ');
  const answer = answered.filter((part) => part !== '').join(', ');
  return answer === '' ? text : `${text}: ${answer}`;
}

interface Parts {
  readonly asked: readonly string[];
  readonly answered: readonly string[];
}

/** Empty text is left out. */
function parts(operation: KernelOperation): Parts {
  switch (operation.op) {
    case 'access': {
      const { vcpu, gfn, l2, l2spte } = operation;
      return {
        asked: [`vcpu${vcpu}`, l2 ? 'L2' : '', direction(operation), `gfn ${gfn}`],
        answered: [
          change(operation.spte),
          l2spte === undefined ? '' : `L2 ${l2spte}`,
          statsText(operation.stats),
          exitsText(operation.exits),
        ],
      };
    }
    case 'clearYoung': {
      const { how, flush, remoteTlbFlushes, ret, young, stillYoung } = operation;
      return {
        asked: [how, flush ? 'flush' : '', spanText(operation)],
        answered: [
          listText('young', young),
          listText('still young', stillYoung),
          ret === undefined ? '' : `ret ${ret}`,
          remoteTlbFlushes === undefined ? '' : `remote TLB flushes ${remoteTlbFlushes}`,
        ],
      };
    }
    case 'clearYoungHva': {
      const { hvaStart, hvaEnd, ret, young, stillYoung } = operation;
      return {
        asked: [`bytes ${hvaStart}..${hvaEnd}`],
        answered: [listText('young', young), listText('still young', stillYoung), `ret ${ret}`],
      };
    }
    case 'testYoung':
      return { asked: [spanText(operation)], answered: [listText('young', operation.young)] };
    case 'unmap':
      return {
        asked: [spanText(operation)],
        answered: [listText('young before', operation.youngBefore), listText('after', operation.youngAfter)],
      };
    case 'mprotectCycle':
    case 'fork':
      return { asked: [spanText(operation)], answered: [listText('young after', operation.youngAfter)] };
    case 'madvise': {
      const { advice, rc, nYoungBefore, youngAfter } = operation;
      return {
        asked: [advice, spanText(operation)],
        answered: [`rc ${rc}`, `${nYoungBefore} young before`, listText('young after', youngAfter)],
      };
    }
    case 'prefault': {
      const { vcpu, rc, errno, youngAfter } = operation;
      return {
        asked: [`vcpu${vcpu}`, spanText(operation)],
        answered: [`rc ${rc}`, rc === 0 ? '' : `errno ${errno}`, listText('young after', youngAfter)],
      };
    }
    case 'hostTouch':
      return {
        asked: [direction(operation), `gfn ${operation.gfn}`],
        answered: [`guest young before ${operation.youngBefore}`, `after ${operation.youngAfter}`],
      };
    case 'hostPopulate':
      return { asked: [`${operation.hvaPages} pages`], answered: [] };
    case 'dirtyLog':
      return { asked: [`slot ${operation.slot}`], answered: [listText('dirty', operation.dirty)] };
    case 'clearDirtyLog':
      return { asked: [`slot ${operation.slot}`], answered: [`rc ${operation.rc}`] };
    case 'setLog':
      return { asked: [`slot ${operation.slot}`, operation.on ? 'on' : 'off'], answered: [] };
    case 'deleteSlot':
      return { asked: [`slot ${operation.slot}`], answered: [] };
    case 'addSlot': {
      const { slot, gpaStart, pages, hvaPage } = operation;
      return {
        asked: [`slot ${slot}`, `${pages} pages`, `gpa 0x${gpaStart.toString(16)}`, `host page ${hvaPage}`],
        answered: [],
      };
    }
    case 'vcpuExit':
      return {
        asked: [`vcpu${operation.vcpu}`],
        answered: [statsText(operation.stats), exitsText(operation.exits)],
      };
    case 'sptes':
      return { asked: [spanText(operation)], answered: [sptesText(operation.map)] };
    case 'note':
      return { asked: [], answered: [operation.text] };
  }
}

function direction({ write }: { readonly write: boolean }): string {
  return write ? 'write' : 'read';
}

function spanText({ startGfn, endGfn }: GfnSpan): string {
  return `gfn ${gfnRangeText(startGfn, endGfn)}`;
}

function listText(name: string, ranges: GfnRanges | undefined): string {
  return ranges === undefined ? '' : `${name} ${gfnRangesText(ranges, SHOWN)}`;
}

function change([before, after]: readonly [unknown, unknown]): string {
  return `${before} -> ${after}`;
}

function statsText(stats: KernelStats): string {
  return Object.entries(stats)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');
}

function exitsText(exits: readonly [number, number] | undefined): string {
  return exits === undefined ? '' : `exits ${change(exits)}`;
}

function sptesText(map: ReadonlyMap<number, string>): string {
  if (map.size === 0) return 'none';
  const texts = [...map].slice(0, SHOWN).map(([gfn, spte]) => `${gfn} ${spte}`);
  if (map.size > SHOWN) texts.push(`… ${map.size - SHOWN} more`);
  return texts.join(', ');
}
