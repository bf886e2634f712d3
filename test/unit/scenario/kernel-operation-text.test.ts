import { expect, it } from 'vitest';
import { describeOperation } from '../../../src/scenario/kernel-operation-text.ts';
import { parseKernelTrace } from '../../../src/scenario/parse-kernel-trace.ts';
import { kernelTraceText } from '../../support/kernel-trace.ts';

const span = { startGfn: 4096, endGfn: 4112 };
const access = { op: 'access', vcpu: 0, gfn: 4100, write: true, spte: ['-', '1:PWADM'], stats: {} };

it.each([
  [access, 'access vcpu0 write gfn 4100: - -> 1:PWADM'],
  [
    { ...access, l2: true, write: false, l2spte: '1:PWAdM', stats: { pf_taken: 2 }, exits: [7, 9] },
    'access vcpu0 L2 read gfn 4100: - -> 1:PWADM, L2 1:PWAdM, pf_taken 2, exits 7 -> 9',
  ],
  [
    { op: 'clearYoung', how: 'perPage', ...span, young: [4096, 4098, 4099] },
    'clearYoung perPage gfn 4096..4112: young {4096, 4098..4100}',
  ],
  [
    {
      op: 'clearYoung',
      how: 'range',
      ...span,
      flush: true,
      remoteTlbFlushes: 1,
      ret: true,
      young: [],
      stillYoung: [4096],
    },
    'clearYoung range flush gfn 4096..4112: young {}, still young {4096}, ret true, remote TLB flushes 1',
  ],
  [
    { op: 'clearYoungHva', hvaStart: 100, hvaEnd: 5000, ret: false, young: [] },
    'clearYoungHva bytes 100..5000: young {}, ret false',
  ],
  [
    { op: 'testYoung', startGfn: 4096, endGfn: 4097, young: Array.from({ length: 10 }, (_, i) => 4096 + 2 * i) },
    'testYoung gfn 4096: young {4096, 4098, 4100, 4102, 4104, 4106, 4108, 4110, … 2 more}',
  ],
  [{ op: 'unmap', gfn: 4096, youngBefore: [4096], youngAfter: [] }, 'unmap gfn 4096: young before {4096}, after {}'],
  [{ op: 'dirtyLog', slot: 1, dirty: [4096] }, 'dirtyLog slot 1: dirty {4096}'],
  [{ op: 'clearDirtyLog', slot: 1, rc: -1 }, 'clearDirtyLog slot 1: rc -1'],
  [{ op: 'setLog', slot: 1, on: false }, 'setLog slot 1 off'],
  [{ op: 'deleteSlot', slot: 1 }, 'deleteSlot slot 1'],
  [{ op: 'addSlot', slot: 2, gpaStart: 8192, pages: 3, hvaPage: 4 }, 'addSlot slot 2 3 pages gpa 0x2000 host page 4'],
  [
    { op: 'prefault', vcpu: 0, ...span, rc: -1, errno: 95, youngAfter: [] },
    'prefault vcpu0 gfn 4096..4112: rc -1, errno 95, young after {}',
  ],
  [
    { op: 'hostTouch', gfn: 4096, write: false, youngBefore: true, youngAfter: false },
    'hostTouch read gfn 4096: guest young before true, after false',
  ],
  [{ op: 'hostPopulate', hvaPages: 16 }, 'hostPopulate 16 pages'],
  [{ op: 'mprotectCycle', ...span, youngAfter: [] }, 'mprotectCycle gfn 4096..4112: young after {}'],
  [
    { op: 'madvise', advice: 'FREE', ...span, rc: 0, nYoungBefore: 2, youngAfter: [] },
    'madvise FREE gfn 4096..4112: rc 0, 2 young before, young after {}',
  ],
  [{ op: 'fork', ...span, youngAfter: [4096] }, 'fork gfn 4096..4112: young after {4096}'],
  [{ op: 'vcpuExit', vcpu: 0, exits: [1, 2], stats: {} }, 'vcpuExit vcpu0: exits 1 -> 2'],
  [{ op: 'sptes', ...span, map: {} }, 'sptes gfn 4096..4112: none'],
  [{ op: 'sptes', ...span, map: { 4097: '1:PWADM' } }, 'sptes gfn 4096..4112: 4097 1:PWADM'],
  [{ op: 'note', text: 'zap' }, 'note: zap'],
])('%j in a line', (operation, text) => {
  const [read] = parseKernelTrace('a', kernelTraceText([operation], { nested: true })).operations;
  expect(read && describeOperation(read)).toBe(text);
});
