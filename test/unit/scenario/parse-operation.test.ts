import { describe, expect, it } from 'vitest';
import { operationForms, operationNames } from '../../../src/scenario/operation-forms.ts';
import { parseOperation } from '../../../src/scenario/parse-operation.ts';
import { InputError } from '../../../src/shared/input-error.ts';

const examples = [
  ['read 17', { op: 'read', gfn: 17 }],
  ['write 0x1F', { op: 'write', gfn: 31 }],
  ['nestedRead 1', { op: 'nestedRead', gfn: 1 }],
  ['nestedWrite 1', { op: 'nestedWrite', gfn: 1 }],
  ['createShadowRoot', { op: 'createShadowRoot' }],
  ['dropShadowPages', { op: 'dropShadowPages' }],
  ['vcpuExit', { op: 'vcpuExit' }],
  ['evictTlb 3', { op: 'evictTlb', gfn: 3 }],
  ['flushTlb', { op: 'flushTlb' }],
  ['smmRead 0', { op: 'smmRead', gfn: 0 }],
  ['smmWrite 0', { op: 'smmWrite', gfn: 0 }],
  ['prefault 1..4', { op: 'prefault', start: 1, end: 4 }],
  ['testYoung 0..4', { op: 'testYoung', start: 0, end: 4, bitmap: false }],
  ['testYoung 0..4 bitmap', { op: 'testYoung', start: 0, end: 4, bitmap: true }],
  ['clearYoung 0..4', { op: 'clearYoung', start: 0, end: 4, bitmap: null }],
  ['clearYoung 0..4 bitmap=3+0x1', { op: 'clearYoung', start: 0, end: 4, bitmap: [1, 3] }],
  ['clearFlushYoung 2..3', { op: 'clearFlushYoung', start: 2, end: 3 }],
  ['damonMkold 0x1800', { op: 'damonMkold', address: 6144 }],
  ['lruWalk 0..8', { op: 'lruWalk', start: 0, end: 8 }],
  ['lruEvict 5', { op: 'lruEvict', page: 5 }],
  ['invalidate 0..1', { op: 'invalidate', start: 0, end: 1 }],
  ['hostWrite 0..1', { op: 'hostWrite', start: 0, end: 1 }],
  ['hostProtect 0x0..0x2', { op: 'hostProtect', start: 0, end: 2 }],
  ['dirtyLogOn 1', { op: 'dirtyLogOn', slot: 1 }],
  ['dirtyLogOff 1', { op: 'dirtyLogOff', slot: 1 }],
  ['getDirtyLog 1', { op: 'getDirtyLog', slot: 1 }],
  ['clearDirtyLog 1', { op: 'clearDirtyLog', slot: 1 }],
  ['addMemslot 2', { op: 'addMemslot', slot: 2 }],
  ['deleteMemslot 2', { op: 'deleteMemslot', slot: 2 }],
  ['zapAll', { op: 'zapAll' }],
  ['splitHuge 0', { op: 'splitHuge', gfn: 0 }],
  ['recoverHuge 0', { op: 'recoverHuge', gfn: 0 }],
  ['protectShadow 0', { op: 'protectShadow', gfn: 0 }],
  ['loadRoot', { op: 'loadRoot' }],
  ['putRoot', { op: 'putRoot' }],
] as const;

describe('An operation of a scenario', () => {
  it.each(examples)('%s', (text, fields) => {
    expect(parseOperation(text, 7, 'a.yaml')).toEqual({ ...fields, text, line: 7 });
  });

  it('has an example here, whichever it is', () => {
    expect(new Set(examples.map(([, { op }]) => op))).toEqual(new Set(operationNames));
  });

  it('is the same with other blanks', () => {
    expect(parseOperation('  testYoung\n 0..4\t bitmap ', 1, null)).toEqual({
      ...{ op: 'testYoung', start: 0, end: 4, bitmap: true },
      ...{ text: 'testYoung 0..4 bitmap', line: 1 },
    });
  });
});

describe('What is no operation is rejected in one line that says where, what, and what is accepted', () => {
  it.each([
    ['', 'an empty operation; accepted: read, write,'],
    ['reed 3', 'there is no operation "reed"; accepted: read, write, nestedRead'],
    ['Read 3', 'there is no operation "Read"; accepted: read'],
    ['toString', 'there is no operation "toString"; accepted: read'],
    ['bitmap=1', 'there is no operation "bitmap=1"; accepted: read'],
    ['read', 'read: something is missing; accepted: read G'],
    ['read 1 2', 'read: "2" is too much; accepted: read G'],
    ['read -1', 'read: "-1" is no number, decimal or 0x…; accepted: read G'],
    ['read 1.5', 'read: "1.5" is no number'],
    ['read 1e3', 'read: "1e3" is no number'],
    ['read 0b1', 'read: "0b1" is no number'],
    ['read 1048576', 'read: gfn 1048576 is too large; accepted: 0 … 1048575'],
    [`read ${'9'.repeat(400)}`, 'is too large; accepted: 0 … 1048575'],
    ['zapAll 1', 'zapAll: "1" is too much; accepted: zapAll'],
    ['invalidate', 'invalidate: something is missing; accepted: invalidate A..B'],
    ['invalidate 3', 'invalidate: "3" is no range of pages; accepted: invalidate A..B'],
    ['invalidate 3..', 'invalidate: "3.." is no range of pages'],
    ['invalidate 1...3', 'invalidate: "1...3" is no range of pages'],
    [
      'invalidate 3..3',
      'invalidate: 3..3 is an empty range; accepted: invalidate A..B, where the end is not part of it',
    ],
    ['invalidate 4..3', 'invalidate: 4..3 is an empty range'],
    ['invalidate 1048575..1048577', 'invalidate: 1048575..1048577 ends too high; accepted: pages below 1048576'],
    ['invalidate 0..513', 'invalidate: 0..513 has 513 pages; accepted: at most 512 pages'],
    ['invalidate 0..1 bitmap', 'invalidate: "bitmap" is too much; accepted: invalidate A..B'],
    ['prefault 1', 'prefault: "1" is no range of pages; accepted: prefault G..H'],
    ['testYoung 0..4 bitmap=1', 'testYoung: "bitmap=1" is not known; accepted: testYoung A..B [bitmap]'],
    ['testYoung 0..4 bitmap 1', 'testYoung: "1" is too much; accepted: testYoung A..B [bitmap]'],
    ['clearYoung 0..4 bitmap', 'clearYoung: "bitmap" selects no pages; accepted: clearYoung A..B [bitmap=P+P+…]'],
    ['clearYoung 0..4 bitmap=', 'clearYoung: "bitmap=" selects no pages'],
    ['clearYoung 0..4 bitmap=1,2', 'clearYoung: "bitmap=1,2" selects no pages'],
    ['clearYoung 0..4 bitmap=1+4', 'clearYoung: page 4 of the bitmap; accepted: 0 … 3'],
    ['clearYoung 0..4 bitmap=1+0x1', 'clearYoung: page 1 is twice in the bitmap; accepted: each page once'],
    ['damonMkold 4K', 'damonMkold: "4K" is no number, decimal or 0x…; accepted: damonMkold ADDR'],
    ['damonMkold 0xfffff001', 'damonMkold: address 0xfffff001 is too large; accepted: 0 … 4294963200'],
    ['lruEvict 0..1', 'lruEvict: "0..1" is no number, decimal or 0x…; accepted: lruEvict P'],
    ['addMemslot x', 'addMemslot: "x" is no number, decimal or 0x…; accepted: addMemslot S'],
  ])('%s', (text, problem) => {
    const parse = () => parseOperation(text, 7, 'a.yaml');
    expect(parse).toThrow(InputError);
    expect(parse).toThrow(problem);
    expect(parse).toThrow(/^a\.yaml:7: .*; accepted: .*$/);
  });

  it('without a file', () => {
    expect(() => parseOperation('reed', 3, null)).toThrow(/^scenario:3: there is no operation "reed"/);
  });

  it.each(operationNames.filter((name) => operationForms[name].form !== ''))('%s alone', (name) => {
    expect(() => parseOperation(name, 1, null)).toThrow(`accepted: ${name} ${operationForms[name].form}`);
  });
});
