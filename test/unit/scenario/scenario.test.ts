import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ParseScenarioOptions, parseScenario } from '../../../src/scenario/parse-scenario.ts';
import { findScenarios, readScenario } from '../../../src/scenario/read-scenario.ts';
import { InputError } from '../../../src/shared/input-error.ts';

const variants = ['v3', 'lockless', 'mmu-lock-6.1'];

const EXAMPLE = `schema: pte-aging/scenario@1
name: nested-guest-with-bitmap
description: one line
variant: v3                       # default for this file; --variant overrides
machine: {tdpMmu: true, adBits: true, layout: ept, tlb: none}
memslots:
  - {id: 0, gfn: 0, hva: 0, pages: 2}      # hva and gfn in pages
  - {id: 1, gfn: 16, hva: 2, pages: 2}
setup:                            # run to the end, one after another, before the threads start
  - vcpu0: createShadowRoot
  - vcpu0: write 1
threads:                          # one modelled thread each
  mm: ["testYoung 0..4 bitmap"]
  vcpu0: [read 17]
expect:                           # optional
  v3: {verdict: holds}
  lockless: {verdict: holds}
`;

const defaults = {
  ...{ tdpMmu: true, adBits: true, layout: 'ept', tlb: 'none', vcpuMode: 'exit', hugePages: false },
  ...{ manualDirtyProtect: false, lockdep: true, vms: 1, addressSpaces: 1 },
};

/** The lines of the smallest scenario, up to line 7, and what is added to it. */
function small(...more: readonly string[]): string {
  const slots = ['memslots:', '  - {id: 0, gfn: 0, hva: 4, pages: 2}', '  - {id: 3, gfn: 16, hva: 6, pages: 2}'];
  return ['schema: pte-aging/scenario@1', 'name: small', ...slots, 'threads:', '  mm: [testYoung 4..8]', ...more].join(
    '\n',
  );
}

function parse(text: string, options: Partial<ParseScenarioOptions> = {}) {
  return parseScenario(text, { file: 'a.yaml', variants, ...options });
}

describe('A scenario', () => {
  const nothing = { property: null, tolerated: null };

  it('is what its file says', () => {
    expect(parse(EXAMPLE)).toEqual({
      file: 'a.yaml',
      name: 'nested-guest-with-bitmap',
      description: 'one line',
      variant: 'v3',
      machine: defaults,
      memslots: [
        { id: 0, vm: 0, as: 0, gfn: 0, hva: 0, pages: 2, log: false },
        { id: 1, vm: 0, as: 0, gfn: 16, hva: 2, pages: 2, log: false },
      ],
      setup: [
        {
          ...{ thread: 'vcpu0', vm: 0, vcpu: 0 },
          operation: { op: 'createShadowRoot', text: 'createShadowRoot', line: 10 },
        },
        { thread: 'vcpu0', vm: 0, vcpu: 0, operation: { op: 'write', gfn: 1, text: 'write 1', line: 11 } },
      ],
      threads: [
        {
          ...{ name: 'mm', vm: 0, vcpu: null },
          operations: [{ op: 'testYoung', start: 0, end: 4, bitmap: true, text: 'testYoung 0..4 bitmap', line: 13 }],
        },
        { name: 'vcpu0', vm: 0, vcpu: 0, operations: [{ op: 'read', gfn: 17, text: 'read 17', line: 14 }] },
      ],
      expect: new Map([
        ['v3', { verdict: 'holds', ...nothing }],
        ['lockless', { verdict: 'holds', ...nothing }],
      ]),
    });
  });

  it('needs little, and the rest has defaults', () => {
    expect(parse(small(), { file: null })).toMatchObject({
      ...{ file: null, description: '', variant: null, machine: defaults, setup: [], expect: new Map() },
    });
  });

  it('may be JSON, indented by tabs, with a byte-order mark and the other ends of lines', () => {
    const { file: _file, ...expected } = parse(small());
    const document = {
      schema: 'pte-aging/scenario@1',
      name: 'small',
      memslots: [
        { id: 0, gfn: 0, hva: 4, pages: 2 },
        { id: 3, gfn: 16, hva: 6, pages: 2 },
      ],
      threads: { mm: ['testYoung 4..8'] },
    };
    const text = `\uFEFF${JSON.stringify(document, null, '\t').replaceAll('\n', '\r\n')}\r\n`;
    const line = text.split('\n').findIndex((part) => part.includes('testYoung')) + 1;
    const mm = { ...expected.threads[0], operations: [{ ...expected.threads[0]?.operations[0], line }] };
    expect(parse(text)).toEqual({ file: 'a.yaml', ...expected, threads: [mm] });
  });

  it('knows every setting of the machine', () => {
    const machine = {
      ...{ tdpMmu: false, adBits: true, layout: 'legacy', tlb: 'cached', vcpuMode: 'guest', hugePages: true },
      ...{ manualDirtyProtect: true, vms: 2, addressSpaces: 2 },
    };
    const text = small(`machine: ${JSON.stringify(machine)}`).replace('id: 3', 'id: 3, vm: 1, as: 1, log: true');
    expect(parse(text)).toMatchObject({ machine, memslots: [{ id: 0 }, { id: 3, vm: 1, as: 1, log: true }] });
  });

  it('may have slots that share host pages, and slots of the same id and gfns where nothing mixes them up', () => {
    const slots = [
      '{id: 0, gfn: 0, hva: 0, pages: 2}',
      '{id: 1, gfn: 2, hva: 1, pages: 2}',
      '{id: 0, as: 1, gfn: 0, hva: 0, pages: 2}',
      '{id: 0, vm: 1, gfn: 0, hva: 0, pages: 2}',
    ];
    const text = `schema: pte-aging/scenario@1
name: aliases
machine: {vms: 2, addressSpaces: 2}
memslots: [${slots.join(', ')}]
threads:
  vcpu0: [read 3, smmRead 1]
  vm1.vcpu0: [read 1]
  vmm: [dirtyLogOn 1]
  vm1.vmm: [getDirtyLog 0]`;
    expect(parse(text).threads).toMatchObject([
      { name: 'vcpu0', vm: 0, vcpu: 0 },
      { name: 'vm1.vcpu0', vm: 1, vcpu: 0 },
      { name: 'vmm', vm: 0, vcpu: null },
      { name: 'vm1.vmm', vm: 1, vcpu: null },
    ]);
  });

  it('may have threads that only the setup uses, and vCPUs whose names go on', () => {
    const { setup, threads } = parse(
      small('  vcpu1-writer: [write 0]', 'setup:', '  - vcpu0: read 1', '  - vmm: zapAll'),
    );
    expect(threads[1]).toMatchObject({ name: 'vcpu1-writer', vcpu: 1 });
    expect(setup).toMatchObject([{ vcpu: 0 }, { thread: 'vmm', vcpu: null }]);
  });

  it('may ask about host pages between slots, as long as there is a page of the guest', () => {
    const text = small(
      '  other: [testYoung 0..5, clearYoung 7..64, damonMkold 12289, lruEvict 7]',
      'setup:',
      '  - a: lruWalk 1..9',
    );
    expect(parse(text).threads[1]?.operations).toHaveLength(4);
  });

  it('expects of a variant as much as it says', () => {
    const text = small(
      'expect:',
      '  v3: {verdict: violated, property: access-lost}',
      '  lockless: {verdict: holds, tolerated: [tlb-hit, zapped]}',
      '  mmu-lock-6.1: {tolerated: []}',
    );
    expect([...parse(text).expect]).toEqual([
      ['v3', { verdict: 'violated', property: 'access-lost', tolerated: null }],
      ['lockless', { verdict: 'holds', property: null, tolerated: ['tlb-hit', 'zapped'] }],
      ['mmu-lock-6.1', { verdict: null, property: null, tolerated: [] }],
    ]);
  });

  it('has a description of one line, however it was written', () => {
    expect(parse(small('description: >', '  two', '  lines', '')).description).toBe('two lines');
  });
});

describe('What is no scenario is rejected in one line that says where, what, and what is accepted', () => {
  const withSlot = (slot: string) => small().replace('{id: 3, gfn: 16, hva: 6, pages: 2}', slot);
  const nine = (text: (index: number) => string) => Array.from({ length: 9 }, (_, index) => text(index));

  it.each([
    ['', 1, 'nothing there; accepted: one YAML or JSON document'],
    ['# only this\n', 1, 'nothing there'],
    ['[]', 1, 'the document is []; accepted: a mapping with some of schema, name'],
    ['Dear reader', 1, 'the document is "Dear reader"; accepted: a mapping'],
    [small('  x: [testYoung 4..8'), 8, 'no YAML: '],
    [small('\tx: 1'), 8, 'no YAML: Tabs'],
    [small('  x: !mine [testYoung 4..8]'), 8, 'no YAML: Unresolved tag'],
    [small('---', 'a: b'), 8, 'more than one document'],
    [small('  a: &a [testYoung 4..8]', '  b: *a'), 9, 'the alias *a; accepted: the thing itself'],
    [small('  ? [a, b]', '  : c'), 8, 'a key that is no text; accepted: text'],
    ['['.repeat(17) + ']'.repeat(17), 1, 'the document is [[[['],
    [`${'['.repeat(50)}1${']'.repeat(50)}`, 1, 'nested too deeply'],
    ['['.repeat(50_000), 1, 'nested too deeply'],
    [small('name: again'), 8, '"name" is there twice; accepted: each key once'],
    [small('  "mm" : [testYoung 4..8]'), 8, '"mm" is there twice; accepted: each key once'],
    [small('  __proto__: [testYoung 4..8]'), 8, '"__proto__" is not known'],
  ])('%#: as a document', (text, line, problem) => expectError(text, line, problem));

  it.each([
    [small().replace('@1', '@2'), 1, '"schema" is "pte-aging/scenario@2"; accepted: pte-aging/scenario@1'],
    [`foo: 1\n${small().replace('@1', '@2')}`, 2, '"schema" is "pte-aging/scenario@2"'],
    [
      small().replace('schema: pte-aging/scenario@1', '# none'),
      2,
      '"schema" is missing; accepted: pte-aging/scenario@1',
    ],
    [small().replace('name: small', 'name: a b'), 2, '"name" is "a b"; accepted: a name of at most 80 letters'],
    [small().replace('name: small', 'name: 7'), 2, '"name" is 7; accepted: a name'],
    [small().replace('name: small', ''), 1, '"name" is missing; accepted: a name'],
    [small().replace('memslots:', 'slots:'), 3, '"slots" is not known; accepted: schema, name, description, variant'],
    [small('description: [a]'), 8, '"description" is ["a"]; accepted: a line of text'],
    [small('variant: v4'), 8, '"variant" is "v4"; accepted: v3, lockless, mmu-lock-6.1'],
    [small('machine:', '  tdp: true'), 9, '"machine.tdp" is not known; accepted: tdpMmu, adBits, layout'],
    [small('machine: none'), 8, '"machine" is "none"; accepted: a mapping with some of tdpMmu'],
    [small('machine:', '  adBits: 1'), 9, '"machine.adBits" is 1; accepted: true or false'],
    [small('machine:', '  layout: npt'), 9, '"machine.layout" is "npt"; accepted: ept, legacy'],
    [small('machine:', '  tlb: 4'), 9, '"machine.tlb" is 4; accepted: none, cached'],
    [small('machine:', '  vcpuMode: spin'), 9, '"machine.vcpuMode" is "spin"; accepted: exit, guest'],
    [small('machine:', '  vms: 0'), 9, '"machine.vms" is 0; accepted: a whole number 1 … 4'],
    [small('machine:', '  addressSpaces: 3'), 9, '"machine.addressSpaces" is 3; accepted: 1 or 2'],
    [
      small('machine:', '  adBits: false', '  layout: legacy'),
      10,
      '"machine.layout" is "legacy" without "adBits"; accepted: ept, or',
    ],
    [small('machine:', '  vms: 2'), 3, 'VM 1 has no memslot; accepted: at least one for each of VMs 0 … 1'],
  ])('%#: keys and the machine', (text, line, problem) => expectError(text, line, problem));

  it.each([
    [small().replace(/memslots:\n.*\n.*\n/, 'memslots: []\n'), 3, '"memslots" is []; accepted: 1 … 8 memslots'],
    [small().replace(/memslots:\n.*\n.*\n/, 'memslots: {}\n'), 3, '"memslots" is {}; accepted: a list of memslots'],
    [
      small().replace(
        /memslots:\n.*\n.*\n/,
        `memslots:\n${nine((id) => `  - {id: ${id}, gfn: ${id}, hva: 0, pages: 1}\n`).join('')}`,
      ),
      4,
      'accepted: 1 … 8 memslots',
    ],
    [withSlot('{id: 3, gfn: 16, hva: 6}'), 5, '"memslots.1.pages" is missing; accepted: a whole number 1 … 64'],
    [withSlot('{id: 3, gfn: 16, hva: 6, pages: 65}'), 5, '"memslots.1.pages" is 65; accepted: a whole number 1 … 64'],
    [
      withSlot('{id: 3, gfn: 1048576, hva: 6, pages: 2}'),
      5,
      '"memslots.1.gfn" is 1048576; accepted: a whole number 0 … 1048575',
    ],
    [
      withSlot('{id: 3, gfn: 16, hva: 1048575, pages: 2}'),
      5,
      'slot 3: 2 pages reach too far; accepted: gfns and host pages below',
    ],
    [
      withSlot('{id: 3, gfn: 16, hva: 6, pages: 2, flags: 1}'),
      5,
      '"memslots.1.flags" is not known; accepted: id, vm, as, gfn',
    ],
    [
      withSlot('{id: 3, vm: 1, gfn: 16, hva: 6, pages: 2}'),
      5,
      'slot 3: "vm" is 1; accepted: 0 … 0 ("machine.vms" is 1)',
    ],
    [
      withSlot('{id: 3, as: 1, gfn: 16, hva: 6, pages: 2}'),
      5,
      'slot 3: "as" is 1; accepted: 0 … 0 ("machine.addressSpaces" is 1)',
    ],
    [withSlot('{id: 0, gfn: 16, hva: 6, pages: 2}'), 5, 'slot 0 is there already; accepted: another id'],
    [withSlot('{id: 3, gfn: 1, hva: 6, pages: 2}'), 5, 'slot 3 overlaps slot 0; accepted: gfns outside of 0..2'],
  ])('%#: memslots', (text, line, problem) => expectError(text, line, problem));

  it.each([
    [small().replace('  mm: [testYoung 4..8]', '  {}'), 7, '"threads" is {}; accepted: 1 … 8 threads'],
    [small(...nine((index) => `  t${index}: [zapAll]`)), 7, 'accepted: 1 … 8 threads'],
    [
      small().replace('[testYoung 4..8]', 'testYoung 4..8'),
      7,
      '"threads.mm" is "testYoung 4..8"; accepted: a list of operations',
    ],
    [small('  a: []'), 8, '"threads.a" is []; accepted: at least one operation'],
    [
      small('  a:', '    - zapAll', '    - clearYoung: 4'),
      10,
      '"threads.a.1" is {"clearYoung":4}; accepted: an operation as text',
    ],
    [
      small('  a: [clearYoung 4..8 bitmap=4,5]'),
      8,
      '"threads.a.1" is 5; accepted: an operation as text, such as "read 17" (an unquoted comma splits a YAML item: quote it)',
    ],
    [small('  a:', '    - zapAll', '    - reed 4'), 10, 'there is no operation "reed"; accepted: read, write'],
    [small('  a:', '    - testYoung 4'), 9, 'testYoung: "4" is no range of pages; accepted: testYoung A..B [bitmap]'],
    [small('  9a: [zapAll]'), 8, 'a thread is called "9a"; accepted: vcpuN, or a name of letters'],
    [small('  vcpu: [read 0]'), 8, 'thread vcpu: no vCPU; accepted: vcpu0 … vcpu7'],
    [small('  vcpu08: [read 0]'), 8, 'thread vcpu08: no vCPU; accepted: vcpu0 … vcpu7'],
    [small('  vcpu8: [read 0]'), 8, 'thread vcpu8: no vCPU; accepted: vcpu0 … vcpu7'],
    [small('  vm1.vcpu0: [read 0]'), 8, 'thread vm1.vcpu0: there is no VM 1; accepted: VMs 0 … 0 ("machine.vms" is 1)'],
    [small('  vm0.mm: [zapAll]'), 8, 'thread vm0.mm is thread mm, which is there already; accepted: each thread once'],
    [small('  vcpu0: [read 0]', '  vcpu0-b: [read 0]'), 9, 'thread vcpu0-b is thread vcpu0, which'],
    [small('  vcpu1: [read 0]'), 8, 'vcpu1 without a vcpu0; accepted: vCPUs numbered from 0 on without gaps'],
    [small('setup:', '  - vcpu2: read 0', '  - vcpu0: read 0'), 9, 'vcpu2 without a vcpu1; accepted: vCPUs numbered'],
  ])('%#: threads', (text, line, problem) => expectError(text, line, problem));

  it.each([
    [small('setup: {a: zapAll}'), 8, '"setup" is {"a":"zapAll"}; accepted: a list of items "THREAD: OPERATION"'],
    [small('setup:', '  - zapAll'), 9, '"setup.0" is "zapAll"; accepted: a list item "THREAD: OPERATION"'],
    [small('setup:', '  - {a: zapAll, b: zapAll}'), 9, 'accepted: a list item "THREAD: OPERATION", one operation each'],
    [small('setup:', '  - a: zapAll', '  - a: 5'), 10, '"setup.1.a" is 5; accepted: an operation as text'],
    [small('setup:', '  - a: zapAll', '  - a: zap'), 10, 'there is no operation "zap"; accepted: read'],
    [small('setup:', '  - vm1.a: zapAll'), 9, 'thread vm1.a: there is no VM 1; accepted:'],
    [small('setup:', '  - a: read 0'), 9, 'read is done by a vCPU'],
  ])('%#: setup', (text, line, problem) => expectError(text, line, problem));

  it.each([
    [
      'a: [read 0]',
      'read is done by a vCPU, a thread called vcpuN; accepted: for any other thread, testYoung, clearYoung',
    ],
    ['vcpu0: [testYoung 4..8]', 'testYoung is done by a thread of the host; accepted: for a vCPU, read, write'],
    ['vcpu0: [read 2]', 'gfn 2 is in no slot; accepted: 0..2, 16..18'],
    ['vcpu0: [nestedWrite 15]', 'gfn 15 is in no slot; accepted: 0..2, 16..18'],
    ['vcpu0: [evictTlb 9]', 'gfn 9 is in no slot'],
    ['vcpu0: [prefault 16..19]', 'gfn 18 is in no slot'],
    ['vmm: [splitHuge 2]', 'gfn 2 is in no slot'],
    ['vcpu0: [smmRead 0]', 'smmRead needs an address space of its own; accepted: with "machine.addressSpaces" 2'],
    ['a: [invalidate 0..4]', 'host pages 0..4 are in no slot; accepted: 4..8'],
    ['a: [clearYoung 8..9]', 'host page 8 is in no slot; accepted: 4..8'],
    ['a: [lruEvict 3]', 'host page 3 is in no slot; accepted: 4..8'],
    ['a: [damonMkold 0x3000]', 'host page 3 is in no slot; accepted: 4..8'],
    ['a: [damonMkold 0x2001]', 'host pages 2..4 are in no slot; accepted: 4..8'],
    ['a: [getDirtyLog 1]', 'there is no slot 1; accepted: 0, 3'],
  ])('operation %s', (thread, problem) => expectError(small(`  ${thread}`), 8, problem));

  it('operations on the wrong address space, VM, or a slot whose id does not say which', () => {
    const slot = '{id: 0, as: 1, gfn: 16, hva: 6, pages: 2}';
    const machine = 'machine: {addressSpaces: 2}';
    expectError(withSlot(slot).concat('\n  vcpu0: [smmRead 0]\n', machine), 8, 'gfn 0 is in no slot; accepted: 16..18');
    expectError(withSlot(slot).concat('\n  vcpu0: [read 16]\n', machine), 8, 'gfn 16 is in no slot; accepted: 0..2');
    expectError(
      withSlot(slot).concat('\n  a: [dirtyLogOn 0]\n', machine),
      8,
      'both address spaces have a slot 0; accepted: none',
    );
    const other = withSlot('{id: 3, vm: 1, gfn: 16, hva: 6, pages: 2}');
    expectError(other.concat('\n  vm1.a: [dirtyLogOn 0]\nmachine: {vms: 2}'), 8, 'there is no slot 0; accepted: 3');
    expectError(other.concat('\n  vm1.vcpu0: [read 0]\nmachine: {vms: 2}'), 8, 'gfn 0 is in no slot; accepted: 16..18');
  });

  it.each([
    ['v4: {verdict: holds}', '"expect.v4" is not known; accepted: v3, lockless, mmu-lock-6.1'],
    ['v3: holds', '"expect.v3" is "holds"; accepted: a mapping with some of verdict, property, tolerated'],
    ['v3: {verdict: maybe}', '"expect.v3.verdict" is "maybe"; accepted: holds, violated'],
    ['v3: {verdict: holds, states: 4}', '"expect.v3.states" is not known; accepted: verdict, property, tolerated'],
    ['v3: {verdict: holds, property: access-lost}', 'accepted: "property" together with "verdict: violated" only'],
    ['v3: {verdict: violated, property: Lost it}', '"expect.v3.property" is "Lost it"; accepted: the id of a property'],
    ['v3: {tolerated: [luck]}', '"expect.v3.tolerated.0" is "luck"; accepted: tlb-hit, zapped'],
    ['v3: {tolerated: zapped}', '"expect.v3.tolerated" is "zapped"; accepted: a list of reasons'],
  ])('expectation %s', (expectation, problem) => expectError(small('expect:', `  ${expectation}`), 9, problem));

  it('a property that is not known, where the known ones are given', () => {
    const text = small('expect:', '  v3: {verdict: violated, property: access-won}');
    expect(parse(text).expect.get('v3')?.property).toBe('access-won');
    expect(() => parse(text, { properties: ['access-lost'] })).toThrow(
      'a.yaml:9: "expect.v3.property" is "access-won"; accepted: access-lost',
    );
  });
});

describe('Scenarios on disk', () => {
  let directory = '';
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'scenario-'));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  function write(name: string, text = small()): string {
    const file = join(directory, name);
    writeFileSync(file, text);
    return file;
  }

  it('are read with their names', async () => {
    const file = write('a.yml');
    expect(await readScenario(file, { variants })).toEqual({ ...parse(small()), file });
  });

  it('are found, in order and once, in directories or wherever a path leads', () => {
    const own = write('own.txt');
    mkdirSync(join(directory, 'more', 'no.yaml'), { recursive: true });
    const found = ['b.yaml', 'a.yml', 'more/c.json'].map((name) => write(name));
    write('notes.md');
    const [b = '', a, c] = found;
    expect(findScenarios([own, b, directory])).toEqual([own, b, a, c]);
  });

  it('that cannot be read are errors', async () => {
    const missing = join(directory, 'missing.yaml');
    expect(() => findScenarios([missing])).toThrow(`${missing}: no such file or directory; accepted: scenarios`);
    expect(() => findScenarios([directory])).toThrow(`${directory}: no scenario in it; accepted: scenarios`);
    await expect(readScenario(missing, { variants })).rejects.toThrow(InputError);
    await expect(readScenario(directory, { variants })).rejects.toThrow(/^.*; accepted: scenarios .*$/);
    const broken = write('broken.yaml', small('nam: x'));
    await expect(readScenario(broken, { variants })).rejects.toThrow(
      `${broken}:8: "nam" is not known; accepted: schema`,
    );
  });
});

function expectError(text: string, line: number, problem: string): void {
  const read = () => parse(text);
  expect(read).toThrow(InputError);
  expect(read).toThrow(problem);
  expect(read).toThrow(new RegExp(`^a\\.yaml:${line}: .*; accepted: .*$`));
}
