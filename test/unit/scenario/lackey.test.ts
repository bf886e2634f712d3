import { describe, expect, it } from 'vitest';
import { LackeyDecoder, type LackeyLimits } from '../../../src/scenario/lackey.ts';
import { InputError } from '../../../src/shared/input-error.ts';

function decode(text: string, limits?: LackeyLimits) {
  const decoder = new LackeyDecoder(limits);
  decoder.push(Buffer.from(text));
  return decoder.finish();
}

describe('LackeyDecoder', () => {
  it('numbers pages in order of first touch and packs page and write into a word', () => {
    const trace = decode('I  0401ab70,3\n S 1fff000688,8\n L 0401a000,4\n M 0401b000,1\n');
    expect([...trace.accesses]).toEqual([0 << 1, (1 << 1) | 1, 0 << 1, (2 << 1) | 1]);
    expect(trace).toMatchObject({ count: 4, pages: 3, writtenPages: 2, reads: 2, writes: 2 });
    expect(trace.accesses.buffer).toBeInstanceOf(SharedArrayBuffer);
  });

  it('makes of an access across a page border one access to each page', () => {
    expect([...decode(' S 00001ffc,4\n').accesses]).toEqual([1]);
    expect([...decode(' S 00001ffd,4\n').accesses]).toEqual([1, 3]);
    expect([...decode(' L 00000fff,4098\n').accesses]).toEqual([0, 2, 4]);
  });

  it('keeps pages apart that differ in the highest or the lowest bit of a 64-bit address only', () => {
    expect(decode(' L ffffffffffffe000,1\n L fffffffffffff000,1\n L 7fffffffffffe000,1\n').pages).toBe(3);
  });

  it('reads a trace of one access without a newline, and capital digits', () => {
    expect(decode(' L 1FFEFFE7C0,8').count).toBe(1);
  });

  it('finds no access in text that is none', () => {
    expect(decode('==1== Lackey\n\n L\nhello\n').count).toBe(0);
  });

  it('grows beyond its first capacity', () => {
    const trace = decode(' S 00001000,4\n L 00002000,4\n'.repeat(100_000));
    expect(trace).toMatchObject({ count: 200_000, pages: 2, reads: 100_000, writes: 100_000 });
    expect(trace.accesses[199_999]).toBe(1 << 1);
  });

  it.each([
    [' L 04222cac,', 'size'],
    [' L 04222cac,x', 'size'],
    [' L 04222cac,0', 'size'],
    [' L 04222cac,-4', 'size'],
    [' L 04222cac,4 bytes', 'size'],
    [' L 04222cac,1048577', 'size'],
    [' L 04222cac,99999999999999999999', 'size'],
    [' L 10000000000000000,1', 'address'],
    [' S ffffffffffffffff,2', 'beyond 64 bits'],
  ])('rejects `%s` and says where it stands', (line, problem) => {
    const decodeBad = () => decode(`==1== Lackey\n L 04222cac,4\n${line}\n L 04222cac,4\n`);
    expect(decodeBad).toThrow(InputError);
    expect(decodeBad).toThrow(/^line 3: /);
    expect(decodeBad).toThrow(problem);
  });

  it('says so when a trace is too long or touches too many pages', () => {
    expect(() => decode(' L 00001000,4\n'.repeat(70_000), { accesses: 65_536 })).toThrow('more than 65536 accesses');
    expect(() => decode(' L 00001000,4\n L 00002000,4\n', { pages: 1 })).toThrow('more than 1 pages');
  });
});
