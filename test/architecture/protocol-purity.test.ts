import { describe, expect, it } from 'vitest';
import { checkProtocolFiles, protocolFiles } from '../../scripts/protocol-files.ts';
import { checkProtocolPurity } from '../../scripts/protocol-purity.ts';

/** A statement inside a protocol function, and the construct that the check must name. */
const badStatements: readonly (readonly [statement: string, construct: string])[] = [
  ['try { m.load(1); } catch { m.load(2); }', 'try … catch'],
  ['try { m.load(1); } finally { m.load(2); }', 'try … finally'],
  ['new Thing();', 'new'],
  ['const a = [1, 2];', 'array literal'],
  ['const [a] = pair();', 'array literal'],
  ['let a: number[];', 'array type'],
  ['let a: [number, number];', 'array type'],
  ['let a: readonly Word[];', 'array type'],
  ['let a: Array<number>;', 'Array'],
  ['const a = words[3];', 'element access'],
  ["const a = Math['random'];", 'element access'],
  ['m.loopHead(...locals);', 'spread'],
  ['const a = { ...b };', 'spread'],
  ['for (const a of pages) m.load(a);', 'for … of'],
  ['for (const a in pages) m.load(1);', 'for … in'],
  ['const a: Map<number, number> = empty;', 'Map'],
  ['Set.prototype;', 'Set'],
  ['Int32Array.from(b);', 'Int32Array'],
  ['let a: Uint8Array;', 'Uint8Array'],
  ['const a = Date.now();', 'Date'],
  ['const a = performance.now();', 'performance'],
  ['const a = process.pid;', 'process'],
  ['const a = Math.random();', 'Math.random'],
  ['setTimeout(retry, 5);', 'setTimeout'],
  ['const a = { setTimeout };', 'setTimeout'],
  ['globalThis.x;', 'globalThis'],
  ['Atomics.load(words, 1);', 'Atomics'],
  ['const a = (page: number) => page + 1;', 'nested function'],
  ['const a = function () {};', 'nested function'],
  ['function inner() {}', 'nested function'],
  ['lock.held = 1;', 'assignment to a field'],
  ['lock.held += 1;', 'assignment to a field'],
  ['lock.held++;', 'assignment to a field'],
  ['--lock.held;', 'assignment to a field'],
  ['delete lock.held;', 'assignment to a field'],
];

const badModules: readonly (readonly [text: string, construct: string])[] = [
  ['export async function f() {}', 'async'],
  ['async function f() { await g(); }', 'await'],
  ['async function f() { for await (const a of b) g(a); }', 'await'],
  ['function* f() {}', 'generator'],
  ['function* f() { yield 1; }', 'yield'],
  ['let holder = 0;', 'module-level let or var'],
  ['export let holder = 0;', 'module-level let or var'],
  ['var holder = 0;', 'module-level let or var'],
  ['export class Lock { word = 1; }', 'class'],
  ['function f(...pages) {}', 'rest parameter'],
  ['function createTable(m: Memory) { return new Thing(); }', 'new'],
  ['function grow(layout: LayoutBuilder) { return new Thing(); }', 'new'],
  ['const cache = new Map<number, number>();', 'Map'],
];

const goodModules: readonly string[] = [
  'export const READER = 0x200;',
  'export interface Lock { readonly word: Word; forEach(page: (index: number) => void): void }',
  'export interface VmConfig { readonly slots: readonly Slot[]; readonly names: ReadonlyMap<string, number> }',
  'type Rule = (m: Memory, page: number) => boolean;',
  'export const rules = Object.freeze({ clear: (m: Memory, page: Word) => m.testAndClear(page, 1) });',
  'export function f(m: Memory, lock: Lock): number { let n = 0; for (let i = 0; i < 3; i++) n += m.load(lock.word); return n; }',
  'export function f(clock: Clock): number { return clock.performance + clock.process; }',
  'export type Event = (typeof Event)[keyof typeof Event];',
  "export function createLock(layout: LayoutBuilder): Lock { const names = ['a']; return { word: layout.region({ name: names[0], wordName: (i) => String(i) }) }; }",
];

function constructsIn(text: string): string[] {
  return checkProtocolPurity('snippet.ts', text).map((finding) => finding.construct);
}

describe('the protocol purity check', () => {
  it.each(badStatements)('rejects `%s` as %s', (statement, construct) => {
    expect(constructsIn(`export function f(m: Memory, lock: Lock): void { ${statement} }`)).toContain(construct);
  });

  it.each(badModules)('rejects `%s` as %s', (text, construct) => {
    expect(constructsIn(text)).toContain(construct);
  });

  it.each(goodModules)('accepts `%s`', (text) => {
    expect(constructsIn(text)).toEqual([]);
  });

  it('says where a construct stands and why it may not', () => {
    const [finding] = checkProtocolPurity('src/mmu/x.ts', 'export function f(): void {\n  new Thing();\n}\n');
    expect(finding).toEqual({
      file: 'src/mmu/x.ts',
      line: 2,
      column: 3,
      construct: 'new',
      why: expect.stringContaining('allocates'),
    });
  });

  it('finds the protocol sources and nothing wrong with them', () => {
    expect(protocolFiles()).toContain('src/locks/mmu-lock.ts');
    expect(checkProtocolFiles()).toEqual([]);
  });
});
