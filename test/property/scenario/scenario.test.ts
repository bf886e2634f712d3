import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { operationNames } from '../../../src/scenario/operation-forms.ts';
import { parseOperation } from '../../../src/scenario/parse-operation.ts';
import { parseScenario } from '../../../src/scenario/parse-scenario.ts';
import { InputError } from '../../../src/shared/input-error.ts';

/** A number as it may be written, and what it means. */
function written(most: number) {
  return fc
    .record({ value: fc.oneof(fc.nat({ max: 64 }), fc.nat({ max: most })), hex: fc.boolean() })
    .map(({ value, hex }) => ({
      value,
      text: hex ? `0x${value.toString(16)}` : String(value),
    }));
}

const LAST_PAGE = 2 ** 20 - 1;
const range = fc.tuple(fc.nat({ max: LAST_PAGE - 512 }), fc.integer({ min: 1, max: 512 })).map(([start, pages]) => ({
  start,
  end: start + pages,
}));

interface Written {
  readonly text: string;
  readonly fields: object;
}

function single(names: readonly string[], key: string, most = LAST_PAGE): fc.Arbitrary<Written> {
  return fc.tuple(fc.constantFrom(...names), written(most)).map(([op, { value, text }]) => ({
    text: `${op} ${text}`,
    fields: { op, [key]: value },
  }));
}

const plain = ['createShadowRoot', 'dropShadowPages', 'vcpuExit', 'flushTlb', 'zapAll', 'loadRoot', 'putRoot'];
const ofGfn = ['read', 'write', 'nestedRead', 'nestedWrite', 'smmRead', 'smmWrite', 'evictTlb'];
const ofHuge = ['splitHuge', 'recoverHuge', 'protectShadow'];
const ofSlot = ['dirtyLogOn', 'dirtyLogOff', 'getDirtyLog', 'clearDirtyLog', 'addMemslot', 'deleteMemslot'];
const ofRange = ['prefault', 'clearFlushYoung', 'lruWalk', 'invalidate', 'hostWrite', 'hostProtect'];

const operation: fc.Arbitrary<Written> = fc.oneof(
  fc.constantFrom(...plain).map((op) => ({ text: op, fields: { op } })),
  single([...ofGfn, ...ofHuge], 'gfn'),
  single(ofSlot, 'slot'),
  single(['lruEvict'], 'page'),
  single(['damonMkold'], 'address', LAST_PAGE * 4096),
  fc.tuple(fc.constantFrom(...ofRange), range).map(([op, { start, end }]) => ({
    text: `${op} ${start}..0x${end.toString(16)}`,
    fields: { op, start, end },
  })),
  fc.tuple(range, fc.boolean()).map(([{ start, end }, bitmap]) => ({
    text: `testYoung ${start}..${end}${bitmap ? ' bitmap' : ''}`,
    fields: { op: 'testYoung', start, end, bitmap },
  })),
  range
    .chain(({ start, end }) =>
      fc.record({
        start: fc.constant(start),
        end: fc.constant(end),
        pages: fc.option(fc.uniqueArray(fc.integer({ min: start, max: end - 1 }), { minLength: 1, maxLength: 8 })),
      }),
    )
    .map(({ start, end, pages }) => ({
      text: `clearYoung ${start}..${end}${pages === null ? '' : ` bitmap=${pages.join('+')}`}`,
      fields: { op: 'clearYoung', start, end, bitmap: pages?.toSorted((a, b) => a - b) ?? null },
    })),
);

describe('parseOperation', () => {
  it('reads what was written, and its text again', () => {
    fc.assert(
      fc.property(operation, fc.constantFrom(' ', '  ', '\t', '\n '), ({ text, fields }, blank) => {
        const parsed = parseOperation(` ${text.replaceAll(' ', blank)}`, 3, null);
        expect(parsed).toEqual({ ...fields, text, line: 3 });
        expect(parseOperation(parsed.text, parsed.line, null)).toEqual(parsed);
      }),
    );
  });

  it('reads any text, or says in one line what is wrong', () => {
    const word = fc.oneof(
      fc.constantFrom(...operationNames, '0..4', '4', 'bitmap', 'bitmap=1+2', '0x', '..', '+', 'constructor'),
      fc.string({ unit: 'binary' }),
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 4 }), (words) => {
        try {
          parseOperation(words.join(' '), 1, 'a');
        } catch (error) {
          expect(error).toBeInstanceOf(InputError);
          expect((error as Error).message).toMatch(/^a:1: .*; accepted: .*$/);
        }
      }),
    );
  });
});

describe('parseScenario', () => {
  const document = {
    schema: 'pte-aging/scenario@1',
    name: 'any',
    machine: { tlb: 'cached', vms: 1 },
    memslots: [{ id: 0, gfn: 0, hva: 0, pages: 64 }],
    setup: [{ vcpu0: 'read 1' }],
    threads: { mm: ['testYoung 0..4 bitmap', 'clearYoung 0..4 bitmap=1+3'], vcpu0: ['write 0x3f', 'vcpuExit'] },
    expect: { v3: { verdict: 'violated', property: 'access-lost', tolerated: ['zapped'] } },
  };
  const options = { file: 'a', variants: ['v3'] };

  it('reads the same from YAML as from JSON, however it is laid out', () => {
    const withoutLines = (text: string) =>
      JSON.stringify(parseScenario(text, options), (key, value) => (key === 'line' ? undefined : value));
    const expected = withoutLines(JSON.stringify(document));
    const layout = fc.record({
      indent: fc.integer({ min: 1, max: 6 }),
      // Not narrower: the package writes wrong text where it has to fold a short quoted one.
      lineWidth: fc.constantFrom(0, 80),
      defaultStringType: fc.constantFrom('PLAIN', 'QUOTE_DOUBLE', 'QUOTE_SINGLE', 'BLOCK_FOLDED', 'BLOCK_LITERAL'),
      collectionStyle: fc.constantFrom('any', 'block', 'flow'),
    });
    fc.assert(
      fc.property(layout, (given) => {
        expect(withoutLines(stringify(document, { ...given, defaultKeyType: 'PLAIN' }))).toBe(expected);
      }),
    );
  });

  it('reads a damaged file, or says in one line where and what is wrong', () => {
    const text = stringify(document);
    const bits = fc.oneof(
      fc.constantFrom('', ' ', '\n', '[', '{', ': ', '- ', '&a ', '*a', '"', '1', 'null', '__proto__'),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.nat({ max: text.length }), fc.nat({ max: 12 }), bits, (at, cut, inserted) => {
        try {
          parseScenario(text.slice(0, at) + inserted + text.slice(at + cut), options);
        } catch (error) {
          expect(error).toBeInstanceOf(InputError);
          expect((error as Error).message).toMatch(/^a:[1-9]\d*: .*; accepted: .*$/);
        }
      }),
    );
  });
});
