import { describe, expect, it } from 'vitest';
import { mmuOf } from '../../../src/scenario/kernel-trace.ts';
import { parseKernelTrace } from '../../../src/scenario/parse-kernel-trace.ts';
import { InputError } from '../../../src/shared/input-error.ts';
import { kernelTraceText, smallConfig } from '../../support/kernel-trace.ts';

const span = { startGfn: 4096, endGfn: 4112 };

function parse(operations: readonly object[], config: object = {}) {
  return parseKernelTrace('a.jsonl', kernelTraceText(operations, config));
}

/** The only operation of a trace, as it is read. */
function read(operation: object, config: object = {}) {
  return parse([operation], config).operations[0];
}

describe('The configuration of a kernel trace', () => {
  it('is read as it is, but for the mode of the vCPUs, which becomes a flag', () => {
    const { type: _type, pageSize: _pageSize, vcpuMode: _vcpuMode, ...rest } = smallConfig;
    expect(parse([])).toEqual({ file: 'a.jsonl', config: { ...rest, spin: false }, operations: [] });
    expect(parse([], { vcpuMode: 'spin (vCPU stays in guest between ops)' }).config.spin).toBe(true);
  });

  it('may have no seed, and fields that are not known', () => {
    expect(parse([], { seed: undefined, cpu: 'EPYC' }).config).toMatchObject({ seed: null });
    expect(parse([], { seed: undefined, cpu: 'EPYC' }).config).not.toHaveProperty('cpu');
    expect(parse([], { seed: 'abc' }).config.seed).toBe('abc');
  });

  it.each([
    [{ tdpMmu: true, npt: true, adBits: true }, 'tdp'],
    [{ tdpMmu: false, npt: true, adBits: true }, 'legacy'],
    [{ tdpMmu: false, npt: false, adBits: true }, 'npt0'],
    [{ tdpMmu: true, npt: true, adBits: false }, 'tdp-noad'],
    [{ tdpMmu: false, npt: true, adBits: false }, 'legacy-noad'],
  ])('%o is MMU %s', (config, mmu) => {
    expect(mmuOf(config)).toBe(mmu);
  });
});

describe('An operation of a kernel trace', () => {
  it('has its line, also behind empty lines and without a newline at the end', () => {
    const text = `${kernelTraceText([])}\n{"op":"note","text":"a"}\r\n\n{"op":"note","text":"b"}`;
    expect(parseKernelTrace('a', text).operations).toEqual([
      { op: 'note', text: 'a', line: 3 },
      { op: 'note', text: 'b', line: 5 },
    ]);
  });

  it('has only fields that are known', () => {
    expect(read({ op: 'hostPopulate', hvaPages: 3, seconds: 1 })).toEqual({ op: 'hostPopulate', hvaPages: 3, line: 2 });
  });

  it('lists pages as sorted ranges, whether they were gfns or ranges', () => {
    const young = [
      [4096, 4099],
      [4100, 4101],
      [4110, 4112],
    ];
    expect(read({ op: 'testYoung', ...span, young: [4110, 4111, 4096, 4097, 4098, 4100, 4100] })).toMatchObject({
      young,
    });
    const youngRanges = [
      [4110, 4112],
      [4097, 4099],
      [4096, 4098],
      [4100, 4101],
    ];
    expect(read({ op: 'testYoung', ...span, youngRanges })).toEqual({ op: 'testYoung', ...span, young, line: 2 });
    expect(read({ op: 'testYoung', ...span, youngRanges: [] })).toMatchObject({ young: [] });
  });

  it('knows every list by both names', () => {
    const clear = { op: 'clearYoung', how: 'range', ret: true, ...span };
    expect(read({ ...clear, youngRanges: [], stillYoungRanges: [[4096, 4097]] })).toEqual({
      ...clear,
      flush: false,
      young: [],
      stillYoung: [[4096, 4097]],
      line: 2,
    });
    const ranges = [[4096, 4112]];
    expect(read({ op: 'unmap', ...span, youngBeforeRanges: ranges, youngAfterRanges: [] })).toMatchObject({
      youngBefore: ranges,
      youngAfter: [],
    });
    expect(read({ op: 'dirtyLog', slot: 1, dirtyRanges: ranges })).toMatchObject({ dirty: ranges });
  });

  it('lacks what was not recorded', () => {
    const clear = read({ op: 'clearYoung', how: 'perPage', ...span, young: [] });
    for (const field of ['ret', 'stillYoung', 'remoteTlbFlushes']) expect(clear).not.toHaveProperty(field);
    const access = read({ op: 'access', vcpu: 0, gfn: 4096, write: false, spte: ['-', '1:PWADM'], stats: {} });
    expect(access).toMatchObject({ l2: false });
    for (const field of ['l2spte', 'l2exit', 'exits']) expect(access).not.toHaveProperty(field);
  });

  it('may be a nested access, with the SPTE of the shadow MMU', () => {
    const access = { op: 'access', vcpu: 0, gfn: 4096, write: true, l2: true, l2exit: 129, l2spte: '1:PWADM!' };
    const rest = { spte: ['1:pwadm!', '2:PwADM'], stats: { pf_taken: 1 }, exits: [5, 6] };
    expect(read({ ...access, ...rest }, { nested: true })).toEqual({ ...access, ...rest, line: 2 });
  });

  it('unmaps one gfn or several', () => {
    const lists = { youngBefore: [], youngAfter: [] };
    expect(read({ op: 'unmap', gfn: 4100, ...lists })).toEqual({
      op: 'unmap',
      startGfn: 4100,
      endGfn: 4101,
      ...lists,
      line: 2,
    });
    expect(read({ op: 'unmap', ...span, ...lists })).toMatchObject(span);
  });

  it('dumps SPTEs by gfn', () => {
    const dump = read({ op: 'sptes', ...span, map: { 4096: '1:PWADM', 4100: '2:PWaDM' } });
    expect(dump).toEqual({
      op: 'sptes',
      ...span,
      map: new Map([
        [4096, '1:PWADM'],
        [4100, '2:PWaDM'],
      ]),
      line: 2,
    });
  });

  it.each([
    { op: 'clearYoungHva', hvaStart: 5, hvaEnd: 9000, ret: false, young: [] },
    { op: 'clearDirtyLog', slot: 1, rc: 0 },
    { op: 'setLog', slot: 1, on: true },
    { op: 'deleteSlot', slot: 1 },
    { op: 'addSlot', slot: 2, gpaStart: 0, pages: 16, hvaPage: 8 },
    { op: 'prefault', vcpu: 0, ...span, rc: -1, errno: 22, youngAfter: [] },
    { op: 'hostTouch', gfn: 4096, write: true, youngBefore: true, youngAfter: true },
    { op: 'mprotectCycle', ...span, youngAfter: [] },
    { op: 'madvise', advice: 'COLD', ...span, rc: 0, nYoungBefore: 1, youngAfter: [] },
    { op: 'fork', ...span, youngAfter: [] },
    { op: 'vcpuExit', vcpu: 0, exits: [1, 2], stats: {} },
  ])('$op is read as it is', (operation) => {
    expect(read(operation)).toEqual({ ...operation, line: 2 });
  });
});

describe('What is no kernel trace is rejected in one line that says where, what, and what is accepted', () => {
  const note = JSON.stringify({ op: 'note', text: '' });
  const start = kernelTraceText([]);

  it.each([
    ['', 1, 'nothing there'],
    ['\n', 1, 'nothing there'],
    ['Dear reader,\n', 1, 'no JSON, or cut off'],
    ['[]\n', 1, '[] is no JSON object'],
    [`${note}\n${start}`, 1, 'the configuration: "type" is missing; accepted: "config"'],
    [`${start}${note.slice(0, -1)}`, 2, 'no JSON, or cut off'],
    [`${start}null\n`, 2, 'null is no JSON object'],
    [`${start}{}\n`, 2, 'no "op"; accepted: access, clearYoung'],
    [start + start, 2, 'no "op"; accepted: access'],
    [`${start}\n{"op":"clearOld"}\n`, 3, '"op" is "clearOld"; accepted: access, clearYoung'],
  ])('%j', (text, line, problem) => {
    expectError(() => parseKernelTrace('a.jsonl', text), line, problem);
  });

  const slot = smallConfig.memslots[0];
  it.each([
    [{ kernel: 6.1 }, '"kernel" is 6.1; accepted: text'],
    [{ vcpus: 0 }, '"vcpus" is 0; accepted: a whole number 1 … 64'],
    [{ vcpus: 65 }, '"vcpus" is 65; accepted: a whole number 1 … 64'],
    [{ npt: undefined }, '"npt" is missing; accepted: true or false'],
    [{ backing: '1g' }, '"backing" is "1g"; accepted: 4k, thp'],
    [{ pageSize: 16384 }, '"pageSize" is 16384; accepted: 4096'],
    [{ vcpuMode: 'halt' }, '"vcpuMode" is "halt"; accepted: text that begins with exit or spin'],
    [{ manualDirtyProtect: 2 }, '"manualDirtyProtect" is 2; accepted: 0, 1 or 3'],
    [{ memslots: {} }, '"memslots" is {}; accepted: a list of memslots'],
    [{ memslots: [{ ...slot, pages: 0 }] }, '"memslots.0.pages" is 0; accepted: a whole number 1 …'],
    [{ memslots: [{ ...slot, gpaStart: 5 }] }, '"memslots.0.gpaStart" is 5; accepted: a multiple of 4096'],
    [{ memslots: [{ ...slot, hvaPage: 2 ** 20 - 1 }] }, 'slot 1: 16 pages reach too far; accepted: gfns below'],
    [{ memslots: [{ ...slot, gpaStart: 2 ** 42 - 4096 }] }, 'slot 1: 16 pages reach too far; accepted: gfns below'],
    [{ memslots: [slot, slot] }, 'slot 1 is there already; accepted: another number'],
    [{ memslots: [slot, { ...slot, slot: 2 }] }, 'slot 2 overlaps slot 1; accepted:'],
  ])('configuration %j', (config, problem) => {
    expectError(() => parse([], config), 1, problem);
  });

  const access = { op: 'access', vcpu: 0, gfn: 4096, write: false, spte: ['-', '1:PWADM'], stats: {} };
  const SPTE = 'accepted: an SPTE such as 1:PWADM';
  it.each([
    [{ ...access, gfn: '4096' }, 'access: "gfn" is "4096"; accepted: a whole number 0 …'],
    [{ ...access, gfn: 4096.5 }, 'access: "gfn" is 4096.5; accepted: a whole number 0 …'],
    [{ ...access, gfn: 4112 }, 'gfns 4112..4113 are not in one slot; accepted: within one of 4096..4112'],
    [{ ...access, vcpu: 1 }, 'vcpu 1; accepted: 0 … 0'],
    [{ ...access, write: undefined }, 'access: "write" is missing; accepted: true or false'],
    [{ ...access, spte: ['-'] }, 'access: "spte" is ["-"]; accepted: [before, after]'],
    [{ ...access, spte: ['-', '1:PWAD'] }, `access: "spte.1" is "1:PWAD"; ${SPTE}`],
    [{ ...access, l2: true }, '"l2" without "nested"; accepted: L1 accesses'],
    [{ ...access, stats: { pf_taken: '1' } }, 'access: "stats.pf_taken" is "1"; accepted: a whole number'],
    [{ op: 'clearYoung', how: 'all', ...span, young: [] }, 'clearYoung: "how" is "all"; accepted: perPage, range'],
    [{ op: 'testYoung', ...span }, 'testYoung: "young" is missing; accepted: a list of gfns, or of half-open ranges'],
    [{ op: 'testYoung', ...span, young: ['a'] }, '"young" is ["a"]; accepted: a list of gfns'],
    [{ op: 'testYoung', ...span, youngRanges: [[2, 2]] }, '"young.0" is [2,2]; accepted: a start below its end'],
    [{ op: 'testYoung', ...span, young: [], youngRanges: [] }, 'both "young" and "youngRanges"; accepted: one of them'],
    [{ op: 'testYoung', startGfn: 4096, endGfn: 4096, young: [] }, 'gfns 4096..4096 are an empty range; accepted:'],
    [{ op: 'testYoung', startGfn: 4090, endGfn: 4100, young: [] }, 'gfns 4090..4100 are not in one slot; accepted:'],
    [{ op: 'unmap', youngBefore: [], youngAfter: [] }, 'unmap: "startGfn" is missing; accepted: a whole number'],
    [
      { op: 'clearYoungHva', hvaStart: 9, hvaEnd: 9, ret: false, young: [] },
      '"hvaEnd" is 9; accepted: more than "hvaStart", 9',
    ],
    [{ op: 'madvise', advice: 'HUGE', ...span }, 'madvise: "advice" is "HUGE"; accepted: COLD, FREE, PAGEOUT'],
    [{ op: 'sptes', ...span, map: { x: '-' } }, 'sptes: "map.x" is "-"; accepted: an object from gfn to SPTE'],
    [{ op: 'sptes', ...span, map: { 4096: '?' } }, `sptes: "map.4096" is "?"; ${SPTE}`],
    [{ op: 'sptes', ...span, map: { 4112: '-' } }, 'gfn 4112 in "map"; accepted: 4096 … 4111'],
    [{ op: 'setLog', slot: 2, on: true }, 'there is no slot 2; accepted: 1'],
    [{ op: 'dirtyLog', slot: 0, dirty: [] }, 'there is no slot 0; accepted: 1'],
    [{ op: 'addSlot', slot: 1, gpaStart: 0, pages: 1, hvaPage: 0 }, 'slot 1 is there already; accepted:'],
  ])('operation %j', (operation, problem) => {
    expectError(() => parse([operation]), 2, problem);
  });

  it('an access that does not say whether a vCPU stayed in the guest', () => {
    expectError(
      () => parse([access], { vcpuMode: 'spin' }),
      2,
      'access: "exits" is missing; accepted: [before, after]',
    );
  });

  it('a slot that was deleted before', () => {
    expectError(
      () => parse([{ op: 'deleteSlot', slot: 1 }, access]),
      3,
      'accepted: within one of none: no slot is left',
    );
    expectError(
      () =>
        parse([
          { op: 'deleteSlot', slot: 1 },
          { op: 'deleteSlot', slot: 1 },
        ]),
      3,
      'accepted: none',
    );
  });
});

function expectError(read: () => unknown, line: number, problem: string): void {
  expect(read).toThrow(InputError);
  expect(read).toThrow(problem);
  expect(read).toThrow(new RegExp(`^a\\.jsonl:${line}: .*; accepted: .*$`));
}
